#include "cli/scoring/answer.h"

#include "base/json.h"
#include "io/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static bool append(struct buffer *out, const char *text, struct error *error)
{
    return buffer_append(out, text, strlen(text), error);
}

static bool append_integer(struct buffer *out, uint64_t number,
                           struct error *error)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, number);
    return append(out, text, error);
}

static bool append_score(struct buffer *out, float score, int decimals,
                         struct error *error)
{
    char text[NUMBER_BYTES] = "null";
    if (isfinite(score))
        number_format(score, decimals, text);
    return append(out, text, error);
}

/* {"index":0,"text":"...","score":0.9} */
static bool append_tei(struct buffer *out, const struct answer *answer,
                       const struct answer_result *result, struct error *error)
{
    if (!append(out, "{\"index\":", error) ||
        !append_integer(out, result->index, error))
        return false;
    if (result->text.bytes != NULL &&
        !(append(out, ",\"text\":", error) &&
          json_append_string(out, result->text, error)))
        return false;
    return append(out, ",\"score\":", error) &&
           append_score(out, result->score, answer->decimals, error) &&
           append(out, "}", error);
}

/* {"index":0,"relevance_score":0.9,"document":{"text":"..."}} */
static bool append_cohere(struct buffer *out, const struct answer *answer,
                          const struct answer_result *result,
                          struct error *error)
{
    if (!append(out, "{\"index\":", error) ||
        !append_integer(out, result->index, error) ||
        !append(out, ",\"relevance_score\":", error) ||
        !append_score(out, result->score, answer->decimals, error))
        return false;
    if (result->text.bytes != NULL &&
        !(append(out, ",\"document\":{\"text\":", error) &&
          json_append_string(out, result->text, error) &&
          append(out, "}", error)))
        return false;
    return append(out, "}", error);
}

static bool append_results(struct buffer *out, const struct answer *answer,
                           struct error *error)
{
    bool is_tei = answer->form == FORM_TEI;
    if (!append(out, "[", error))
        return false;
    for (size_t i = 0; i < answer->count; i++) {
        const struct answer_result *result = &answer->results[i];
        if (i > 0 && !append(out, ",", error))
            return false;
        if (!(is_tei ? append_tei(out, answer, result, error)
                     : append_cohere(out, answer, result, error)))
            return false;
    }
    return append(out, "]", error);
}

/* {"id":ID, */
static bool append_opening(struct buffer *out, struct slice id,
                           struct error *error)
{
    if (!append(out, "{", error) || id.bytes == NULL)
        return !error->set;
    return append(out, "\"id\":", error) &&
           buffer_append(out, id.bytes, id.length, error) &&
           append(out, ",", error);
}

bool answer_append(struct buffer *out, const struct answer *answer,
                   struct error *error)
{
    if (answer->form == FORM_TEI)
        return append_results(out, answer, error);
    return append_opening(out, answer->id, error) &&
           append(out, "\"model\":", error) &&
           json_append_string(out, slice_of(answer->model), error) &&
           append(out, ",\"results\":", error) &&
           append_results(out, answer, error) &&
           append(out, ",\"usage\":{\"total_tokens\":", error) &&
           append_integer(out, answer->tokens, error) &&
           append(out, "}}", error);
}

bool answer_append_refusal(struct buffer *out, enum form form, struct slice id,
                           const char *message, struct error *error)
{
    bool is_tei = form == FORM_TEI;
    return append_opening(out, is_tei ? (struct slice){NULL, 0} : id, error) &&
           append(out, is_tei ? "\"error\":" : "\"message\":", error) &&
           json_append_string(out, slice_of(message), error) &&
           append(out, is_tei ? ",\"error_type\":\"Validation\"}" : "}", error);
}
