#include "eval/reranking.h"

#include <math.h>
#include <stdio.h>

static double discount(size_t at, size_t cutoff)
{
    return at < cutoff ? 1 / log2((double)at + 2) : 0;
}

/* Each member of a group of equal scores has the group's mean gain. */
static double tied_ndcg(const struct scored *list, size_t count, size_t cutoff)
{
    size_t relevant = 0;
    double sum = 0, ideal = 0;
    for (size_t first = 0, end; first < count; first = end) {
        size_t hits = 0;
        double discounts = 0;
        for (end = first; end < count && list[end].score == list[first].score;
             end++) {
            hits += list[end].is_positive;
            discounts += discount(end, cutoff);
        }
        sum += (double)hits / (double)(end - first) * discounts;
        relevant += hits;
    }
    for (size_t i = 0; i < relevant; i++)
        ideal += discount(i, cutoff);
    return ideal > 0 ? sum / ideal : 0;
}

struct reranking reranking_measure(struct scored *candidates, size_t count,
                                   size_t cutoff)
{
    struct reranking values = {0};
    if (count == 0)
        return values;
    scored_sort(candidates, count);
    for (size_t i = 0; i < count && i < cutoff && values.mrr == 0; i++)
        if (candidates[i].is_positive)
            values.mrr = 1 / (double)(i + 1);
    values.map = scored_average_precision(candidates, count);
    values.ndcg = tied_ndcg(candidates, count, cutoff);
    return values;
}

void reranking_name(struct evaluation *evaluation, size_t first,
                    const char *prefix, size_t cutoff)
{
    struct evaluated *rows = &evaluation->measures[first];
    snprintf(rows[0].name, MEASURE_NAME_BYTES, "%smap", prefix);
    snprintf(rows[1].name, MEASURE_NAME_BYTES, "%smrr@%zu", prefix, cutoff);
    snprintf(rows[2].name, MEASURE_NAME_BYTES, "%sndcg@%zu", prefix, cutoff);
    for (size_t i = 0; i < RERANKING_MEASURES; i++)
        evaluation_average(evaluation, first + i);
}

void reranking_store(struct evaluation *evaluation, size_t first, size_t query,
                     const struct reranking *values)
{
    evaluation_values(evaluation, first)[query] = values->map;
    evaluation_values(evaluation, first + 1)[query] = values->mrr;
    evaluation_values(evaluation, first + 2)[query] = values->ndcg;
}

struct candidates {
    struct scored *list;
    size_t capacity;
};

/* Equal scores stay in the ranking's order. */
static bool measure_query(struct candidates *candidates,
                          const struct ranking *ranking, int32_t level,
                          size_t cutoff, struct reranking *values,
                          struct error *error)
{
    if (!memory_grow((void **)&candidates->list, &candidates->capacity,
                     ranking->count, sizeof *candidates->list, error))
        return false;
    for (size_t i = 0; i < ranking->count; i++)
        candidates->list[i] =
            (struct scored){.score = (float)ranking->scores[i],
                            .is_positive = ranking->grades[i] >= 0 &&
                                           ranking->grades[i] >= level,
                            .index = ranking->count - i};
    *values = reranking_measure(candidates->list, ranking->count, cutoff);
    return true;
}

bool evaluate_reranking(struct evaluation *evaluation, size_t cutoff,
                        const struct evaluation_rules *rules,
                        const struct trec_file *judgements,
                        const struct trec_file *run, struct error *error)
{
    struct ranker ranker = {0};
    struct candidates candidates = {0};
    bool fine = evaluation_choose(evaluation, RERANKING_MEASURES, rules,
                                  judgements, run, error);
    for (size_t i = 0; fine && i < evaluation->query_count; i++) {
        struct slice id = evaluation->queries[i];
        struct ranking ranking;
        struct reranking values;
        fine = ranking_make(&ranker, &rules->ranking, trec_find(judgements, id),
                            trec_find(run, id), &ranking, error) &&
               measure_query(&candidates, &ranking, rules->level, cutoff,
                             &values, error);
        if (fine)
            reranking_store(evaluation, 0, i, &values);
    }
    memory_free(candidates.list);
    ranker_free(&ranker);
    if (fine)
        reranking_name(evaluation, 0, "", cutoff);
    else
        evaluation_free(evaluation);
    return fine;
}
