/*
 * rank.c - --task rank: samples of a query, its positives and what else
 * was found, as the reranking evaluators of sentence-transformers take them.
 */
#include "base/json.h"
#include "cli/eval/eval.h"
#include "cli/scoring/scoring.h"
#include "eval/reranking.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_CUTOFF = 10 };

/* Candidates stand in one list, sample after sample. */
struct sample {
    size_t first, count;           /* of the candidates to rank */
    size_t base_first, base_count; /* of the first stage's order */
    struct slice id;               /* its line */
};

struct candidates {
    struct scored *list;
    size_t count, capacity;
};

struct ranking_task {
    struct scoring scoring; /* first: emit gets its address */
    const struct options *options;
    struct sample *samples;
    size_t count, capacity;
    struct candidates ranked, base;
    bool has_documents, has_negatives;
    struct arena ids;
};

/* One line's members. */
struct members {
    struct slice query;
    json_t *positive, *others, *scores;
    const char *file;
    uint64_t line;
};

static bool add_candidate(struct candidates *candidates, bool is_positive,
                          float score, struct error *error)
{
    if (!memory_grow((void **)&candidates->list, &candidates->capacity,
                     candidates->count + 1, sizeof *candidates->list, error))
        return false;
    candidates->list[candidates->count] =
        (struct scored){score, is_positive, candidates->count};
    candidates->count++;
    return true;
}

/*** Members of an object ***/

static bool is_list_of_texts(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!json_is_string(json_array_get(list, i)))
            return false;
    return json_is_array(list);
}

static bool read_members(struct ranking_task *task, const json_t *object,
                         struct members *members, struct error *error)
{
    const char *const what = "a query, a list positive, and a list negative or "
                             "documents of texts were expected";
    const json_t *query = json_object_get(object, "query");
    json_t *negative = json_object_get(object, "negative");
    json_t *documents = json_object_get(object, "documents");
    members->positive = json_object_get(object, "positive");
    members->scores = json_object_get(object, "scores");
    members->others = documents != NULL ? documents : negative;
    if (!json_is_string(query) || !is_list_of_texts(members->positive) ||
        !is_list_of_texts(members->others) ||
        (negative != NULL && documents != NULL))
        return error_at(error, members->file, members->line, "%s", what);
    if (task->options->eval.scored && !json_is_object(members->scores))
        return error_at(error, members->file, members->line,
                        "no scores: --scored needs an object with a number for "
                        "each text");
    members->query = json_slice(query);
    task->has_documents |= documents != NULL;
    task->has_negatives |= negative != NULL;
    return !(task->has_documents && task->has_negatives) ||
           error_at(error, members->file, members->line,
                    "%s: the lines before have %s: one kind was expected",
                    documents != NULL ? "documents" : "negative",
                    documents != NULL ? "negative" : "documents");
}

static bool is_among(const json_t *list, struct slice text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (slice_equal(json_slice(json_array_get(list, i)), text))
            return true;
    return false;
}

static bool is_positive(const struct members *members, const json_t *text)
{
    return is_among(members->positive, json_slice(text));
}

/*** Candidates ***/

static bool find_score(const struct members *members, const json_t *text,
                       float *score, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    const json_t *number =
        json_object_get(members->scores, json_string_value(text));
    *score = (float)json_number_value(number);
    return json_is_number(number) ||
           error_at(error, members->file, members->line,
                    "no score for '%s': a number was expected",
                    text_quote(json_slice(text), quoted));
}

static bool add_text(struct ranking_task *task, const struct members *members,
                     const json_t *text, bool relevant, struct error *error)
{
    float score = 0;
    if (task->options->eval.scored && !find_score(members, text, &score, error))
        return false;
    struct record_facts facts = {.file = members->file,
                                 .line = members->line,
                                 .index = task->ranked.count};
    return add_candidate(&task->ranked, relevant, score, error) &&
           (task->options->eval.scored ||
            scorer_add(task->scoring.scorer, &facts, members->query,
                       json_slice(text), error) == SCORER_FINE);
}

static bool add_positives(struct ranking_task *task,
                          const struct members *members, struct error *error)
{
    for (size_t i = 0; i < json_array_size(members->positive); i++)
        if (!add_text(task, members, json_array_get(members->positive, i), true,
                      error))
            return false;
    return true;
}

/* Negatives are what they are called; documents are compared as texts. */
static bool add_others(struct ranking_task *task, const struct members *members,
                       bool with_positives, struct error *error)
{
    for (size_t i = 0; i < json_array_size(members->others); i++) {
        const json_t *text = json_array_get(members->others, i);
        bool relevant = task->has_documents && is_positive(members, text);
        if (relevant && with_positives)
            continue;
        if (!add_text(task, members, text, relevant, error))
            return false;
    }
    return true;
}

/* The first stage's order has no scores: they fall from the first on.  Where
 * something was found the positives that were not stand at its end. */
static bool add_base(struct ranking_task *task, const struct members *members,
                     struct error *error)
{
    bool has_hit = false;
    float score = 0;
    for (size_t i = 0; i < json_array_size(members->others); i++) {
        bool hit = is_positive(members, json_array_get(members->others, i));
        has_hit |= hit;
        if (!add_candidate(&task->base, hit, score--, error))
            return false;
    }
    for (size_t i = 0; has_hit && i < json_array_size(members->positive); i++) {
        struct slice text = json_slice(json_array_get(members->positive, i));
        if (!is_among(members->others, text) &&
            !add_candidate(&task->base, true, score--, error))
            return false;
    }
    return true;
}

static bool add_sample(struct ranking_task *task, const struct members *members,
                       struct error *error)
{
    char number[24];
    int length = snprintf(number, sizeof number, "%llu",
                          (unsigned long long)members->line);
    struct sample sample = {.first = task->ranked.count,
                            .base_first = task->base.count,
                            .id.length = (size_t)length};
    bool positives = task->has_negatives || !task->options->eval.documents_only;
    sample.id.bytes = arena_copy(&task->ids, number, sample.id.length, error);
    if (sample.id.bytes == NULL ||
        (positives && !add_positives(task, members, error)) ||
        !add_others(task, members, positives, error) ||
        (task->has_documents && !add_base(task, members, error)) ||
        !memory_grow((void **)&task->samples, &task->capacity, task->count + 1,
                     sizeof *task->samples, error))
        return false;
    sample.count = task->ranked.count - sample.first;
    sample.base_count = task->base.count - sample.base_first;
    task->samples[task->count++] = sample;
    return true;
}

/*** The file ***/

static bool keep_score(void *context, const struct record_facts *facts,
                       const float *logits, struct error *error)
{
    struct ranking_task *task = context;
    (void)error;
    verdict_score(&task->scoring.rule, logits,
                  &task->ranked.list[facts->index].score);
    return true;
}

static bool read_sample(void *context, const struct record *record,
                        struct error *error)
{
    struct ranking_task *task = context;
    struct members members = {.file = record->file, .line = record->line};
    json_t *object =
        json_parse(record->bytes, record->file, record->line, error);
    bool fine = object != NULL && read_members(task, object, &members, error) &&
                add_sample(task, &members, error);
    json_decref(object);
    return fine;
}

static bool read_samples(struct ranking_task *task, const char *path,
                         struct error *error)
{
    if (!reader_each(&reader_lines, path, read_sample, task, error))
        return false;
    if (task->count == 0)
        return error_set(error, "%s: no samples: an object a line was expected",
                         path);
    return task->options->eval.scored ||
           scorer_drain(task->scoring.scorer, error);
}

static bool measure(struct ranking_task *task, struct evaluation *evaluation,
                    struct error *error)
{
    size_t cutoff = task->options->eval.cutoff;
    cutoff = cutoff > 0 ? cutoff : DEFAULT_CUTOFF;
    size_t sets = task->has_documents ? 2 : 1;
    if (!evaluation_make(evaluation, sets * RERANKING_MEASURES, task->count,
                         error))
        return false;
    for (size_t i = 0; i < task->count; i++) {
        const struct sample *sample = &task->samples[i];
        struct reranking values = reranking_measure(
            task->ranked.list + sample->first, sample->count, cutoff);
        evaluation->queries[i] = sample->id;
        reranking_store(evaluation, 0, i, &values);
        if (!task->has_documents)
            continue;
        values = reranking_measure(task->base.list + sample->base_first,
                                   sample->base_count, cutoff);
        reranking_store(evaluation, RERANKING_MEASURES, i, &values);
    }
    reranking_name(evaluation, 0, "", cutoff);
    if (task->has_documents)
        reranking_name(evaluation, RERANKING_MEASURES, "base_", cutoff);
    return true;
}

bool eval_rank(struct evaluation *evaluation, const struct options *options,
               const char *path, struct arena *ids, struct error *error)
{
    struct ranking_task task = {.options = options, .ids = *ids};
    bool scored = options->eval.scored;
    struct scoring *scoring = &task.scoring;
    bool fine =
        (scored ||
         scoring_open_model(scoring, options, true, keep_score, error)) &&
        read_samples(&task, path, error) && measure(&task, evaluation, error);
    if (!scored)
        fine &= scoring_close_model(scoring, error);
    *ids = task.ids;
    memory_free(task.samples);
    memory_free(task.ranked.list);
    memory_free(task.base.list);
    return fine;
}
