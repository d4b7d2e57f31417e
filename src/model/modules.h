/*
 * modules.h - modules.json: a cross-encoder saved as a chain of modules.
 *
 * sentence-transformers saves a CrossEncoder as a body without a head in the
 * directory itself and, in folders beside it, what makes scores of its hidden
 * states: Transformer, Pooling, Dense, perhaps LayerNorm, Dense.  A chain
 * belongs to the struct config that opened it and is read-only.
 */
#ifndef MODEL_MODULES_H
#define MODEL_MODULES_H

#include "model/config.h"
#include "model/tensors.h"

enum module_kind {
    MODULE_TRANSFORMER,
    MODULE_POOLING,
    MODULE_DENSE,
    MODULE_LAYER_NORM
};

struct module {
    enum module_kind kind;
    const char *folder;  /* "" for the directory itself */
    const char *weights; /* "2_Dense/linear": modules_read_weights */
    /* The folder's config.json; the Transformer's sentence_bert_config.json,
     * empty where there is none. */
    struct config config;
};

struct modules {
    char *path;          /* of modules.json */
    json_t *root;        /* its list */
    struct module *list; /* the Transformer first */
    size_t count;
    struct config settings; /* config_sentence_transformers.json */
    bool has_head;          /* else the body is a classifier of its own */
    size_t token_limit;     /* max_seq_length; 0: unsaid */
    struct arena memory;
};

/*
 * False on error.  *modules stays NULL where the folder has no chain, or
 * that of an embedding model: config.json alone says then what it is.
 */
bool modules_open(struct modules **modules, const struct folder *folder,
                  struct error *error);
void modules_close(struct modules *modules); /* NULL is fine */
/* Adds what the files of a chain hold to an object, by their names; NULL
 * modules have none.  False without memory. */
bool modules_add_files(const struct modules *modules, json_t *files);

/* Adds the weights of the folders to the body's: "2_Dense/linear.weight".
 * NULL modules have none. */
bool modules_read_weights(const struct modules *modules, const char *directory,
                          struct tensors *tensors, struct error *error);

#endif
