#include "cli/scoring/answers.h"

#include "base/memory.h"

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
    return answer_append(&answers->line, &answer, error) &&
           print(answers, scoring, error);
}

bool answers_refuse(struct answers *answers, struct scoring *scoring,
                    const struct answer_request *request, const char *message,
                    struct error *error)
{
    answers->line.length = 0;
    scoring->printed++;
    return answer_append_refusal(&answers->line, request->form, request->id,
                                 message, error) &&
           print(answers, scoring, error);
}

void answers_free(struct answers *answers)
{
    memory_free(answers->results);
    buffer_free(&answers->line);
}
