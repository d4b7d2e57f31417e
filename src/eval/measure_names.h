/*
 * measure_names.h - names of measures, as trec_eval and ir_measures write
 * them, into what they mean.
 *
 * trec_eval: map, P_10, ndcg_cut_10 or ndcg_cut.10; a family without a number
 * (P, recall, ndcg_cut) stands for its usual cutoffs; ndcg.1=3.5,2=9 gives
 * grades a gain.  ir_measures: AP, P@10, nDCG@10, RR(rel=2)@10,
 * nDCG(judged_only=True)@10, nDCG(gains={1:1,2:3})@10,
 * nDCG(dcg='exp-log2')@10.
 */
#ifndef EVAL_MEASURE_NAMES_H
#define EVAL_MEASURE_NAMES_H

#include "eval/measures.h"

struct measure_list {
    struct measure *items;
    size_t count, capacity;
};

/* Names between commas or blanks.  One that is there already is not added
 * again.  An unknown one is an error that says what there is. */
bool measures_add(struct measure_list *list, const char *names,
                  struct error *error);
/* trec_eval's set "official", in its order. */
bool measures_add_official(struct measure_list *list, struct error *error);
/* Every measure under trec_eval's names. */
bool measures_add_all(struct measure_list *list, struct error *error);
void measures_free(struct measure_list *list);

/* The end of the first name of a list: a comma or a blank outside brackets. */
size_t measure_name_length(struct slice names);

#endif
