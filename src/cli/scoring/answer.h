/*
 * answer.h - ranked results as answers of the rerank HTTP APIs, a line of JSON
 * each.
 *
 * FORM_TEI is the array of Text Embeddings Inference, FORM_COHERE the object
 * that Cohere, Jina, vLLM and llama-server share, with the keys in which all of
 * them agree.
 */
#ifndef CLI_SCORING_ANSWER_H
#define CLI_SCORING_ANSWER_H

#include "cli/scoring/form.h"
#include "cli/scoring/scoring.h"
#include "rank/top.h"

/* Room for one answer at a time, until answers_free. */
struct answers {
    struct answer_result *results;
    size_t capacity;
    struct buffer line;
};

/* What a request asked for. */
struct answer_request {
    enum form form;
    struct slice id;           /* JSON as it is printed; {NULL, 0}: none */
    bool raw;                  /* logits, not probabilities */
    bool apis;                 /* scores as the APIs give them: a sigmoid for
                                  one label whatever the model's files say */
    const struct slice *texts; /* of the documents, to be given back; or NULL */
};

/* Prints the results, which are in order, as one line. */
bool answers_put(struct answers *answers, struct scoring *scoring,
                 const struct answer_request *request, struct top *results,
                 struct error *error);
/* Prints why there is no answer. */
bool answers_refuse(struct answers *answers, struct scoring *scoring,
                    const struct answer_request *request, const char *message,
                    struct error *error);
void answers_free(struct answers *answers);

#endif
