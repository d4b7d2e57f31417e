/*
 * pairtasks.h - measures of labelled pairs: numbers that should rise together,
 * yes and no, one label of several.
 *
 * The values are those of the evaluators of sentence-transformers 6.2 and of
 * the scikit-learn and scipy functions behind them.  Scores are float32 as a
 * model gives them, sums are double.  Nothing is kept.
 */
#ifndef EVAL_PAIRTASKS_H
#define EVAL_PAIRTASKS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct correlation {
    double pearson, spearman; /* nan where one side is constant */
};

/* Spearman's is Pearson's of ranks; equal values share their mean rank. */
bool correlate(const double *gold, const float *scores, size_t count,
               struct correlation *correlation, struct error *error);

/* Yes or no at one threshold. */
struct binary_at {
    double accuracy, f1, precision, recall, correlation; /* Matthews' */
};

struct binary {
    double accuracy, f1;
    double precision, recall; /* where F1 is best */
    float accuracy_threshold, f1_threshold;
    double average_precision; /* equal scores are one step */
    double roc_auc;           /* nan where all labels are the same */
};

/*
 * Thresholds are chosen on the same data, which flatters: the first best one
 * from above, half way to the next lower score.
 */
bool binary_measure(const bool *labels, const float *scores, size_t count,
                    struct binary *binary, struct error *error);
/* Scores above the threshold are yes. */
struct binary_at binary_measure_at(const bool *labels, const float *scores,
                                   size_t count, float threshold);

/* Of one label against all others. */
struct label_counts {
    size_t right, missed, wrong; /* true positives, false negatives and
                                    positives */
    double precision, recall, f1;
};

struct multiclass {
    double accuracy, f1_macro, f1_micro, f1_weighted;
    struct label_counts *labels; /* [classes] */
    size_t *confusion;           /* [classes true][classes predicted] */
    size_t classes;
};

/* The label with the highest logit, the first of equal ones. */
size_t multiclass_choose(const float *logits, size_t classes);

/* labels[count] below classes, logits[count][classes]. */
bool multiclass_measure(const uint32_t *labels, const float *logits,
                        size_t count, size_t classes,
                        struct multiclass *multiclass, struct error *error);
void multiclass_free(struct multiclass *multiclass);

/* A correlation as a mean: shares[count] of each pair, the products of the
 * standardized values (or ranks).  nan where one side is constant. */
bool correlation_shares(const double *gold, const float *scores, size_t count,
                        double *pearson, double *spearman, struct error *error);

/*** Shared with the evaluators of rankings ***/

struct scored {
    float score;
    bool is_positive;
    size_t index; /* of the pair */
};

/* By falling score; equal scores by falling index. */
void scored_sort(struct scored *list, size_t count);
/* Of a list that is in order. */
double scored_average_precision(const struct scored *list, size_t count);

#endif
