/*
 * scorer.h - texts in, logits out, in input order: tokenizing, windows,
 * batches and workers behind one function.
 *
 * While the workers run one window the caller's thread fills the next.  A
 * scorer belongs to one thread.  Memory is bounded by two windows.
 */
#ifndef RANK_SCORER_H
#define RANK_SCORER_H

#include "nn/encoder.h"
#include "rank/passages.h"
#include "rank/window.h"

/* What happens to a pair above the limit. */
enum long_texts {
    LONG_TRUNCATE, /* it is cut and counted */
    LONG_ERROR,    /* it is a bad record */
    LONG_WINDOW    /* its long text is scored in windows */
};

struct scorer_options {
    int workers;
    size_t token_limit; /* of a pair, with its special tokens; SIZE_MAX: none */
    enum truncation truncation;
    enum long_texts long_texts;
    bool keeps_text;    /* facts have the second text, whole */
    bool keeps_damaged; /* a logit that is no number does not end the run */

    /* LONG_WINDOW */
    struct passage_rule windows;
    enum aggregate aggregate;
    passage_order *order; /* of a window; NULL: parts are emitted as they are */
    const void *order_context;
};

/* What one pair may be, where that is not what all pairs may be. */
struct pair_limits {
    enum long_texts long_texts;
    size_t tokens;        /* of the pair; never above the scorer's limit */
    size_t second_tokens; /* of its second text, before that; SIZE_MAX: all */
    bool keeps_end;       /* a text that is cut loses its beginning */
    const char *advice;   /* how a pair that is refused could be scored */
};

struct scorer_counts {
    uint64_t records, cut, invalid_utf8; /* invalid: records with such bytes */
    uint64_t tokens, sequences;          /* really run: distinct ones */
    uint64_t damaged;      /* records with a logit that is nan or infinite */
    size_t longest_tokens; /* before any cut */
    bool has_longer;       /* its texts were not read to the end */
};

/*
 * One record's answer, valid inside the call.  logits is NULL for a record
 * that scorer_add_unscored brought or whose logits are damaged,
 * [facts->part_count][labels] for one of scorer_add_each, else [labels].  False
 * stops the scorer.
 *
 * LONG_WINDOW: facts->windows were scored and logits are those of all by the
 * aggregate; facts->window and span tell the one that counts.
 */
typedef bool scorer_emit(void *context, const struct record_facts *facts,
                         const float *logits, struct error *error);

struct scorer;

struct scorer *scorer_open(const struct encoder *encoder,
                           const struct tokenizer *tokenizer,
                           const struct scorer_options *options,
                           scorer_emit *emit, void *context,
                           struct error *error);
void scorer_close(struct scorer *scorer); /* NULL is fine */

enum scorer_status {
    SCORER_FINE,
    SCORER_BAD_RECORD, /* error says why; nothing was added */
    SCORER_FAILED
};

/*
 * A pair; facts' counts of tokens and parts are filled here.  Of long texts no
 * more is read than the cut must know.  May emit earlier records.  LONG_WINDOW:
 * the first text stays whole up to half of the room, or as far as the second
 * one, whole, leaves room.
 */
enum scorer_status scorer_add(struct scorer *scorer,
                              const struct record_facts *facts,
                              struct slice first, struct slice second,
                              struct error *error);
/* The limits that scorer_add keeps to. */
struct pair_limits scorer_limits(const struct scorer *scorer);
enum scorer_status scorer_add_limited(struct scorer *scorer,
                                      const struct record_facts *facts,
                                      struct slice first, struct slice second,
                                      const struct pair_limits *limits,
                                      struct error *error);
/*
 * One record of several pairs with the same first text.  The second ones are
 * encoded once: they are those of the first call in every later one.
 * LONG_WINDOW: the first text is scored in windows, the parts are those of the
 * first window, of the second one and so on; no part is folded.
 */
enum scorer_status scorer_add_each(struct scorer *scorer,
                                   const struct record_facts *facts,
                                   struct slice first,
                                   const struct slice *seconds, size_t count,
                                   struct error *error);
/* A record without a score keeps its place among the others. */
bool scorer_add_unscored(struct scorer *scorer,
                         const struct record_facts *facts, struct error *error);

/* Emits everything that was added. */
bool scorer_drain(struct scorer *scorer, struct error *error);

const struct scorer_counts *scorer_counts(const struct scorer *scorer);

#endif
