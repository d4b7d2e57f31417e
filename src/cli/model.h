/*
 * model.h - a model, a directory or a packed file, opened whole: config,
 * tokenizer, weights, what its outputs mean.
 */
#ifndef CLI_MODEL_H
#define CLI_MODEL_H

#include "cli/options/options.h"
#include "families/family.h"
#include "model/packfile.h"
#include "model/task.h"
#include "nn/encoder.h"
#include "text/tokenizer.h"

struct model {
    char *path;             /* of the directory or the file */
    struct packfile packed; /* without a path: the model is a directory */
    struct config config;
    struct architecture architecture;
    struct tokenizer *tokenizer;
    struct tensors tensors; /* of a directory; see model_tensors */
    const struct kernels *kernels;
    enum precision precision;
    const char *precision_source; /* who says so, for people */
    const struct gemm *gemm;      /* of the layers' products */
    struct encoder *encoder;
    struct task task;
    size_t token_limit; /* of a pair; from --max-length or the model */
};

/* -m, XENC_MODEL or the shipped one, with --max-length. */
bool model_open(struct model *model, const struct options *options,
                struct error *error);
/* The same, and lists what the weights consist of, as encoder_open does. */
bool model_open_parts(struct model *model, const struct options *options,
                      struct tensors *parts, struct error *error);
/* Its config and tokenizer alone. */
bool model_open_texts(struct model *model, const struct options *options,
                      struct error *error);
/*
 * Reads what a directory or a packed file has without making it ready to run:
 * config, tokenizer, the table of tensors.  False with the reason why it would
 * not open; model_close then too.
 */
bool model_inspect(struct model *model, const char *path, struct error *error);
void model_close(struct model *model);

/* Threads: what -j says, or one for each CPU. */
int model_workers(const struct options *options);

/* Whether it is a packed file. */
bool model_is_packed(const struct model *model);
/* The weights as they are stored; of a packed file its tables, too. */
const struct tensors *model_tensors(const struct model *model);

/*
 * Tokens of a sequence at most: what the files say (config_token_limit), and
 * the rows of the position table; SIZE_MAX where neither says it.  spec NULL: a
 * family that is not known, whose tokenizer still is.
 */
size_t model_token_limit(const struct config *config, const struct spec *spec,
                         const struct tokenizer *tokenizer,
                         struct error *error);

#endif
