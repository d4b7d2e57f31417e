#include "eval/ranking.h"

#include <stdlib.h>

struct ranked {
    double score;
    struct slice document;
    int32_t grade;
};

static int by_score(const struct ranked *a, const struct ranked *b)
{
    return (a->score < b->score) - (a->score > b->score);
}

static int documents_fall(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    int order = by_score(a, b);
    return order != 0 ? order : slice_compare(b->document, a->document);
}

static int documents_rise(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    int order = by_score(a, b);
    return order != 0 ? order : slice_compare(a->document, b->document);
}

static int grades_fall(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return (a < b) - (a > b);
}

static bool make_room(struct ranker *ranker, size_t documents, size_t judged,
                      struct error *error)
{
    return memory_grow((void **)&ranker->documents, &ranker->document_capacity,
                       documents, sizeof *ranker->documents, error) &&
           memory_grow((void **)&ranker->grades, &ranker->grade_capacity,
                       documents, sizeof *ranker->grades, error) &&
           memory_grow((void **)&ranker->scores, &ranker->score_capacity,
                       documents, sizeof *ranker->scores, error) &&
           memory_grow((void **)&ranker->judged, &ranker->judged_capacity,
                       judged, sizeof *ranker->judged, error) &&
           memory_grow((void **)&ranker->scratch, &ranker->scratch_capacity,
                       judged, sizeof *ranker->scratch, error);
}

/* Each judgement finds its document by the map; the others stay unjudged. */
static bool join(struct ranked *documents, const struct trec_query *judgements,
                 const struct trec_query *run, struct error *error)
{
    struct slice_map map = {0};
    bool fine = slice_map_reserve(&map, judgements->count, error);
    for (size_t i = 0; i < judgements->count && fine; i++)
        fine = slice_map_put(&map, judgements->entries[i].document, (int32_t)i,
                             error);
    for (size_t i = 0; i < run->count && fine; i++) {
        int32_t at = slice_map_get(&map, documents[i].document);
        double grade = at < 0 ? GRADE_UNJUDGED : judgements->entries[at].number;
        documents[i].grade =
            at >= 0 && grade < 0 ? GRADE_NEGATIVE : (int32_t)grade;
    }
    slice_map_free(&map);
    return fine;
}

static void fill(struct ranked *documents, const struct ranking_rule *rule,
                 const struct trec_query *run)
{
    for (size_t i = 0; i < run->count; i++) {
        double score = run->entries[i].number;
        documents[i] = (struct ranked){
            .score = rule->is_double ? score : (double)(float)score,
            .document = run->entries[i].document};
    }
}

static void sort(struct ranked *documents, const struct ranking_rule *rule,
                 size_t count)
{
    qsort(documents, count, sizeof *documents,
          rule->is_ascending ? documents_rise : documents_fall);
}

static bool rank_documents(struct ranker *ranker,
                           const struct ranking_rule *rule,
                           const struct trec_query *judgements,
                           const struct trec_query *run, size_t *count,
                           struct error *error)
{
    struct ranked *documents = ranker->documents;
    fill(documents, rule, run);
    if (!join(documents, judgements, run, error))
        return false;
    sort(documents, rule, run->count);

    size_t seen = rule->cutoff > 0 && rule->cutoff < run->count ? rule->cutoff
                                                                : run->count;
    for (size_t i = 0; i < seen; i++) {
        if (rule->judged_only && documents[i].grade < 0)
            continue;
        ranker->scores[*count] = documents[i].score;
        ranker->grades[(*count)++] = documents[i].grade;
    }
    return true;
}

bool ranking_make(struct ranker *ranker, const struct ranking_rule *rule,
                  const struct trec_query *judgements,
                  const struct trec_query *run, struct ranking *ranking,
                  struct error *error)
{
    size_t count = 0, judged = 0;
    if (!make_room(ranker, run ? run->count : 0, judgements->count, error))
        return false;
    for (size_t i = 0; i < judgements->count; i++)
        if (judgements->entries[i].number >= 0)
            ranker->judged[judged++] = (int32_t)judgements->entries[i].number;
    qsort(ranker->judged, judged, sizeof *ranker->judged, grades_fall);
    if (run != NULL &&
        !rank_documents(ranker, rule, judgements, run, &count, error))
        return false;
    *ranking = (struct ranking){.grades = ranker->grades,
                                .scores = ranker->scores,
                                .count = count,
                                .judged = ranker->judged,
                                .judged_count = judged,
                                .scratch = ranker->scratch};
    return true;
}

void ranker_free(struct ranker *ranker)
{
    memory_free(ranker->documents);
    memory_free(ranker->grades);
    memory_free(ranker->scores);
    memory_free(ranker->judged);
    memory_free(ranker->scratch);
    *ranker = (struct ranker){0};
}

size_t ranking_relevant(const struct ranking *ranking, int32_t level)
{
    size_t count = 0;
    while (count < ranking->judged_count && ranking->judged[count] >= level)
        count++;
    return count;
}

/* One query's documents by rank, as far as the script's list goes. */
static bool add_ranks(struct trec_builder *builder, struct ranker *ranker,
                      const struct ranking_rule *rule,
                      const struct trec_query *query, struct error *error)
{
    if (!make_room(ranker, query->count, 0, error))
        return false;
    fill(ranker->documents, rule, query);
    sort(ranker->documents, rule, query->count);
    for (size_t i = 0; i < query->count && i < TREC_LAST_RANK; i++) {
        struct trec_entry entry = {ranker->documents[i].document,
                                   (double)(i + 1), 0};
        if (!trec_add(builder, query->id, &entry, error))
            return false;
    }
    return true;
}

bool ranking_ranks(const struct trec_file *run, const struct ranking_rule *rule,
                   struct trec_file *ranks, struct error *error)
{
    struct trec_builder builder;
    struct ranker ranker = {0};
    bool fine = true;
    trec_begin(&builder, ranks, run->name);
    for (size_t i = 0; fine && i < run->count; i++)
        fine = add_ranks(&builder, &ranker, rule, &run->queries[i], error);
    ranker_free(&ranker);
    if (fine)
        return trec_finish(&builder, false, error);
    trec_abandon(&builder);
    return false;
}
