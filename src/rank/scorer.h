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
#include "rank/window.h"
#include "text/pair.h"

struct scorer_options {
    int workers;
    size_t token_limit; /* of a pair, with its special tokens */
    enum truncation truncation;
    bool refuses_long; /* a text that must be cut is a bad record */
};

struct scorer_counts {
    uint64_t records, cut, invalid_utf8; /* invalid: records with such bytes */
    uint64_t tokens, sequences;          /* really run: distinct ones */
    uint64_t nan;                        /* records whose logits have a nan */
    size_t longest_tokens;               /* before any cut */
};

/*
 * One record's answer, valid inside the call.  logits is NULL for a record
 * that scorer_add_unscored brought.  False stops the scorer.
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

/* A pair; facts' token counts are filled here.  May emit earlier records. */
enum scorer_status scorer_add(struct scorer *scorer,
                              const struct record_facts *facts,
                              struct slice first, struct slice second,
                              struct error *error);
/* A record without a score keeps its place among the others. */
bool scorer_add_unscored(struct scorer *scorer,
                         const struct record_facts *facts, struct error *error);

/* Emits everything that was added. */
bool scorer_drain(struct scorer *scorer, struct error *error);

const struct scorer_counts *scorer_counts(const struct scorer *scorer);
#endif
