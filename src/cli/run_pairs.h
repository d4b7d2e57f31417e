/*
 * run_pairs.h - what rerank --run scores: the pairs that a run names, and their
 * texts from --queries and --corpus.
 *
 * Memory holds the run's rows and the texts that it names (id_texts.h).
 */
#ifndef CLI_RUN_PAIRS_H
#define CLI_RUN_PAIRS_H

#include "cli/options/options.h"
#include "io/id_texts.h"
#include "io/trec_line.h"

struct run_pair {
    size_t query, document; /* in their lists */
    uint64_t line;          /* of the run */
};

/* Owns all of it until run_pairs_free. */
struct run_pairs {
    enum trec_format format; /* of the run, by its first line */
    struct run_pair *list;   /* of a query together, queries as they first came,
                                the rest in the order of the run */
    size_t count, capacity;
    struct id_texts queries, documents;
};

/* The run alone; the other files are only looked for. */
bool run_pairs_read(struct run_pairs *pairs, const struct options *options,
                    struct error *error);
/* The texts. */
bool run_pairs_fill(struct run_pairs *pairs, const struct options *options,
                    struct error *error);
/* Whether a pair has both of its texts; the reason names what is missing. */
bool run_pairs_check(const struct run_pairs *pairs, const struct run_pair *pair,
                     const struct options *options, struct error *reason);
void run_pairs_free(struct run_pairs *pairs);

#endif
