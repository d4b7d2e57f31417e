/*
 * encoding.h - what holds of the ids of any text, by any tokenizer.
 */
#ifndef TESTS_FUZZ_ENCODING_H
#define TESTS_FUZZ_ENCODING_H

#include "fuzz.h"

#include "base/json.h"
#include "model/tensors.h"
#include "text/tokenizer.h"

/* A tokenizer with its packed form and two scratches: one that remembers what
 * went before, of each. */
struct encodings {
    struct tokenizer *tokenizer, *mapped;
    struct tensors tables;
    json_t *stages;
    struct tokenizer_scratch scratch, mapped_scratch;
};

/* Takes over the tokenizer. */
void encodings_open(struct encodings *encodings, struct tokenizer *tokenizer);
void encodings_close(struct encodings *encodings);

/*
 * Appends the ids of a text, and requires that it makes no difference whether
 * the scratch is new, spans are asked for, the tokenizer lies in a packed file
 * or the text is cut where tokenizer_cut allows it.
 */
void encodings_check(struct encodings *encodings, struct slice text,
                     struct token_list *ids);

#endif
