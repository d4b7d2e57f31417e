/*
 * top.h - the best N results of a group, or all of them.
 *
 * Best first; equal scores keep input order; nan is below every number.  Only
 * what is kept is copied, so that memory grows with N and not with the input.
 * Used by one thread.
 */
#ifndef RANK_TOP_H
#define RANK_TOP_H

#include "rank/window.h"

struct kept {
    float score;
    struct record_facts facts; /* its bytes are the kept's own */
    size_t place;              /* among the results of the group, from 0 */
    float *logits;             /* [labels]; NULL without a score */
    char *block;
    size_t memory; /* bytes, with the block */
};

struct top {
    size_t best; /* 0: all */
    struct kept *list;
    size_t count, capacity;
    size_t offered, tokens; /* results so far, and their tokens */
    size_t bytes;           /* that the kept ones hold */
};

/* Copies the result if it belongs to the best so far. */
bool top_offer(struct top *top, float score, const struct record_facts *facts,
               const float *logits, size_t labels, struct error *error);
/* Counts a result that is not to be kept: those behind it have their places. */
void top_skip(struct top *top, const struct record_facts *facts);
/* Puts the list in order, best first. */
void top_sort(struct top *top);
/* Keeps the first `count` of the list. */
void top_keep(struct top *top, size_t count);
void top_free(struct top *top);

#endif
