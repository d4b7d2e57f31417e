/*
 * requests.c - reads requests, scores their documents in common batches,
 * answers in order.
 *
 * An object with "texts" is a request of Text Embeddings Inference, any other
 * one of the family of Cohere, Jina, vLLM and llama-server; each gets its own
 * API's answer or error.  A request waits in a queue until all of its documents
 * are scored, so that the next one's fill the same batches; when the input
 * pauses all of them are answered.
 */
#include "cli/requests.h"

#include "base/json.h"
#include "base/memory.h"
#include "cli/message.h"
#include "cli/scoring/answer.h"

#include <strings.h>

/* Requests that wait at once: refused ones cost no documents, which alone
 * bound the queue otherwise. */
enum { MOST_WAITING = 4096 };

struct request {
    struct request *next;
    json_t *tree;     /* owns the texts */
    struct buffer id; /* JSON */
    struct answer_request asked;
    struct pair_limits limits;
    struct slice query, *texts; /* texts: [count] */
    size_t count, done;         /* documents, and scored ones */
    struct top results;
    struct error refusal;
};

struct requests {
    struct scoring scoring; /* first: emit gets its address */
    struct request *first, **last;
    size_t waiting;
    struct answers answers;
    uint64_t taken, refused;
};

static void free_request(struct request *request)
{
    json_decref(request->tree);
    buffer_free(&request->id);
    memory_free(request->texts);
    top_free(&request->results);
    memory_free(request);
}

/*** What a request says ***/

/* NULL where it is absent or null, which is the same. */
static const json_t *find(const struct request *request, const char *name)
{
    const json_t *value = json_object_get(request->tree, name);
    return json_is_null(value) ? NULL : value;
}

/* Leaves what is absent as it is. */
static bool read_flag(struct request *request, const char *name, bool *flag)
{
    const json_t *value = find(request, name);
    if (value == NULL)
        return true;
    *flag = json_is_true(value);
    return json_is_boolean(value) ||
           error_set(&request->refusal, "'%s': true or false was expected",
                     name);
}

static bool read_count(struct request *request, const char *name, size_t least,
                       size_t *count)
{
    const json_t *value = find(request, name);
    if (value == NULL)
        return true;
    if (!json_is_integer(value) ||
        json_integer_value(value) < (json_int_t)least)
        return error_set(&request->refusal,
                         "'%s': a whole number from %zu was expected", name,
                         least);
    *count = (size_t)json_integer_value(value);
    return true;
}

/*** Limits that a request sets for its own documents ***/

/* truncate of TEI and truncation of Voyage: whether long texts are cut or
 * refused.  Windows cut nothing, so that there is nothing to choose. */
static bool read_truncate(struct request *request, const char *name,
                          const char *advice)
{
    struct pair_limits *limits = &request->limits;
    bool cuts = limits->long_texts != LONG_ERROR;
    bool is_given = find(request, name) != NULL;
    if (!read_flag(request, name, &cuts))
        return false;
    if (is_given && limits->long_texts != LONG_WINDOW) {
        limits->long_texts = cuts ? LONG_TRUNCATE : LONG_ERROR;
        limits->advice = advice;
    }
    return true;
}

/* truncation_direction of TEI. */
static bool read_direction(struct request *request)
{
    static const char *name = "truncation_direction";
    const json_t *value = find(request, name);
    const char *direction = json_string_value(value);
    if (value == NULL)
        return true;
    if (direction == NULL || (strcasecmp(direction, "left") != 0 &&
                              strcasecmp(direction, "right") != 0))
        return error_set(&request->refusal, "'%s': left or right was expected",
                         name);
    request->limits.keeps_end = strcasecmp(direction, "left") == 0;
    return true;
}

/* truncate_prompt_tokens of vLLM, where -1 is the model's own limit. */
static bool read_prompt_tokens(struct request *request)
{
    static const char *name = "truncate_prompt_tokens";
    struct pair_limits *limits = &request->limits;
    const json_t *value = find(request, name);
    if (value == NULL)
        return true;
    json_int_t tokens = json_integer_value(value);
    if (!json_is_integer(value) || tokens < -1)
        return error_set(&request->refusal,
                         "'%s': a whole number from -1 was expected", name);
    if (tokens >= 0 && (size_t)tokens < limits->tokens)
        limits->tokens = (size_t)tokens;
    return true;
}

static bool read_limits(struct request *request)
{
    return read_truncate(request, "truncate",
                         "'truncate' true cuts longer texts") &&
           read_truncate(request, "truncation",
                         "'truncation' true cuts longer texts") &&
           read_direction(request) &&
           read_count(request, "max_tokens_per_doc", 1,
                      &request->limits.second_tokens) &&
           read_prompt_tokens(request);
}

static bool read_flags(struct request *request)
{
    bool gives_documents = false, gives_texts = false, is_active = true;
    size_t *best = &request->results.best; /* 0: all of them */
    if (!read_flag(request, "return_documents", &gives_documents) ||
        !read_flag(request, "return_text", &gives_texts) ||
        !read_flag(request, "raw_scores", &request->asked.raw) ||
        !read_flag(request, "use_activation", &is_active) ||
        !read_count(request, "top_n", 0, best) ||
        !read_count(request, "top_k", 0, best))
        return false;
    request->asked.raw = request->asked.raw || !is_active;
    request->asked.texts =
        gives_documents || gives_texts ? request->texts : NULL;
    return read_limits(request);
}

/* "..." or {"text": "..."} */
static struct slice text_of(const json_t *document)
{
    const json_t *text =
        json_is_object(document) ? json_object_get(document, "text") : document;
    return json_slice(text);
}

static bool read_documents(struct request *request, const char *name)
{
    const json_t *documents = json_object_get(request->tree, name);
    struct error *refusal = &request->refusal;
    if (!json_is_array(documents))
        return error_set(refusal, "'%s': a list of texts was expected", name);
    size_t count = json_array_size(documents);
    if (count == 0)
        return error_set(refusal,
                         "'%s' is empty: one text at least was "
                         "expected",
                         name);
    request->texts = memory_new(count, sizeof *request->texts, refusal);
    if (request->texts == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        request->texts[i] = text_of(json_array_get(documents, i));
        if (request->texts[i].bytes == NULL)
            return error_set(refusal,
                             "'%s', item %zu: a string, or an object "
                             "with the string 'text', was expected",
                             name, i);
    }
    request->count = count;
    return true;
}

static bool read_query(struct request *request)
{
    request->query = json_slice(json_object_get(request->tree, "query"));
    return request->query.bytes != NULL ||
           error_set(&request->refusal, "'query': a string was expected");
}

/* Its JSON as far as it can be understood; false when it is refused. */
static bool read_request(struct request *request, const struct record *record)
{
    struct error *refusal = &request->refusal;
    request->asked = (struct answer_request){.form = FORM_COHERE, .apis = true};
    if (record->bytes.length > 0)
        request->tree =
            json_parse(record->bytes, record->file, record->line, refusal);
    if (refusal->set)
        return false;
    if (!json_is_object(request->tree))
        return error_at(refusal, record->file, record->line,
                        "an object was expected");
    const json_t *id = json_object_get(request->tree, "id");
    if (id != NULL && !json_append_value(&request->id, id, false, refusal))
        return false;
    if (id != NULL)
        request->asked.id = buffer_slice(&request->id);
    bool is_tei = json_object_get(request->tree, "texts") != NULL;
    if (is_tei)
        request->asked.form = FORM_TEI;
    bool fine = read_query(request) &&
                read_documents(request, is_tei ? "texts" : "documents") &&
                read_flags(request);
    request->count = fine ? request->count : 0;
    return fine;
}

/*** The queue ***/

static bool answer(struct requests *requests, struct request *request,
                   struct error *error)
{
    struct scoring *scoring = &requests->scoring;
    if (!request->refusal.set) {
        top_sort(&request->results);
        return answers_put(&requests->answers, scoring, &request->asked,
                           &request->results, error);
    }
    if (request->refusal.no_memory)
        return error_pass(error, &request->refusal);
    requests->refused++;
    return answers_refuse(&requests->answers, scoring, &request->asked,
                          request->refusal.text, error);
}

/* Answers what is complete at the front. */
static bool answer_complete(struct requests *requests, struct error *error)
{
    while (requests->first != NULL) {
        struct request *request = requests->first;
        if (request->done < request->count)
            return true;
        if (!answer(requests, request, error))
            return false;
        requests->first = request->next;
        if (requests->first == NULL)
            requests->last = &requests->first;
        requests->waiting--;
        free_request(request);
    }
    return true;
}

/* Results come in the order of the documents: they are the first one's. */
static bool take_result(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct requests *requests = context;
    struct request *request = requests->first;
    const struct verdict_rule *rule = &requests->scoring.rule;
    request->done++;
    return top_offer(&request->results, verdict_order(rule, logits), facts,
                     logits, rule->task->labels, error) &&
           answer_complete(requests, error);
}

/* One document that cannot be scored is the end of the request. */
static bool add_documents(struct requests *requests, struct request *request,
                          const struct record *record, struct error *error)
{
    struct scorer *scorer = requests->scoring.scorer;
    size_t count = request->count;
    for (size_t i = 0; i < count; i++) {
        struct error reason = {0};
        struct record_facts facts = {
            .file = record->file, .line = record->line, .index = i};
        switch (scorer_add_limited(scorer, &facts, request->query,
                                   request->texts[i], &request->limits,
                                   &reason)) {
        case SCORER_FINE:
            break;
        case SCORER_BAD_RECORD:
            error_set(&request->refusal, "document %zu: %s", i, reason.text);
            request->count = i;
            return answer_complete(requests, error);
        case SCORER_FAILED:
            return error_pass(error, &reason);
        }
    }
    return answer_complete(requests, error);
}

static bool take_request(void *context, const struct record *record,
                         const struct error *bad, struct error *error)
{
    struct requests *requests = context;
    struct scoring *scoring = &requests->scoring;
    if (requests->waiting >= MOST_WAITING && !scoring_flush(scoring, error))
        return false;
    struct request *request = memory_new(1, sizeof *request, error);
    if (request == NULL)
        return false;
    request->results.best = scoring->options->best;
    request->limits = scorer_limits(scoring->scorer);
    if (bad->set)
        error_pass(&request->refusal, bad);
    else
        read_request(request, record);
    requests->taken++;
    requests->waiting++;
    *requests->last = request;
    requests->last = &request->next;
    return add_documents(requests, request, record, error);
}

static void free_all(struct requests *requests)
{
    while (requests->first != NULL) {
        struct request *next = requests->first->next;
        free_request(requests->first);
        requests->first = next;
    }
    answers_free(&requests->answers);
}

int requests_run(const struct options *options)
{
    struct requests requests = {.waiting = 0};
    struct error error = {0};
    const struct scoring_plan plan = {.take = take_request,
                                      .emit = take_result,
                                      .needs_one = true,
                                      .takes_lines = true,
                                      .form = FORM_COHERE};
    requests.last = &requests.first;
    if (scoring_open(&requests.scoring, options, &plan, &error))
        scoring_run(&requests.scoring, &error);
    if (requests.refused > 0)
        warn(options,
             "%llu of %llu requests were refused: their answers say "
             "why",
             (unsigned long long)requests.refused,
             (unsigned long long)requests.taken);
    int status = scoring_close(&requests.scoring, &error);
    free_all(&requests);
    return requests.refused > 0 ? EXIT_TROUBLE : status;
}
