/*
 * compare.h - systems against a base: the table of --compare.
 */
#ifndef CLI_EVAL_COMPARE_H
#define CLI_EVAL_COMPARE_H

#include "cli/options/options.h"
#include "eval/evaluation.h"

/* A run or a model with what was measured of it. */
struct contestant {
    const char *name;
    struct evaluation evaluation;
};

/*
 * Compares each with list[0] on every measure that is a mean, over the queries
 * that both have.  Prints the table and judges the gates of --min for all but
 * the base; gives the exit status.
 */
int eval_compare(const struct contestant *list, size_t count,
                 const struct options *options, struct error *error);

#endif
