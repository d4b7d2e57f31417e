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

struct rerank_job {
    struct scoring scoring; /* first: emit gets its address */
    struct candidate_set *set;
};

/* The score that orders is the logit, or the logarithm of a label's share. */
static double sigmoid(double logit)
{
    return 1 / (1 + exp(-logit));
}

/* The logit, or what else the order is made by: it does not saturate as a
 * probability does. */
static bool keep_score(void *context, const struct record_facts *facts,
                       const float *logits, struct error *error)
{
    struct rerank_job *job = context;
    (void)error;
    job->set->run.entries[facts->index].number =
        (double)verdict_order(&job->scoring.rule, logits);
    return true;
}

static bool score_query(struct rerank_job *job, const struct trec_query *query,
                        struct error *error)
{
    const struct candidate_set *set = job->set;
    int32_t at = slice_map_get(&set->queries.by_id, query->id);
    for (size_t i = 0; i < query->count; i++) {
        const struct trec_entry *entry = &query->entries[i];
        int32_t document =
            slice_map_get(&set->documents.by_id, entry->document);
        struct record_facts facts = {.file = set->run.name,
                                     .line = entry->line,
                                     .index =
                                         (uint64_t)(entry - set->run.entries)};
        if (scorer_add(job->scoring.scorer, &facts, set->queries.list[at].text,
                       set->documents.list[document].text,
                       error) != SCORER_FINE)
            return false;
    }
    return true;
}

/* The model's scores in place of those that the run has. */
static bool rescore(struct candidate_set *set, const struct options *options,
                    eval_probability **probability, struct error *error)
{
    struct rerank_job job = {.set = set};
    bool fine =
        scoring_open_model(&job.scoring, options, true, keep_score, error);
    *probability =
        job.scoring.rule.activation == OUTPUT_SOFTMAX ? exp : sigmoid;
    for (size_t i = 0; fine && i < set->run.count; i++)
        fine = score_query(&job, &set->run.queries[i], error);
    fine = fine && scorer_drain(job.scoring.scorer, error);
    return scoring_close_model(&job.scoring, error) && fine;
}

/* The MS MARCO script wants ranks. */
static bool evaluate(struct evaluation *evaluation,
                     const struct candidate_set *set,
                     const struct options *options,
                     const struct measure_list *measures,
                     const struct trec_file *judgements, struct error *error)
{
    struct ranking_rule rule = eval_rules(options).ranking;
    struct trec_file ranks = {0};
    if (options->eval.style != EVAL_MSMARCO)
        return eval_run(evaluation, options, measures, judgements, &set->run,
                        error);
    bool fine =
        ranking_ranks(&set->run, &rule, &ranks, error) &&
        eval_run(evaluation, options, measures, judgements, &ranks, error);
    trec_close(&ranks);
    return fine;
}

/* What was said of the queries once need not be said again. */
static struct options silent(const struct options *options)
{
    struct options copy = *options;
    copy.quiet = true;
    return copy;
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

/* The first order, or with --compare that of another model. */
static bool measure_before(struct evaluation *before, struct candidate_set *set,
                           const struct options *options,
                           const struct measure_list *measures,
                           const struct trec_file *judgements,
                           struct error *error)
{
    struct options base = *options;
    eval_probability *unused;
    base.model = options->eval.compare;
    return (options->eval.compare == NULL ||
            rescore(set, &base, &unused, error)) &&
           evaluate(before, set, options, measures, judgements, error);
}

/* The base's curve is drawn while its scores are there. */
static bool draw(struct plot *plot, const struct contestant *system,
                 const struct candidate_set *set, const struct options *options,
                 const struct trec_file *judgements,
                 eval_probability *probability, struct error *error)
{
    struct plotted_run order = {system->name, &set->run, &system->evaluation};
    return options->eval.plot == NULL ||
           eval_plot_add_run(plot, &order, judgements, options, probability,
                             probability != NULL, error);
}

static bool measure_and_draw(struct contestant list[2],
                             struct candidate_set *set,
                             const struct options *options,
                             const struct measure_list *measures,
                             const struct trec_file *judgements,
                             struct error *error)
{
    struct plot plot = {.title = set->run.name,
                        .score_name = "score",
                        .yes = "relevant",
                        .no = "judged, not relevant"};
    const struct options without_notes = silent(options);
    eval_probability *probability;
    bool fine =
        measure_before(&list[0].evaluation, set, options, measures, judgements,
                       error) &&
        draw(&plot, &list[0], set, options, judgements, NULL, error) &&
        rescore(set, options, &probability, error) &&
        evaluate(&list[1].evaluation, set, &without_notes, measures, judgements,
                 error) &&
        draw(&plot, &list[1], set, options, judgements, probability, error) &&
        (options->eval.plot == NULL || eval_plot_write(&plot, options, error));
    plot_free(&plot);
    return fine;
}

static int measure_both(struct candidate_set *set,
                        const struct options *options,
                        const struct measure_list *measures,
                        const struct trec_file *judgements, struct error *error)
{
    const char *base = options->eval.compare;
    struct contestant list[2] = {
        {.name = base != NULL ? base : "first stage"},
        {.name = options->model != NULL ? options->model : "default model"}};
    int status = EXIT_TROUBLE;
    if (measure_and_draw(list, set, options, measures, judgements, error))
        status = base != NULL ? eval_compare(list, 2, options, error)
                              : print_both(&list[0].evaluation,
                                           &list[1].evaluation, options, error);
    evaluation_free(&list[0].evaluation);
    evaluation_free(&list[1].evaluation);
    return status;
}

/* The candidates and their judgements, --qrels or those of the directory. */
static bool open_job(struct candidate_set *set, struct trec_file *judgements,
                     const struct options *options, struct error *error)
{
    struct options with_path = *options;
    *judgements = (struct trec_file){0};
    if (!candidates_open(set, options, error))
        return false;
    if (with_path.eval.qrels == NULL)
        with_path.eval.qrels = set->judgements_path;
    if (with_path.eval.qrels == NULL)
        return error_set(
            error, "--candidates: no judgements: --qrels FILE names them");
    return eval_open_judgements(judgements, &with_path, error);
}

int eval_rerank(const struct options *options, struct error *error)
{
    struct candidate_set set = {0};
    struct measure_list measures = {0};
    struct trec_file judgements = {0};
    int status = EXIT_TROUBLE;
    if (eval_measures(options, eval_two_orders, &measures, error) &&
        open_job(&set, &judgements, options, error))
        status = measure_both(&set, options, &measures, &judgements, error);
    trec_close(&judgements);
    candidates_close(&set);
    measures_free(&measures);
    return status;
}

bool eval_rerank_after(struct evaluation *after, const struct options *options,
                       const char *measure, struct error *error)
{
    struct candidate_set set = {0};
    struct measure_list measures = {0};
    struct trec_file judgements = {0};
    eval_probability *unused;
    bool fine = eval_measures(options, measure, &measures, error) &&
                open_job(&set, &judgements, options, error) &&
                rescore(&set, options, &unused, error) &&
                evaluate(after, &set, options, &measures, &judgements, error);
    trec_close(&judgements);
    candidates_close(&set);
    measures_free(&measures);
    return fine;
}
