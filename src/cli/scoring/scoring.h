/*
 * scoring.h - what score, classify and rerank have in common: records through
 * the model, results to the command's function.
 */
#ifndef CLI_SCORING_SCORING_H
#define CLI_SCORING_SCORING_H

#include "cli/model.h"
#include "cli/progress.h"
#include "cli/scoring/columns.h"
#include "cli/scoring/explaining.h"
#include "cli/scoring/paint.h"
#include "cli/scoring/resuming.h"
#include "cli/scoring/streams.h"
#include "cli/scoring/zero_shot.h"
#include "rank/blend.h"
#include "rank/scorer.h"

struct scoring {
    const struct options *options;
    struct model model;
    struct verdict_rule rule;
    struct columns columns;
    struct streams streams;
    struct painter painter;
    struct progress progress;
    int workers;
    struct sandbox sandbox;        /* what is in force */
    struct resuming resuming;      /* of --resume */
    struct scorer *scorer;         /* NULL: BM25 alone */
    struct explaining *explaining; /* NULL: not asked for */
    struct zero_shot zero_shot;    /* of --labels */
    struct blend blend;            /* of --blend */
    streams_take *take;
    scorer_emit *emit; /* the command's */
    enum form form;
    bool needs_bytes; /* the record itself is printed */
    bool may_print_nothing;

    struct field_list default_texts; /* 1,2 where -f is absent */
    bool has_query;                  /* -q or -Q: records hold one text */
    struct buffer query, joined;

    uint64_t records, bad;
    uint64_t expected;      /* records in all; 0: not known */
    uint64_t scored;        /* that went to emit */
    uint64_t printed;       /* results that passed --min */
    bool has_header;        /* was written */
    double started, opened; /* clock_seconds; opened: the model is */
};

/* The -c of a command where none is given. */
typedef const char *scoring_columns(const struct options *options,
                                    size_t labels);

/* What a command is made of. */
struct scoring_plan {
    scoring_columns *columns;
    streams_take *take;     /* NULL: a record holds the texts of a pair */
    scorer_emit *emit;      /* both get the scoring as their context */
    bool needs_one;         /* as in verdict.h */
    bool takes_lines;       /* its records are lines that it reads itself */
    bool has_no_input;      /* it has no reader, and calls scoring_add */
    enum form form;         /* FORM_RECORDS: what -c says */
    bool may_print_nothing; /* that means EXIT_DONE still */
};

/* Opens streams, model, columns and scorer, in this order: a wrong path costs
 * no loading. */
bool scoring_open(struct scoring *scoring, const struct options *options,
                  const struct scoring_plan *plan, struct error *error);

/*
 * The model, its rule and the scorer alone, for texts that no reader brings:
 * scorer_add takes them, emit gets the scoring as its context.
 */
bool scoring_open_model(struct scoring *scoring, const struct options *options,
                        bool needs_one, scorer_emit *emit, struct error *error);
/* Says what was cut, frees everything; false after an error. */
bool scoring_close_model(struct scoring *scoring, struct error *error);

/* All records to emit; what was finished before an error is emitted too. */
bool scoring_run(struct scoring *scoring, struct error *error);

/* Scores the texts as one pair, or passes a record that they make a bad one. */
bool scoring_add(struct scoring *scoring, struct record_facts *facts,
                 struct slice first, struct slice second, struct error *error);
/* A bad record: stops the run, or with --keep-going goes on without a score. */
bool scoring_pass_bad(struct scoring *scoring, const struct record_facts *facts,
                      const struct error *reason, struct error *error);
/* What was scored so far is printed; the context is the scoring. */
streams_pause scoring_flush;

/* The model as the user named it. */
const char *scoring_model_name(const struct scoring *scoring);

/* Whether the score passes --min. */
bool scoring_passes(const struct scoring *scoring, float score);
/* The same for the first of score, prob and logit that is printed. */
bool scoring_passes_min(struct scoring *scoring,
                        const struct record_facts *facts, const float *logits);

/* The way of a record that holds the texts of a pair. */
streams_take scoring_take_record;

/* The column that --min is compared with: the first number that is printed. */
enum column scoring_min_column(const struct scoring *scoring);

/* Prints one result, with the header before the first; with --explain it may
 * come out later, by scoring_flush or scoring_close. */
bool scoring_put(struct scoring *scoring, const struct record_facts *facts,
                 const float *logits, size_t rank, struct error *error);

/* What scoring_put does at once without --explain; `context` is the scoring. */
bool scoring_print(void *context, const struct record_facts *facts,
                   const float *logits, struct error *error);

/* Commits the output, says what was cut and counted, frees everything; gives
 * the exit status. */
int scoring_close(struct scoring *scoring, struct error *error);

/* All of a command that is no more than its plan. */
int scoring_command(const struct options *options,
                    const struct scoring_plan *plan);

#endif
