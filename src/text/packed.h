/*
 * packed.h - a tokenizer in a packed file: its stages as JSON in the words of
 * tokenizer.json, its tables as tensors that are used where they lie.
 *
 * The same struct tokenizer comes out as of a model directory, so that one
 * code path makes ids of both.  The names of the tensors and their layout are
 * described in xenc-packfile(5).
 */
#ifndef TEXT_PACKED_H
#define TEXT_PACKED_H

#include "base/json.h"
#include "model/tensors.h"
#include "text/tokenizer.h"

/*
 * Adds the tables, which stay the tokenizer's but for a few copies; gives the
 * stages (json_decref), NULL with error.
 */
json_t *tokenizer_pack(const struct tokenizer *tokenizer,
                       struct tensors *tables, struct error *error);

/*
 * A tokenizer over the tables of a file, which must outlive it.  Every index
 * and offset in them is checked here.  `path` is for messages.
 */
struct tokenizer *tokenizer_map(const json_t *stages,
                                const struct tensors *tables, const char *path,
                                struct error *error);

#endif
