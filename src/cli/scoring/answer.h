/*
 * answer.h - one answer of the rerank HTTP APIs as a line of JSON.
 *
 * FORM_TEI is the array of Text Embeddings Inference, FORM_COHERE the object
 * that Cohere, Jina, vLLM and llama-server share, with the keys in which all of
 * them agree.
 */
#ifndef CLI_SCORING_ANSWER_H
#define CLI_SCORING_ANSWER_H

#include "cli/scoring/form.h"

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

bool answer_append(struct buffer *out, const struct answer *answer,
                   struct error *error);

/* What the API says in place of an answer: {"error","error_type"} of TEI,
 * {"message"} of Cohere. */
bool answer_append_refusal(struct buffer *out, enum form form, struct slice id,
                           const char *message, struct error *error);

#endif
