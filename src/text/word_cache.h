/*
 * word_cache.h - the ids of words that a thread has met lately.
 *
 * Most words of a text are among a few thousand; their ids are copied instead
 * of being worked out again, which never changes a result.  A slot is one
 * cache line, found by the hash of the whole word and overwritten by the next
 * word that falls on it.  One thread, one tokenizer.
 */
#ifndef TEXT_WORD_CACHE_H
#define TEXT_WORD_CACHE_H

#include "text/subword.h"

/* Start as {NULL}. */
struct word_cache {
    struct word_slot *slots;
};
void word_cache_free(struct word_cache *cache);

/* model->encode with a memory. */
bool word_cache_encode(struct word_cache *cache,
                       const struct subword_model *model, struct slice word,
                       struct subword_scratch *scratch, struct token_list *ids,
                       struct error *error);

#endif
