/*
 * pairs_measures.c - what is measured of labelled pairs.
 */
#include "cli/eval/pairs.h"

#include "eval/pairtasks.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct slice all = {NULL, 0};

static bool correlation_figures(const struct pair_data *pairs,
                                struct figures *figures, struct error *error)
{
    struct correlation correlation;
    return correlate(pairs->gold, pairs->scores, pairs->count, &correlation,
                     error) &&
           figures_add(figures, "pairs", all, (double)pairs->count, true,
                       error) &&
           figures_add(figures, "pearson", all, correlation.pearson, false,
                       error) &&
           figures_add(figures, "spearman", all, correlation.spearman, false,
                       error);
}

struct named_value {
    const char *name;
    double value;
};

static bool add_list(struct figures *figures, const struct named_value *list,
                     size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!figures_add(figures, list[i].name, all, list[i].value, false,
                         error))
            return false;
    return true;
}

/* Where yes begins without having looked: a logit of 0 is a probability of
 * one half. */
static const char *fixed_threshold(const struct pair_data *pairs,
                                   const float **scores, float *threshold)
{
    bool by_logit = pairs->logits != NULL || !pairs->are_probabilities;
    *scores = pairs->logits != NULL ? pairs->logits : pairs->scores;
    *threshold = by_logit ? 0 : 0.5F;
    return by_logit ? "at_logit_0" : "at_0.5";
}

static bool figures_at(const struct pair_data *pairs, struct figures *figures,
                       struct error *error)
{
    const float *scores;
    float threshold;
    const char *where = fixed_threshold(pairs, &scores, &threshold);
    struct binary_at at =
        binary_measure_at(pairs->positive, scores, pairs->count, threshold);
    const struct named_value values[] = {{"accuracy", at.accuracy},
                                         {"f1", at.f1},
                                         {"precision", at.precision},
                                         {"recall", at.recall},
                                         {"mcc", at.correlation}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char name[MEASURE_NAME_BYTES];
        snprintf(name, sizeof name, "%s_%s", values[i].name, where);
        if (!figures_add(figures, name, all, values[i].value, false, error))
            return false;
    }
    return true;
}

static bool binary_figures(const struct pair_data *pairs,
                           struct figures *figures, struct error *error)
{
    struct binary binary;
    size_t positives = 0;
    for (size_t i = 0; i < pairs->count; i++)
        positives += pairs->positive[i];
    if (!binary_measure(pairs->positive, pairs->scores, pairs->count, &binary,
                        error))
        return false;
    const struct named_value values[] = {
        {"accuracy", binary.accuracy},
        {"accuracy_threshold", (double)binary.accuracy_threshold},
        {"f1", binary.f1},
        {"f1_threshold", (double)binary.f1_threshold},
        {"precision", binary.precision},
        {"recall", binary.recall},
        {"average_precision", binary.average_precision},
        {"roc_auc", binary.roc_auc}};
    return figures_add(figures, "pairs", all, (double)pairs->count, true,
                       error) &&
           figures_add(figures, "positives", all, (double)positives, true,
                       error) &&
           add_list(figures, values, sizeof values / sizeof *values, error) &&
           figures_at(pairs, figures, error);
}

/* A label's row: its measures and what its pairs were taken for. */
static bool label_figures(const struct pair_data *pairs,
                          const struct multiclass *result, size_t label,
                          struct figures *figures, struct error *error)
{
    const struct label_counts *counts = &result->labels[label];
    struct slice name = pairs->names[label];
    if (!figures_add(figures, "precision", name, counts->precision, false,
                     error) ||
        !figures_add(figures, "recall", name, counts->recall, false, error) ||
        !figures_add(figures, "f1", name, counts->f1, false, error))
        return false;
    for (size_t i = 0; i < result->classes; i++) {
        char taken[MEASURE_NAME_BYTES];
        snprintf(taken, sizeof taken, "taken_for_%.*s",
                 (int)pairs->names[i].length, pairs->names[i].bytes);
        if (!figures_add(figures, taken, name,
                         (double)result->confusion[label * result->classes + i],
                         true, error))
            return false;
    }
    return true;
}

static bool multiclass_figures(const struct pair_data *pairs,
                               struct figures *figures, struct error *error)
{
    struct multiclass result;
    if (!multiclass_measure(pairs->labels, pairs->scores, pairs->count,
                            pairs->classes, &result, error))
        return false;
    bool fine = true;
    figures->parts = "labels";
    for (size_t i = 0; fine && i < result.classes; i++)
        fine = label_figures(pairs, &result, i, figures, error);
    const struct named_value values[] = {{"accuracy", result.accuracy},
                                         {"f1_macro", result.f1_macro},
                                         {"f1_micro", result.f1_micro},
                                         {"f1_weighted", result.f1_weighted}};
    fine =
        fine &&
        figures_add(figures, "pairs", all, (double)pairs->count, true, error) &&
        add_list(figures, values, sizeof values / sizeof *values, error);
    multiclass_free(&result);
    return fine;
}

bool eval_pairs_figures(const struct pair_data *pairs, struct figures *figures,
                        struct error *error)
{
    switch (pairs->kind) {
    case PAIRS_CORRELATE:
        return correlation_figures(pairs, figures, error);
    case PAIRS_BINARY:
        return binary_figures(pairs, figures, error);
    case PAIRS_MULTICLASS:
        break;
    }
    return multiclass_figures(pairs, figures, error);
}

/*** Values of each pair ***/

static void right_answers(const struct pair_data *pairs, double *values,
                          char name[MEASURE_NAME_BYTES])
{
    const float *scores;
    float threshold;
    const char *where = fixed_threshold(pairs, &scores, &threshold);
    bool binary = pairs->kind == PAIRS_BINARY;
    snprintf(name, MEASURE_NAME_BYTES, "accuracy%s%s", binary ? "_" : "",
             binary ? where : "");
    for (size_t i = 0; i < pairs->count; i++)
        values[i] = pairs->kind == PAIRS_BINARY
                        ? (scores[i] > threshold) == pairs->positive[i]
                        : multiclass_choose(pairs->scores + i * pairs->classes,
                                            pairs->classes) == pairs->labels[i];
}

bool eval_pairs_evaluation(const struct pair_data *pairs,
                           struct evaluation *evaluation, struct error *error)
{
    bool correlates = pairs->kind == PAIRS_CORRELATE;
    if (!evaluation_make(evaluation, correlates ? 2 : 1, pairs->count, error))
        return false;
    double *values = evaluation->values;
    char names[2][MEASURE_NAME_BYTES] = {"pearson", "spearman"};
    if (!correlates)
        right_answers(pairs, values, names[0]);
    else if (!correlation_shares(pairs->gold, pairs->scores, pairs->count,
                                 values, values + pairs->count, error))
        return false;
    for (size_t i = 0; i < evaluation->measure_count; i++) {
        memcpy(evaluation->measures[i].name, names[i], sizeof names[i]);
        evaluation_average(evaluation, i);
    }
    return true;
}
