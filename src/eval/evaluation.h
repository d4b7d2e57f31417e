/*
 * evaluation.h - measures over the queries of one system: a table of values
 * and a line of summaries.
 *
 * Made by evaluate_run, by the MS MARCO script's rule or by the evaluators of
 * sentence-transformers; compared, printed and gated in one way whatever made
 * it.  Owns its names and values until evaluation_free; query ids belong to
 * the judgements.
 */
#ifndef EVAL_EVALUATION_H
#define EVAL_EVALUATION_H

#include "eval/measure_names.h"

/* One row of the table. */
struct evaluated {
    char name[MEASURE_NAME_BYTES];
    bool is_count;     /* a whole number */
    bool is_mean;      /* of its values: what can be compared */
    bool summary_only; /* has nothing to say of one query */
    double summary;
};

struct evaluation {
    struct evaluated *measures; /* [measure_count] */
    size_t measure_count;
    struct slice *queries; /* [query_count], bytewise order */
    size_t query_count;
    double *values; /* [measure_count][query_count] */
    struct slice tag;

    size_t missing;          /* judged queries that the run does not have */
    size_t unjudged_queries; /* of the run, without judgements: not looked at */
    size_t without_relevant; /* counted queries that nothing is relevant to */
};

/* Which queries count and what equal scores mean. */
struct evaluation_rules {
    bool all_judged_queries; /* a missing one counts 0; else left out */
    bool counts_present;     /* NumQ and sums: only queries of the run */
    bool needs_all_queries;  /* a missing one is an error */
    bool rounds_recall;      /* see struct measure */
    /* ir_measures: what it does not leave to trec_eval breaks ties upward and
     * compares doubles. */
    bool mixes_ties;
    /* The least relevant grade, of measures that do not say their own. */
    int32_t level;
    struct ranking_rule ranking;
};

/* A table of zeros; kinds and names are the caller's to fill in. */
bool evaluation_make(struct evaluation *evaluation, size_t measures,
                     size_t queries, struct error *error);
void evaluation_free(struct evaluation *evaluation);

static inline double *evaluation_values(const struct evaluation *evaluation,
                                        size_t measure)
{
    return evaluation->values + measure * evaluation->query_count;
}

/* The measure of that name, or measure_count. */
size_t evaluation_find(const struct evaluation *evaluation, const char *name);

/* A mean in double, summed in the order of the queries. */
void evaluation_average(struct evaluation *evaluation, size_t measure);

/* A table for the queries that count: those of the judgements, or those of both
 * files.  None in common is an error, but for trec_eval 10 with all of them. */
bool evaluation_choose(struct evaluation *evaluation, size_t measures,
                       const struct evaluation_rules *rules,
                       const struct trec_file *judgements,
                       const struct trec_file *run, struct error *error);

/* A run against judgements.  No query in common is an error. */
bool evaluate_run(struct evaluation *evaluation,
                  const struct measure_list *measures,
                  const struct evaluation_rules *rules,
                  const struct trec_file *judgements,
                  const struct trec_file *run, struct error *error);

/*
 * MRR@cutoff as the script of the MS MARCO passage task has it: the mean over
 * all queries of the reference of 1/rank of the first relevant passage.
 * Rows: MRR@k, QueriesRanked, ReferenceQueries.
 */
bool evaluate_msmarco(struct evaluation *evaluation, size_t cutoff,
                      const struct trec_file *reference,
                      const struct trec_file *candidates, struct error *error);

#endif
