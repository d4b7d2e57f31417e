/*
 * rerank.c - candidates through a model: the first stage's order and the
 * model's, measured in one way.
 */
#include "cli/eval/candidates.h"
#include "cli/eval/compare.h"
#include "cli/eval/eval.h"
#include "cli/eval/plot.h"
#include "cli/message.h"
#include "cli/scoring/scoring.h"

#include <math.h>

/* Candidates, and what their orders are measured by. */
struct trial {
    const struct options *options;
    struct candidate_set set;
    struct eval_yardstick yardstick;
};

struct rescoring {
    struct scoring scoring; /* first: emit gets its address */
    struct candidate_set *set;
};

/* The logit, or what else the order is made by: it does not saturate as a
 * probability does. */
static bool keep_score(void *context, const struct record_facts *facts,
                       const float *logits, struct error *error)
{
    struct rescoring *rescoring = context;
    (void)error;
    rescoring->set->run.entries[facts->index].number =
        (double)verdict_order(&rescoring->scoring.rule, logits);
    return true;
}

static bool score_query(struct rescoring *rescoring,
                        const struct trec_query *query, struct error *error)
{
    const struct candidate_set *set = rescoring->set;
    int32_t at = slice_map_get(&set->queries.by_id, query->id);
    for (size_t i = 0; i < query->count; i++) {
        const struct trec_entry *entry = &query->entries[i];
        int32_t document =
            slice_map_get(&set->documents.by_id, entry->document);
        struct record_facts facts = {.file = set->run.name,
                                     .line = entry->line,
                                     .index =
                                         (uint64_t)(entry - set->run.entries)};
        if (scorer_add(
                rescoring->scoring.scorer, &facts, set->queries.list[at].text,
                set->documents.list[document].text, error) != SCORER_FINE)
            return false;
    }
    return true;
}

/* The model's scores in place of those that the run has.  Such a score is the
 * logit, or the logarithm of a label's share. */
static bool rescore(struct candidate_set *set, const struct options *options,
                    eval_probability **probability, struct error *error)
{
    struct rescoring rescoring = {.set = set};
    struct scoring *scoring = &rescoring.scoring;
    bool fine = scoring_open_model(scoring, options, true, keep_score, error);
    *probability =
        scoring->rule.activation == OUTPUT_SOFTMAX ? exp : eval_sigmoid;
    for (size_t i = 0; fine && i < set->run.count; i++)
        fine = score_query(&rescoring, &set->run.queries[i], error);
    fine = fine && scorer_drain(scoring->scorer, error);
    return scoring_close_model(scoring, error) && fine;
}

/* The MS MARCO script wants ranks. */
static bool evaluate(struct evaluation *evaluation, const struct trial *trial,
                     const struct eval_yardstick *yardstick,
                     struct error *error)
{
    struct ranking_rule rule = eval_rules(trial->options).ranking;
    struct trec_file ranks = {0};
    if (trial->options->eval.style != EVAL_MSMARCO)
        return eval_run(evaluation, yardstick, &trial->set.run, error);
    bool fine = ranking_ranks(&trial->set.run, &rule, &ranks, error) &&
                eval_run(evaluation, yardstick, &ranks, error);
    trec_close(&ranks);
    return fine;
}

/* The first order, or with --compare that of another model. */
static bool measure_before(struct evaluation *before, struct trial *trial,
                           struct error *error)
{
    struct options base = *trial->options;
    eval_probability *unused;
    base.model = base.eval.compare;
    return (base.eval.compare == NULL ||
            rescore(&trial->set, &base, &unused, error)) &&
           evaluate(before, trial, &trial->yardstick, error);
}

/* What was said of the queries once need not be said again. */
static bool measure_after(struct evaluation *after, const struct trial *trial,
                          struct error *error)
{
    struct options silent = *trial->options;
    struct eval_yardstick yardstick = trial->yardstick;
    silent.quiet = true;
    yardstick.options = &silent;
    return evaluate(after, trial, &yardstick, error);
}

/* The base's curve is drawn while its scores are there. */
static bool draw(struct plot *plot, const struct contestant *system,
                 const struct trial *trial, eval_probability *probability,
                 struct error *error)
{
    const struct plotted_run order = {.name = system->name,
                                      .run = &trial->set.run,
                                      .evaluation = &system->evaluation,
                                      .with_values = probability != NULL,
                                      .probability = probability};
    return trial->options->eval.plot == NULL ||
           eval_plot_add_run(plot, &order, &trial->yardstick, error);
}

static bool measure_and_draw(struct contestant list[2], struct trial *trial,
                             struct error *error)
{
    const struct options *options = trial->options;
    struct plot plot = {.title = trial->set.run.name,
                        .score_name = "score",
                        .yes = "relevant",
                        .no = "judged, not relevant"};
    eval_probability *probability;
    bool fine =
        measure_before(&list[0].evaluation, trial, error) &&
        draw(&plot, &list[0], trial, NULL, error) &&
        rescore(&trial->set, options, &probability, error) &&
        measure_after(&list[1].evaluation, trial, error) &&
        draw(&plot, &list[1], trial, probability, error) &&
        (options->eval.plot == NULL || eval_plot_write(&plot, options, error));
    plot_free(&plot);
    return fine;
}

static int print_both(const struct evaluation *before,
                      const struct evaluation *after,
                      const struct options *options, struct error *error)
{
    struct figures figures = {0};
    int status = EXIT_TROUBLE;
    if (figures_of(&figures, after, before, options->eval.per_query, error))
        status = eval_finish(&figures, options, error);
    figures_free(&figures);
    return status;
}

static int measure_both(struct trial *trial, struct error *error)
{
    const struct options *options = trial->options;
    const char *base = options->eval.compare;
    struct contestant list[2] = {
        {.name = base != NULL ? base : "first stage"},
        {.name = options->model != NULL ? options->model : "default model"}};
    int status = EXIT_TROUBLE;
    if (measure_and_draw(list, trial, error))
        status = base != NULL ? eval_compare(list, 2, options, error)
                              : print_both(&list[0].evaluation,
                                           &list[1].evaluation, options, error);
    evaluation_free(&list[0].evaluation);
    evaluation_free(&list[1].evaluation);
    return status;
}

/* The candidates and their judgements, --qrels or those of the directory. */
static bool open_trial(struct trial *trial, const struct options *options,
                       const char *measures, struct error *error)
{
    *trial = (struct trial){.options = options};
    if (!eval_measures(&trial->yardstick, options, measures, error) ||
        !candidates_open(&trial->set, options, error))
        return false;
    const char *path = options->eval.qrels != NULL ? options->eval.qrels
                                                   : trial->set.judgements_path;
    if (path == NULL)
        return error_set(
            error, "--candidates: no judgements: --qrels FILE names them");
    return eval_judgements(&trial->yardstick, path, error);
}

static void close_trial(struct trial *trial)
{
    eval_yardstick_free(&trial->yardstick);
    candidates_close(&trial->set);
}

int eval_rerank(const struct options *options, struct error *error)
{
    struct trial trial;
    int status = EXIT_TROUBLE;
    if (open_trial(&trial, options, eval_two_orders, error))
        status = measure_both(&trial, error);
    close_trial(&trial);
    return status;
}

bool eval_rerank_after(struct evaluation *after, const struct options *options,
                       const char *measure, struct error *error)
{
    struct trial trial;
    eval_probability *unused;
    bool fine = open_trial(&trial, options, measure, error) &&
                rescore(&trial.set, options, &unused, error) &&
                evaluate(after, &trial, &trial.yardstick, error);
    close_trial(&trial);
    return fine;
}
