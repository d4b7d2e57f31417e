/*
 * scoring.h - what score, classify and rerank have in common: records through
 * the model, results to the command's function.
 */
#ifndef CLI_SCORING_H
#define CLI_SCORING_H

#include "cli/columns.h"
#include "cli/model.h"
#include "rank/scorer.h"

struct scoring {
    const struct options *options;
    struct model model;
    struct verdict_rule rule;
    struct columns columns;
    struct reader *reader;
    struct writer *writer;
    struct scorer *scorer;

    struct field_list default_texts; /* 1,2 where -f is absent */
    bool has_query;                  /* -q or -Q: records hold one text */
    struct buffer query, joined;

    uint64_t records, bad;
    uint64_t printed; /* results that passed --min */
    bool has_header;  /* was written */
    double started;   /* seconds of the monotonic clock */
};

/* The -c of a command where none is given. */
typedef const char *scoring_columns(const struct options *options,
                                    size_t labels);

/*
 * Opens reader, writer, model, columns and scorer, in this order: a wrong path
 * costs no loading.  `needs_one` as in verdict.h.  emit gets the scoring as
 * its context.
 */
bool scoring_open(struct scoring *scoring, const struct options *options,
                  scoring_columns *columns, bool needs_one, scorer_emit *emit,
                  struct error *error);

/* All records to emit; what was finished before an error is emitted too. */
bool scoring_run(struct scoring *scoring, struct error *error);

/* Whether the score passes --min. */
bool scoring_passes(const struct scoring *scoring, float score);

/* Prints one result, with the header before the first. */
bool scoring_put(struct scoring *scoring, const struct record_facts *facts,
                 const float *logits, size_t rank, struct error *error);

/*
 * Commits the output, says what was cut and counted, frees everything; gives
 * the exit status.  `nothing_is_done`: no result printed still means 0.
 */
int scoring_close(struct scoring *scoring, bool nothing_is_done,
                  struct error *error);

#endif
