/*
 * form.h - the forms of -c that are no list of columns: trec, msmarco, tei,
 * cohere.
 *
 * The first two are a line for each result, the others a JSON answer for each
 * group (answer.h).
 */
#ifndef CLI_SCORING_FORM_H
#define CLI_SCORING_FORM_H

#include "io/writer.h"
#include "rank/window.h"

enum form {
    FORM_RECORDS, /* columns */
    FORM_TREC,    /* qid Q0 docno rank score tag */
    FORM_MSMARCO, /* qid TAB pid TAB rank */
    FORM_TEI,     /* [{"index":0,"score":0.9}] */
    FORM_COHERE   /* {"results":[{"index":0,"relevance_score":0.9}]} */
};

/* The form that -c names; NULL, or a list of columns: FORM_RECORDS. */
enum form form_find(const char *columns);
bool form_has_ids(enum form form);   /* prints ids of records */
bool form_is_answer(enum form form); /* JSON */
char form_delimiter(enum form form); /* of the output */

/* What a line of FORM_TREC or FORM_MSMARCO says. */
struct form_line {
    const struct record_facts *facts;
    float order; /* falls from rank to rank as no rounded score does */
    size_t rank; /* from 1 */
};

/* A query without a key is 1, a record without an id its index.  An id with a
 * blank cannot stand in a TREC run. */
bool form_put(struct writer *writer, enum form form,
              const struct form_line *line, struct error *error);

#endif
