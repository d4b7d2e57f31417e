/*
 * passages.h - a long text as windows of tokens that overlap, and their logits
 * as those of the text.
 *
 * Window i begins at token i * stride and has `length` tokens; the last one
 * ends where the text does and begins earlier instead of being short.  Every
 * token is in a window.  The text is encoded piece by piece where its tokenizer
 * allows that (text/cut.h), so that memory does not grow with it.  One thread.
 */
#ifndef RANK_PASSAGES_H
#define RANK_PASSAGES_H

#include "text/pair.h"

enum aggregate {
    AGGREGATE_MAX,   /* the logits of the best window */
    AGGREGATE_MEAN,  /* of all windows */
    AGGREGATE_FIRST, /* of the first one */
    AGGREGATE_TOP2   /* the mean of the two best ones */
};

/* What a user asks for; 0: as many tokens as there is room for, half a
 * window. */
struct passage_rule {
    size_t length, stride;
};

struct passage {
    struct id_span tokens;
    const struct span *spans; /* of the tokens */
    size_t number;            /* from 0 */
    struct span span; /* bytes of the text, from its first to its last token */
    bool is_last;
};

/* The part of a text from byte `from` on that is encoded at once: its tokens
 * are those that it has within the text. */
struct slice passages_piece(const struct tokenizer *tokenizer,
                            struct slice text, size_t from);

/* A text being read; start as {0}, reuse with passages_begin. */
struct passages {
    const struct tokenizer *tokenizer;
    struct tokenizer_scratch *scratch;
    struct slice text;
    size_t most;    /* tokens of the text that count */
    size_t encoded; /* bytes of the text whose tokens were read */
    size_t invalid; /* broken UTF-8 among them */

    struct token_list ids; /* from token `first` of the text on */
    struct span_list spans;
    size_t first;
    size_t length, stride;
    size_t begin, number; /* of the next window */
};
void passages_free(struct passages *passages);

/* A text of which `most` tokens count; nothing of it is read yet. */
void passages_open(struct passages *passages, const struct tokenizer *tokenizer,
                   struct tokenizer_scratch *scratch, struct slice text,
                   size_t most);
/* Reads the beginning into ids: more than `enough` tokens, or all, which
 * *is_whole then says.  Without spans, which take two and a half times as long
 * and which a text that fits has no use for: passages_begin reads anew. */
bool passages_look(struct passages *passages, size_t enough, bool *is_whole,
                   struct error *error);
/* Begins, from the text's start, with windows of `length` tokens at most;
 * 0 < stride <= length. */
void passages_begin(struct passages *passages, size_t length, size_t stride);
/* The next window, valid until the call after; none comes behind the last. */
bool passages_next(struct passages *passages, struct passage *passage,
                   struct error *error);
/* Tokens read so far: all, once the last window was given out. */
size_t passages_tokens(const struct passages *passages);

/* What a window's logits are worth: the one that gives more is the better. */
typedef float passage_order(const void *context, const float *logits);

/*
 * logits[count][labels] of a text's windows -> result[labels]; gives the number
 * of the window it is about, with MEAN and TOP2 the best one's.  Windows that
 * are worth the same rank as they stand, nan is below all.
 */
size_t passages_fold(enum aggregate aggregate, const float *logits,
                     size_t count, size_t labels, passage_order *order,
                     const void *context, float *result);

#endif
