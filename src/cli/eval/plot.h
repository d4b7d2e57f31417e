/*
 * plot.h - --plot: what was measured, as a picture.
 *
 * Without --plot these do nothing.  The file appears whole or not at all.
 */
#ifndef CLI_EVAL_PLOT_H
#define CLI_EVAL_PLOT_H

#include "cli/eval/eval.h"
#include "cli/eval/pairs.h"
#include "eval/plot.h"

/* Yes against no; of several labels the right answers against the wrong ones.
 * Correlations have neither. */
bool eval_plot_pairs(const struct pair_data *pairs,
                     const struct options *options, const char *path,
                     struct error *error);

/* A score as a probability, where scores are of that kind. */
typedef double eval_probability(double score);
/* Of a logit. */
eval_probability eval_sigmoid;

/* One order of documents.  Relevant ones against those that are judged and are
 * not; the curve is the mean of the queries'. */
struct plotted_run {
    const char *name;
    const struct trec_file *run;
    const struct evaluation *evaluation; /* which queries count */
    bool with_values;              /* not the curve alone: its scores, too */
    eval_probability *probability; /* of its scores; NULL: they have none */
};

/* Curves of one or two orders; the values are one's alone. */
bool eval_plot_add_run(struct plot *plot, const struct plotted_run *order,
                       const struct eval_yardstick *yardstick,
                       struct error *error);
bool eval_plot_write(const struct plot *plot, const struct options *options,
                     struct error *error);

/* --plot where nothing can be drawn. */
bool eval_plot_refuse(const struct options *options, const char *what,
                      struct error *error);

#endif
