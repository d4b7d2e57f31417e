/*
 * eval.h - what `xenc eval` does, a function for each kind of input.
 *
 * Each measures, prints and gives an exit status: 1 when a gate of --min is
 * not passed.  An error stays in `error`, for the command to tell.
 */
#ifndef CLI_EVAL_EVAL_H
#define CLI_EVAL_EVAL_H

#include "cli/options/options.h"
#include "eval/figures.h"

/* Runs against judgements, one or more with --compare. */
int eval_runs(const struct options *options, struct error *error);

/* Candidates through a model, before and after. */
int eval_rerank(const struct options *options, struct error *error);

/* The model's order of the candidates alone. */
bool eval_rerank_after(struct evaluation *after, const struct options *options,
                       const char *measure, struct error *error);

/* What was published for a model beside what is measured here. */
int eval_published(const struct options *options, struct error *error);

/* A file of labelled pairs, or with --task rank of samples to rank. */
int eval_task(const struct options *options, struct error *error);

/* The samples of --task rank; the ids of the evaluation's queries, which are
 * their lines, go to `ids`. */
bool eval_rank(struct evaluation *evaluation, const struct options *options,
               const char *path, struct arena *ids, struct error *error);

/* Prints the figures, judges the gates. */
int eval_finish(const struct figures *figures, const struct options *options,
                struct error *error);

/* The rules that --style and its companions ask for. */
struct evaluation_rules eval_rules(const struct options *options);

/* What runs are measured by; owned until eval_yardstick_free. */
struct eval_yardstick {
    const struct options *options;
    struct measure_list measures;
    struct trec_file judgements;
};
/* The measures of -M and --min, or `fallback` (NULL: the official set). */
bool eval_measures(struct eval_yardstick *yardstick,
                   const struct options *options, const char *fallback,
                   struct error *error);
/* Opens the judgements and says what is odd about them. */
bool eval_judgements(struct eval_yardstick *yardstick, const char *path,
                     struct error *error);
void eval_yardstick_free(struct eval_yardstick *yardstick);
/* A run by the rules of --style; says which queries were left out or counted
 * 0. */
bool eval_run(struct evaluation *evaluation,
              const struct eval_yardstick *yardstick,
              const struct trec_file *run, struct error *error);

/* The measures where two orders are compared. */
extern const char eval_two_orders[];

#endif
