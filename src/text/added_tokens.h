/*
 * added_tokens.h - tokens found by their spelling before the model runs:
 * [SEP], <mask>, runs of blanks.
 *
 * They cut a text into pieces; leftmost match, the longest at that place.
 * Tokens with `normalized` are matched in normalised text, the others in the
 * raw text.  Filled once, then read-only and shared by all threads.
 */
#ifndef TEXT_ADDED_TOKENS_H
#define TEXT_ADDED_TOKENS_H

#include "text/normalize.h"

struct added_token {
    struct slice content; /* its bytes belong to the caller */
    int32_t id;
    bool lstrip, rstrip; /* swallow white space before, after */
    bool single_word;    /* not beside a word character */
    bool normalized;
    bool special; /* not shown when ids become text */
};

/* A trie of spellings. */
struct added_matcher {
    struct added_node *nodes;
    size_t count, capacity;
    int32_t roots[256]; /* node of each first byte, or 0 */
    int root_count;
    char last_root;
};

struct added_tokens {
    struct added_token *items;
    size_t count, capacity;
    struct slice_map by_content; /* content -> index */
    struct added_matcher raw, normalized;
};
void added_tokens_free(struct added_tokens *added);

/* Adds a token, or gives new flags to the one with the same content. */
bool added_tokens_put(struct added_tokens *added, struct added_token token,
                      struct error *error);
/* The token with this content, or NULL. */
const struct added_token *added_tokens_find(const struct added_tokens *added,
                                            struct slice content);
/* Builds the matchers when all tokens are there. */
bool added_tokens_build(struct added_tokens *added,
                        const struct normalizer_list *normalizers,
                        struct error *error);

/* A walk through one text; start as {text}. */
struct added_walk {
    struct slice text;
    size_t done; /* bytes given out */
    size_t seen; /* bytes searched */
};
/*
 * Gives the next piece: the text up to the next match (may be empty) and the
 * token that follows it, or NULL at the end of the text.
 */
const struct added_token *added_tokens_next(const struct added_tokens *added,
                                            const struct added_matcher *matcher,
                                            struct added_walk *walk,
                                            struct slice *piece);

#endif
