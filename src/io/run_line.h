/*
 * run_line.h - a line of a ranked run, as searches and rerankers write them.
 *
 *   qid Q0 docno rank score tag   TREC (trec_eval's results file)
 *   qid pid rank                  MS MARCO
 *
 * Fields are parted by blanks or TABs.  Slices point into the line.
 */
#ifndef IO_RUN_LINE_H
#define IO_RUN_LINE_H

#include "base/text.h"

enum run_kind { RUN_UNKNOWN, RUN_TREC, RUN_MSMARCO };

struct run_line {
    struct slice query, document;
};

/* *kind is found out by the first line (RUN_UNKNOWN) and expected of the
 * others. */
bool run_line_parse(struct slice line, enum run_kind *kind,
                    struct run_line *parsed, const char *file, uint64_t number,
                    struct error *error);

#endif
