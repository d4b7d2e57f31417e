/*
 * task.c - --task: one model or file of scores, or two models compared.
 */
#include "cli/eval/compare.h"
#include "cli/eval/eval.h"
#include "cli/eval/plot.h"
#include "cli/message.h"

#include <math.h>

/* What cannot be had of such labels or scores. */
static void say_undefined(const struct figures *figures,
                          const struct options *options)
{
    const struct figure *positives = figures_find(figures, "positives");
    if (positives != NULL && positives->value == 0)
        warn(options, "no pair is labelled yes: recall and average precision "
                      "are 0 by definition");
    for (size_t i = 0; i < figures->count; i++)
        if (isnan(figures->list[i].value))
            warn(options,
                 "%s is not defined: all labels or all scores are the "
                 "same",
                 figures->list[i].name);
}

static int measure_pairs(const struct options *options, const char *path,
                         struct error *error)
{
    struct pair_data pairs;
    struct figures figures = {.parts = "labels"};
    int status = EXIT_TROUBLE;
    if (!eval_pairs_open(&pairs, options, path, error))
        return status;
    if ((pairs.kind != PAIRS_CORRELATE ||
         eval_plot_refuse(options, "a correlation", error)) &&
        eval_pairs_figures(&pairs, &figures, error)) {
        say_undefined(&figures, options);
        status = eval_finish(&figures, options, error);
    }
    /* Last, so that there is no picture of what failed. */
    if (!error->set && !eval_plot_pairs(&pairs, options, path, error))
        status = EXIT_TROUBLE;
    figures_free(&figures);
    eval_pairs_close(&pairs);
    return status;
}

static bool evaluate(struct evaluation *evaluation,
                     const struct options *options, const char *path,
                     struct arena *ids, struct error *error)
{
    struct pair_data pairs;
    if (options->eval.task == EVAL_RANK)
        return eval_rank(evaluation, options, path, ids, error);
    if (!eval_pairs_open(&pairs, options, path, error))
        return false;
    bool fine = eval_pairs_evaluation(&pairs, evaluation, error);
    eval_pairs_close(&pairs);
    return fine;
}

static int measure_samples(const struct options *options, const char *path,
                           struct error *error)
{
    struct evaluation evaluation = {0};
    struct figures figures = {0};
    struct arena ids = {0};
    int status = EXIT_TROUBLE;
    if (eval_rank(&evaluation, options, path, &ids, error) &&
        figures_of(&figures, &evaluation, NULL, options->eval.per_query, error))
        status = eval_finish(&figures, options, error);
    figures_free(&figures);
    evaluation_free(&evaluation);
    arena_free(&ids);
    return status;
}

/* The base is a model, or with --scored a file of the same pairs. */
static int compare_two(const struct options *options, const char *path,
                       struct error *error)
{
    bool scored = options->eval.scored;
    const char *base = options->eval.compare;
    struct options with_base = *options;
    struct contestant list[2] = {{.name = base},
                                 {.name = scored           ? path
                                          : options->model ? options->model
                                                           : "default"}};
    struct arena ids = {0};
    int status = EXIT_TROUBLE;
    if (!scored)
        with_base.model = base;
    if (evaluate(&list[0].evaluation, &with_base, scored ? base : path, &ids,
                 error) &&
        evaluate(&list[1].evaluation, options, path, &ids, error))
        status = eval_compare(list, 2, options, error);
    evaluation_free(&list[0].evaluation);
    evaluation_free(&list[1].evaluation);
    arena_free(&ids);
    return status;
}

int eval_task(const struct options *options, struct error *error)
{
    const char *path = options->operands[0];
    if (options->eval.compare != NULL)
        return eval_plot_refuse(options, "--compare", error)
                   ? compare_two(options, path, error)
                   : EXIT_TROUBLE;
    if (options->eval.task == EVAL_RANK)
        return eval_plot_refuse(options, "--task rank", error)
                   ? measure_samples(options, path, error)
                   : EXIT_TROUBLE;
    return measure_pairs(options, path, error);
}
