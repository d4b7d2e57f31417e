/*
 * trec_line.h - lines of judgements and of runs, which give a query and a
 * document a number: the formats of trec_eval, BEIR and MS MARCO.
 *
 * Columns are parted by white space.  Lines that begin with '#' are comments.
 */
#ifndef IO_TREC_LINE_H
#define IO_TREC_LINE_H

#include "io/reader.h"

enum trec_format {
    /* query, iteration, document, grade: nothing behind.  A grade is a whole
     * number, decimals behind it are cut off as atol does. */
    TREC_JUDGEMENTS,
    /* query, document, grade: below a header line. */
    BEIR_JUDGEMENTS,
    /* query, Q0, document, rank, score, tag: six columns or more; blank lines
     * mean nothing.  A score is whatever strtod reads, but not nan. */
    TREC_RUN,
    /* query, 0, document: a fourth column is not read. */
    MSMARCO_JUDGEMENTS,
    /* query, document, rank 1 ... 1000; blank lines mean nothing. */
    MSMARCO_RUN,
    /* The same of any depth: a rank is any number. */
    MSMARCO_DEEP_RUN,
    /* TREC_RUN or MSMARCO_DEEP_RUN, when no line has told yet. */
    ANY_RUN,
    TREC_FORMATS
};

enum { TREC_LAST_RANK = 1000 }; /* of the MS MARCO script's list */

/* Slices point into the record. */
struct trec_line {
    struct slice query, document;
    struct slice written; /* the number as it stands there, perhaps empty */
    struct slice tag;     /* TREC_RUN's */
    double number;        /* grade, score or rank */
};

enum trec_found {
    TREC_WRONG,   /* the error names file and line */
    TREC_NOTHING, /* a comment, or blank */
    TREC_ENTRY
};

enum trec_found trec_line_read(enum trec_format format,
                               const struct record *record,
                               struct trec_line *line, struct error *error);

/* Of a file's first lines: three columns, and the third is no number. */
bool trec_line_is_beir_header(struct slice line);
/* ANY_RUN where the line's columns are neither kind's. */
enum trec_format trec_line_run_format(struct slice line);

/* What a line holds, for messages. */
const char *trec_format_columns(enum trec_format format);

#endif
