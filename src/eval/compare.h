/*
 * compare.h - is one system better than another?  Paired over the same
 * queries.
 *
 * Random numbers are SplitMix64's (Steele, Lea, Flood 2014) from the given
 * seed, one a query in the order of the arrays, so that the figures are the
 * same on every machine.
 */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

enum {
    COMPARE_EXACT = 20,     /* queries up to which all signs are tried */
    COMPARE_SIGNS = 100000, /* random ones above */
    COMPARE_SAMPLES = 10000 /* of the bootstrap */
};

struct comparison {
    size_t count;         /* queries */
    double base, other;   /* means */
    double difference;    /* other - base */
    double low, high;     /* 95 %: percentiles of bootstrap samples */
    double t, p_t;        /* paired t-test, two-sided; nan without spread */
    double t_low, t_high; /* its 95 % interval */
    double p;             /* paired randomization test (Fisher), two-sided */
    bool is_exact;        /* of all changes of signs */
    double p_holm;        /* p, or corrected by compare_holm */
};

/* count is at least 1. */
bool compare(const double *base, const double *other, size_t count,
             uint64_t seed, struct comparison *comparison, struct error *error);

/* Holm's correction for several systems against one base; the pointers are put
 * in the order of p. */
void compare_holm(struct comparison **list, size_t count);

#endif
