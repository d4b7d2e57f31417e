/*
 * packfile.h - a model in one file, as `xenc pack` writes it: a safetensors
 * container whose tables and weights are used where they lie.
 *
 * xenc-packfile(5) describes it for others.  Its metadata are texts; a tensor
 * of checksums closes it, the header's first, then one for each other tensor in
 * the order of the header.
 */
#ifndef MODEL_PACKFILE_H
#define MODEL_PACKFILE_H

#include "base/json.h"
#include "model/folder.h"
#include "model/tensors.h"

#define PACKFILE_SUFFIX    ".xenc"
#define PACKFILE_CHECKSUMS "xenc.checksums"
/* What tensors that every command needs whole are called. */
#define PACKFILE_TABLES "tokenizer."
enum { PACKFILE_VERSION = 1 };

struct packfile {
    const char *path; /* the caller's */
    struct tensors tensors;
    json_t *header;
    const json_t *metadata; /* in the header: texts only */
    struct folder folder;   /* the small files of the model */
    json_t *tokenizer;      /* its stages */
    json_t *matrices;       /* name -> [outputs, inputs, layout] */
};

/* Whether the path is that of a file, not of a directory. */
bool packfile_is(const char *path);
/* Whether it is called as packed files are, NAME.xenc. */
bool packfile_is_name(const char *path);

/*
 * Maps and checks the file: its length, version and byte order, and the
 * checksums of the header and of the tables.  Those of the weights, which are
 * most of the file, are left to packfile_verify.  Closed on failure.
 */
bool packfile_open(struct packfile *file, const char *path,
                   struct error *error);
void packfile_close(struct packfile *file);
/* Holds every tensor against its checksum. */
bool packfile_verify(const struct packfile *file, struct error *error);
/* A text of the metadata, "" where there is none. */
const char *packfile_text(const struct packfile *file, const char *key);

/*
 * Writes the tensors (their `data`) in an order in which each is aligned, with
 * the metadata, an object of texts, to which format, version and byte order
 * are added.  The file appears whole or not at all.
 */
bool packfile_write(const char *path, const struct tensors *tensors,
                    json_t *metadata, struct error *error);

#endif
