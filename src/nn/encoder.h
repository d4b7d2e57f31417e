/*
 * encoder.h - token ids -> logits: a spec and its weights, run.
 *
 * An encoder is read-only after encoder_open; every worker runs it with a
 * workspace of its own.
 */
#ifndef NN_ENCODER_H
#define NN_ENCODER_H

#include "nn/batch.h"
#include "nn/load.h"

struct encoder;

/* NULL with the tensor that is missing or of a wrong shape, or when the kernels
 * lack the precision. */
struct encoder *encoder_open(const struct spec *spec,
                             const struct encoder_source *source,
                             struct error *error);
void encoder_close(struct encoder *encoder); /* NULL is fine */

/* The spec as given, with labels taken from the classifier. */
const struct spec *encoder_spec(const struct encoder *encoder);

/*
 * logits[sequences][labels].  Ids and types must lie inside their tables and
 * every sequence must have a token (encoder_accepts).  False when memory is
 * short.
 */
bool encoder_run(const struct encoder *encoder, struct workspace *workspace,
                 const struct batch *batch, float *logits, struct error *error);

/* Whether one sequence may be run: ids, types and length in their tables. */
bool encoder_accepts(const struct encoder *encoder, const int32_t *ids,
                     const int32_t *types, size_t tokens, struct error *error);

/* Multiplications and additions of one sequence of that many tokens, for
 * `xenc bench`: what this implementation does, not what a padded one would. */
double encoder_operations(const struct encoder *encoder, size_t tokens);

void workspace_free(struct workspace *workspace);

extern const char *const stage_names[STAGE_COUNT];

#endif
