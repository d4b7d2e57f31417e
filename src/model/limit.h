/*
 * limit.h - the longest sequence a model directory says it takes.
 */
#ifndef MODEL_LIMIT_H
#define MODEL_LIMIT_H

#include "model/config.h"

/*
 * The reference's rule: the smaller of the tokenizer's model_max_length (0:
 * unsaid) and config.json's max_position_embeddings; 0 when neither says it.
 * In a chain of modules its max_seq_length stands for both.
 */
size_t limit_tokens(const struct config *config, size_t tokenizer_limit,
                    struct error *error);

#endif
