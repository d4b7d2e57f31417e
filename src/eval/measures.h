/*
 * measures.h - what trec_eval and ir_measures compute of one ranking.
 *
 * The formulas are those of trec_eval 9.0.8 (Buckley, Voorhees), where not
 * said otherwise; the names of both tools mean the same struct measure.  A
 * measure is plain data; measure_value is thread-safe on different rankings.
 */
#ifndef EVAL_MEASURES_H
#define EVAL_MEASURES_H

#include "eval/ranking.h"

struct measure;
typedef double measure_function(const struct ranking *ranking,
                                const struct measure *measure);

/* How the values of queries make one. */
enum measure_summary {
    SUMMARY_MEAN,
    SUMMARY_SUM,       /* counts */
    SUMMARY_GEOMETRIC, /* mean of logarithms; shown for all queries only */
    SUMMARY_QUERIES    /* their number; shown for all queries only */
};

enum { MEASURE_NAME_BYTES = 64, MEASURE_GAINS = 16 };

/* A grade that is worth something other than itself. */
struct gain {
    int32_t grade;
    double worth;
};

struct measure {
    char name[MEASURE_NAME_BYTES]; /* as asked for */
    measure_function *value;
    enum measure_summary summary;
    size_t cutoff;       /* ranks looked at; 0: all */
    double recall;       /* of interpolated precision, 0 to 1 */
    bool has_level;      /* (rel=N) */
    int32_t level;       /* the least grade that is relevant */
    bool judged_only;    /* (judged_only=True) */
    bool ties_rise;      /* RR@k and Judged@k: see evaluation_rules */
    bool rounds_recall;  /* recall points as trec_eval 10 counts them */
    bool is_exponential; /* gain 2^grade - 1 */
    struct gain gains[MEASURE_GAINS];
    size_t gain_count;
};

/* The value for a query.  A query without relevant documents has 0. */
static inline double measure_value(const struct measure *measure,
                                   const struct ranking *ranking)
{
    return measure->value(ranking, measure);
}

measure_function measure_queries, measure_retrieved, measure_relevant,
    measure_relevant_retrieved, measure_irrelevant_retrieved,
    measure_average_precision, measure_r_precision, measure_bpref,
    measure_reciprocal_rank, measure_interpolated_precision,
    measure_eleven_points, measure_precision, measure_recall, measure_success,
    measure_ndcg, measure_inferred_precision, measure_set_precision,
    measure_set_recall, measure_set_product, measure_set_f, measure_judged,
    measure_expected_reciprocal_rank;

#endif
