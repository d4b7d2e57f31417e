/*
 * figures.h - results as a list of numbers with names: what is printed,
 * whatever was measured.
 *
 * Owns its list and the names of parts until figures_free.
 */
#ifndef EVAL_FIGURES_H
#define EVAL_FIGURES_H

#include "eval/evaluation.h"

struct figure {
    char name[MEASURE_NAME_BYTES];
    struct slice part; /* a query or a label; {NULL, 0}: all of them */
    double value;
    double before; /* where there are two orders; else as value */
    bool is_count;
};

struct figures {
    struct figure *list; /* figures of a part stand together, all come last */
    size_t count, capacity;
    bool has_before;
    const char *parts; /* "queries", "labels": what a part is */
    struct slice run;  /* its tag, where it is to be printed */
    struct arena names;
};

bool figures_add(struct figures *figures, const char *name, struct slice part,
                 double value, bool is_count, struct error *error);
/* An evaluation's rows; `before` (NULL: none) has the same measures. */
bool figures_of(struct figures *figures, const struct evaluation *evaluation,
                const struct evaluation *before, bool per_query,
                struct error *error);
/* The figure of that name over all parts, or NULL. */
const struct figure *figures_find(const struct figures *figures,
                                  const char *name);
void figures_free(struct figures *figures);

#endif
