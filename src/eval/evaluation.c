#include "eval/evaluation.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool evaluation_make(struct evaluation *evaluation, size_t measures,
                     size_t queries, struct error *error)
{
    size_t cells;
    *evaluation = (struct evaluation){0};
    if (__builtin_mul_overflow(measures, queries, &cells))
        return error_set(error, "out of memory: %zu queries", queries);
    evaluation->measures =
        memory_new(measures, sizeof *evaluation->measures, error);
    evaluation->queries =
        memory_new(queries, sizeof *evaluation->queries, error);
    evaluation->values = memory_new(cells, sizeof *evaluation->values, error);
    evaluation->measure_count = measures;
    evaluation->query_count = queries;
    if (!error->set)
        return true;
    evaluation_free(evaluation);
    return false;
}

void evaluation_free(struct evaluation *evaluation)
{
    memory_free(evaluation->measures);
    memory_free(evaluation->queries);
    memory_free(evaluation->values);
    *evaluation = (struct evaluation){0};
}

size_t evaluation_find(const struct evaluation *evaluation, const char *name)
{
    size_t at = 0;
    while (at < evaluation->measure_count &&
           strcmp(evaluation->measures[at].name, name) != 0)
        at++;
    return at;
}

void evaluation_average(struct evaluation *evaluation, size_t measure)
{
    const double *values = evaluation_values(evaluation, measure);
    struct evaluated *row = &evaluation->measures[measure];
    double sum = 0;
    for (size_t i = 0; i < evaluation->query_count; i++)
        sum += values[i];
    row->is_mean = true;
    row->summary = sum / (double)evaluation->query_count;
}

/* One query while its measures are computed: an order of documents serves all
 * measures that want it. */
struct workplace {
    const struct evaluation_rules *rules;
    const struct trec_query *judgements, *run; /* run NULL: missing */
    struct ranker *ranker;
    struct ranking_rule rule; /* of the ranking */
    struct ranking ranking;
    bool has_ranking;
};

static bool rank(struct workplace *place, const struct measure *measure,
                 struct error *error)
{
    struct ranking_rule rule = place->rules->ranking;
    rule.judged_only |= measure->judged_only;
    if (measure->ties_rise && place->rules->mixes_ties)
        rule.is_double = rule.is_ascending = true;
    if (place->has_ranking && place->rule.judged_only == rule.judged_only &&
        place->rule.is_ascending == rule.is_ascending &&
        place->rule.is_double == rule.is_double)
        return true;
    place->rule = rule;
    place->has_ranking = ranking_make(place->ranker, &rule, place->judgements,
                                      place->run, &place->ranking, error);
    return place->has_ranking;
}

static struct measure complete(const struct measure *measure,
                               const struct evaluation_rules *rules)
{
    struct measure full = *measure;
    full.rounds_recall = rules->rounds_recall;
    if (!full.has_level)
        full.level = rules->level;
    return full;
}

bool evaluation_choose(struct evaluation *evaluation, size_t measures,
                       const struct evaluation_rules *rules,
                       const struct trec_file *judgements,
                       const struct trec_file *run, struct error *error)
{
    size_t common = 0, count = 0;
    for (size_t i = 0; i < judgements->count; i++) {
        struct slice id = judgements->queries[i].id;
        char quoted[TEXT_QUOTE_BYTES];
        if (trec_find(run, id) != NULL)
            common++;
        else if (rules->needs_all_queries && !rules->all_judged_queries)
            return error_set(error,
                             "%s: no query '%s', which is judged: --complete "
                             "counts it 0",
                             run->name, text_quote(id, quoted));
    }
    if (common == 0 && !(rules->needs_all_queries && rules->all_judged_queries))
        return error_set(error,
                         "%s: none of its %zu queries is judged in %s: query "
                         "ids of both files must be the same",
                         run->name, run->count, judgements->name);
    if (!evaluation_make(evaluation, measures,
                         rules->all_judged_queries ? judgements->count : common,
                         error))
        return false;
    for (size_t i = 0; i < judgements->count; i++)
        if (rules->all_judged_queries ||
            trec_find(run, judgements->queries[i].id) != NULL)
            evaluation->queries[count++] = judgements->queries[i].id;
    evaluation->missing = judgements->count - common;
    evaluation->unjudged_queries = run->count - common;
    return true;
}

static bool evaluate_query(struct evaluation *evaluation, size_t at,
                           struct workplace *place,
                           const struct measure_list *measures,
                           struct error *error)
{
    for (size_t i = 0; i < measures->count; i++) {
        if (!rank(place, &measures->items[i], error))
            return false;
        struct measure measure = complete(&measures->items[i], place->rules);
        evaluation_values(evaluation, i)[at] =
            measure_value(&measure, &place->ranking);
    }
    if (place->has_ranking)
        evaluation->without_relevant +=
            ranking_relevant(&place->ranking, place->rules->level) == 0;
    return true;
}

/* Grades above 0 of all judged queries: what both releases of trec_eval print
 * as num_rel for all queries with -c, whatever -l says. */
static double count_positive(const struct trec_file *judgements)
{
    size_t count = 0;
    for (size_t i = 0; i < judgements->count; i++)
        for (size_t j = 0; j < judgements->queries[i].count; j++)
            count += judgements->queries[i].entries[j].number > 0;
    return (double)count;
}

static double add_up(const struct evaluation *evaluation, size_t measure,
                     bool present_only, const struct trec_file *run)
{
    const double *values = evaluation_values(evaluation, measure);
    double sum = 0;
    for (size_t i = 0; i < evaluation->query_count; i++)
        if (!present_only || trec_find(run, evaluation->queries[i]) != NULL)
            sum += values[i];
    return sum;
}

static double geometric_mean(const struct evaluation *evaluation,
                             size_t measure)
{
    static const double least = 0.00001; /* a zero would make all zero */
    const double *values = evaluation_values(evaluation, measure);
    double sum = 0;
    for (size_t i = 0; i < evaluation->query_count; i++)
        sum += log(values[i] > least ? values[i] : least);
    return exp(sum / (double)evaluation->query_count);
}

static void summarize(struct evaluation *evaluation,
                      const struct measure_list *measures,
                      const struct evaluation_rules *rules,
                      const struct trec_file *judgements,
                      const struct trec_file *run)
{
    for (size_t i = 0; i < measures->count; i++) {
        const struct measure *measure = &measures->items[i];
        struct evaluated *row = &evaluation->measures[i];
        memcpy(row->name, measure->name, sizeof row->name);
        row->is_count = measure->summary == SUMMARY_SUM ||
                        measure->summary == SUMMARY_QUERIES;
        row->summary_only = measure->summary == SUMMARY_GEOMETRIC ||
                            measure->summary == SUMMARY_QUERIES;
        if (row->is_count)
            row->summary = add_up(evaluation, i, rules->counts_present, run);
        else if (measure->summary == SUMMARY_GEOMETRIC)
            row->summary = geometric_mean(evaluation, i);
        else
            evaluation_average(evaluation, i);
        if (measure->value == measure_relevant && !measure->has_level &&
            rules->all_judged_queries && !rules->counts_present)
            row->summary = count_positive(judgements);
    }
}

bool evaluate_run(struct evaluation *evaluation,
                  const struct measure_list *measures,
                  const struct evaluation_rules *rules,
                  const struct trec_file *judgements,
                  const struct trec_file *run, struct error *error)
{
    struct ranker ranker = {0};
    *evaluation = (struct evaluation){0};
    bool fine = evaluation_choose(evaluation, measures->count, rules,
                                  judgements, run, error);
    for (size_t i = 0; fine && i < evaluation->query_count; i++) {
        struct slice id = evaluation->queries[i];
        struct workplace place = {.rules = rules,
                                  .judgements = trec_find(judgements, id),
                                  .run = trec_find(run, id),
                                  .ranker = &ranker};
        fine = evaluate_query(evaluation, i, &place, measures, error);
    }
    ranker_free(&ranker);
    if (!fine) {
        evaluation_free(evaluation);
        return false;
    }
    summarize(evaluation, measures, rules, judgements, run);
    evaluation->tag = run->tag;
    return true;
}

/*** MS MARCO ***/

/* The slots as the lines leave them: the last one for a rank counts. */
static double first_hit(const struct trec_query *reference,
                        const struct trec_query *candidates, size_t cutoff)
{
    struct slice slots[TREC_LAST_RANK] = {{0}};
    for (size_t i = 0; i < candidates->count; i++)
        slots[(size_t)candidates->entries[i].number - 1] =
            candidates->entries[i].document;
    for (size_t rank = 0; rank < cutoff && rank < TREC_LAST_RANK; rank++)
        for (size_t i = 0; i < reference->count; i++)
            if (slots[rank].bytes != NULL &&
                slice_equal(slots[rank], reference->entries[i].document))
                return 1 / (double)(rank + 1);
    return 0;
}

static void name_row(struct evaluation *evaluation, size_t at, const char *name,
                     size_t count)
{
    struct evaluated *row = &evaluation->measures[at];
    snprintf(row->name, sizeof row->name, "%s", name);
    row->is_count = row->summary_only = true;
    row->summary = (double)count;
}

bool evaluate_msmarco(struct evaluation *evaluation, size_t cutoff,
                      const struct trec_file *reference,
                      const struct trec_file *candidates, struct error *error)
{
    size_t common = 0;
    if (!evaluation_make(evaluation, 3, reference->count, error))
        return false;
    for (size_t i = 0; i < reference->count; i++) {
        const struct trec_query *query = &reference->queries[i];
        const struct trec_query *ranked = trec_find(candidates, query->id);
        evaluation->queries[i] = query->id;
        common += ranked != NULL;
        if (ranked != NULL)
            evaluation->values[i] = first_hit(query, ranked, cutoff);
    }
    if (common == 0) {
        evaluation_free(evaluation);
        return error_set(error,
                         "%s: none of its %zu queries is in %s: is it the "
                         "same evaluation set?",
                         candidates->name, candidates->count, reference->name);
    }
    evaluation_average(evaluation, 0);
    snprintf(evaluation->measures[0].name, MEASURE_NAME_BYTES, "MRR@%zu",
             cutoff);
    name_row(evaluation, 1, "QueriesRanked", candidates->count);
    name_row(evaluation, 2, "ReferenceQueries", reference->count);
    evaluation->missing = reference->count - common;
    evaluation->unjudged_queries = candidates->count - common;
    return true;
}
