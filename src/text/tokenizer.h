/*
 * tokenizer.h - a model directory's tokenizer files -> ids of a text.
 *
 * The pipeline is the fast Hugging Face tokenizer's (transformers 4): added
 * tokens cut the raw text, normalisers, added tokens again, splitters into
 * words, the model (WordPiece, byte-level BPE, Unigram).  A tokenizer is
 * read-only after tokenizer_open: all threads share one, each with its own
 * tokenizer_scratch.
 */
#ifndef TEXT_TOKENIZER_H
#define TEXT_TOKENIZER_H

#include "base/error.h"
#include "base/text.h"
#include "text/alignment.h"

struct tokenizer;

/*
 * Reads tokenizer.json or the vocabulary files, tokenizer_config.json,
 * special_tokens_map.json, added_tokens.json and config.json of `directory`.
 * NULL and error when a file is missing, damaged or of a kind not known.
 */
struct tokenizer *tokenizer_open(const char *directory, struct error *error);
void tokenizer_close(struct tokenizer *tokenizer); /* NULL is fine */

/*
 * Buffers of one thread for one tokenizer, grown as needed; start as
 * {NULL}.
 */
struct tokenizer_scratch {
    struct tokenizer_buffers *buffers;
};
void tokenizer_scratch_free(struct tokenizer_scratch *scratch);

/* Token ids; the owner frees them.  Start as {0}. */
struct token_list {
    int32_t *ids;
    size_t count, capacity;
};
/* Makes room for `more` ids. */
bool token_list_reserve(struct token_list *list, size_t more,
                        struct error *error);
bool token_list_append(struct token_list *list, int32_t id,
                       struct error *error);
void token_list_free(struct token_list *list);

/*
 * Appends the ids of one text, without the template's special tokens.  Broken
 * UTF-8 counts as U+FFFD, one for each maximal invalid subpart; their number
 * is added to *invalid (may be NULL).  False only when memory is short.
 */
bool tokenizer_encode(const struct tokenizer *tokenizer,
                      struct tokenizer_scratch *scratch, struct slice text,
                      struct token_list *list, size_t *invalid,
                      struct error *error);

/*
 * The same, and spans gets for each id the bytes of `text` that it stands for:
 * whole characters, without white space at the ends (an empty span where there
 * is nothing else).  Neighbours may share a character, and bytes that the
 * normaliser deletes are in none.  Takes longer: words are not remembered.
 */
bool tokenizer_encode_spans(const struct tokenizer *tokenizer,
                            struct tokenizer_scratch *scratch,
                            struct slice text, struct token_list *list,
                            struct span_list *spans, size_t *invalid,
                            struct error *error);

/*
 * The first place from `from` on where the text may be cut: what is before it
 * and what is behind it give, one after the other, the ids of the whole.  The
 * text's length when there is none, or when the tokenizer's pipeline has a
 * stage that sees across any (cut.c).
 */
size_t tokenizer_cut(const struct tokenizer *tokenizer, struct slice text,
                     size_t from);

/* The vocabulary's string of an id; {NULL, 0} when there is none. */
struct slice tokenizer_token(const struct tokenizer *tokenizer, int32_t id);
/* tokenizer_config's model_max_length; SIZE_MAX when absent or absurd (1e30).
 */
size_t tokenizer_limit(const struct tokenizer *tokenizer);
/* tokenizer_config's truncation_side: whether a text that is cut keeps its end.
 */
bool tokenizer_keeps_end(const struct tokenizer *tokenizer);
/* Whether the model is given token types (by class and model_input_names). */
bool tokenizer_gives_types(const struct tokenizer *tokenizer);
/* For `xenc info`: "WordPiece, lower case, strip accents", and the file. */
const char *tokenizer_description(const struct tokenizer *tokenizer);

#endif
