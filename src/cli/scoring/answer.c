#include "cli/scoring/answer.h"

#include "base/json.h"
#include "base/memory.h"
#include "io/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

struct answer_result {
    size_t index;      /* in the request, from 0 */
    float score;       /* nan is null */
    struct slice text; /* {NULL, 0}: not asked for */
};

struct answer {
    enum form form;
    struct slice id;   /* JSON as it is to be printed; {NULL, 0}: none */
    const char *model; /* its name */
    uint64_t tokens;
    int decimals;                        /* as writer_options has them */
    const struct answer_result *results; /* best first */
    size_t count;
};

/*** As JSON ***/

static bool append_integer(struct buffer *out, uint64_t number,
                           struct error *error)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    return buffer_append_text(out, text, error);
}

static bool append_score(struct buffer *out, float score, int decimals,
                         struct error *error)
{
    char text[NUMBER_BYTES] = "null";
    if (isfinite(score))
        number_format(score, decimals, text);
    return buffer_append_text(out, text, error);
}

/* {"index":0,"text":"...","score":0.9} */
static bool append_tei(struct buffer *out, const struct answer *answer,
                       const struct answer_result *result, struct error *error)
{
    if (!buffer_append_text(out, "{\"index\":", error) ||
        !append_integer(out, result->index, error))
        return false;
    if (result->text.bytes != NULL &&
        !(buffer_append_text(out, ",\"text\":", error) &&
          json_append_string(out, result->text, error)))
        return false;
    return buffer_append_text(out, ",\"score\":", error) &&
           append_score(out, result->score, answer->decimals, error) &&
           buffer_append_text(out, "}", error);
}

/* {"index":0,"relevance_score":0.9,"document":{"text":"..."}} */
static bool append_cohere(struct buffer *out, const struct answer *answer,
                          const struct answer_result *result,
                          struct error *error)
{
    if (!buffer_append_text(out, "{\"index\":", error) ||
        !append_integer(out, result->index, error) ||
        !buffer_append_text(out, ",\"relevance_score\":", error) ||
        !append_score(out, result->score, answer->decimals, error))
        return false;
    if (result->text.bytes != NULL &&
        !(buffer_append_text(out, ",\"document\":{\"text\":", error) &&
          json_append_string(out, result->text, error) &&
          buffer_append_text(out, "}", error)))
        return false;
    return buffer_append_text(out, "}", error);
}

static bool append_results(struct buffer *out, const struct answer *answer,
                           struct error *error)
{
    bool is_tei = answer->form == FORM_TEI;
    if (!buffer_append_text(out, "[", error))
        return false;
    for (size_t i = 0; i < answer->count; i++) {
        const struct answer_result *result = &answer->results[i];
        if (i > 0 && !buffer_append_text(out, ",", error))
            return false;
        if (!(is_tei ? append_tei(out, answer, result, error)
                     : append_cohere(out, answer, result, error)))
            return false;
    }
    return buffer_append_text(out, "]", error);
}

/* {"id":ID, */
static bool append_opening(struct buffer *out, struct slice id,
                           struct error *error)
{
    if (!buffer_append_text(out, "{", error) || id.bytes == NULL)
        return !error->set;
    return buffer_append_text(out, "\"id\":", error) &&
           buffer_append(out, id.bytes, id.length, error) &&
           buffer_append_text(out, ",", error);
}

static bool append_answer(struct buffer *out, const struct answer *answer,
                          struct error *error)
{
    if (answer->form == FORM_TEI)
        return append_results(out, answer, error);
    return append_opening(out, answer->id, error) &&
           buffer_append_text(out, "\"model\":", error) &&
           json_append_string(out, slice_of(answer->model), error) &&
           buffer_append_text(out, ",\"results\":", error) &&
           append_results(out, answer, error) &&
           buffer_append_text(out, ",\"usage\":{\"total_tokens\":", error) &&
           append_integer(out, answer->tokens, error) &&
           buffer_append_text(out, "}}", error);
}

/* {"error":...} of TEI, {"message":...} of Cohere. */
static bool append_refusal(struct buffer *out, enum form form, struct slice id,
                           const char *message, struct error *error)
{
    bool is_tei = form == FORM_TEI;
    return append_opening(out, is_tei ? (struct slice){NULL, 0} : id, error) &&
           buffer_append_text(out,
                              is_tei ? "\"error\":" : "\"message\":", error) &&
           json_append_string(out, slice_of(message), error) &&
           buffer_append_text(
               out, is_tei ? ",\"error_type\":\"Validation\"}" : "}", error);
}

/*** Of results ***/

static float score_of(const struct scoring *scoring,
                      const struct answer_request *request, const float *logits)
{
    const struct verdict_rule *rule = &scoring->rule;
    float score;
    if (request->raw)
        return verdict_order(rule, logits);
    bool chosen = scoring->options->activation != SCORE_ACTIVATION_AUTO;
    if (request->apis && !chosen && rule->task->labels == 1)
        verdict_probabilities(rule, logits, &score);
    else
        verdict_score(rule, logits, &score);
    return score;
}

static bool print(struct answers *answers, struct scoring *scoring,
                  struct error *error)
{
    static const struct value record = {.kind = VALUE_RECORD};
    return writer_put(scoring->streams.writer, buffer_slice(&answers->line),
                      &record, 1, error);
}

bool answers_put(struct answers *answers, struct scoring *scoring,
                 const struct answer_request *request, struct top *results,
                 struct error *error)
{
    if (!memory_grow((void **)&answers->results, &answers->capacity,
                     results->count, sizeof *answers->results, error))
        return false;
    size_t count = 0;
    for (size_t i = 0; i < results->count; i++) {
        const struct kept *kept = &results->list[i];
        float score = kept->facts.has_score
                          ? kept->facts.score
                          : score_of(scoring, request, kept->logits);
        if (!scoring_passes(scoring, score))
            continue;
        answers->results[count++] = (struct answer_result){
            .index = kept->place,
            .score = score,
            .text = request->texts ? request->texts[kept->place]
                                   : (struct slice){NULL, 0}};
    }
    struct answer answer = {.form = request->form,
                            .id = request->id,
                            .model = scoring_model_name(scoring),
                            .tokens = results->tokens,
                            .decimals = scoring->options->decimals,
                            .results = answers->results,
                            .count = count};
    answers->line.length = 0;
    scoring->printed++;
    return append_answer(&answers->line, &answer, error) &&
           print(answers, scoring, error);
}

bool answers_refuse(struct answers *answers, struct scoring *scoring,
                    const struct answer_request *request, const char *message,
                    struct error *error)
{
    answers->line.length = 0;
    scoring->printed++;
    return append_refusal(&answers->line, request->form, request->id, message,
                          error) &&
           print(answers, scoring, error);
}

void answers_free(struct answers *answers)
{
    memory_free(answers->results);
    buffer_free(&answers->line);
}
