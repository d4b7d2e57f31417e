/*
 * limit.h - the longest sequence a model directory says it takes.
 */
#ifndef MODEL_LIMIT_H
#define MODEL_LIMIT_H

#include "model/config.h"

/*
 * The reference's rule: the smaller of config.json's max_position_embeddings
 * (`positions`; the architecture has a default) and the tokenizer's
 * model_max_length.  In a chain of modules its max_seq_length stands for both.
 * SIZE_MAX, here and there: none.
 */
size_t limit_tokens(const struct config *config, size_t positions,
                    size_t tokenizer_limit);

#endif
