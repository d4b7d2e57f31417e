/*
 * candidates.h - what a first stage found, with its texts: a run beside
 * queries and documents, or lines that hold all of it.
 */
#ifndef CLI_EVAL_CANDIDATES_H
#define CLI_EVAL_CANDIDATES_H

#include "cli/options/options.h"
#include "eval/trecfiles.h"
#include "io/id_texts.h"

struct candidate_set {
    struct trec_file run; /* the first stage's scores */
    struct id_texts queries, documents;
    char *run_path, *judgements_path; /* of a directory; else NULL */
};

/*
 * --candidates is a run in trec_eval's form, lines of query id, document id,
 * query and document, or a directory.  --queries and --corpus, or the usual
 * names beside the run, have the texts.
 */
bool candidates_open(struct candidate_set *set, const struct options *options,
                     struct error *error);
void candidates_close(struct candidate_set *set);

#endif
