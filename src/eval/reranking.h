/*
 * reranking.h - map, mrr@k and ndcg@k as the reranking evaluators of
 * sentence-transformers 6.2 compute them.
 *
 * They differ from trec_eval's: relevant is yes or no, only what is among the
 * candidates counts, and candidates with equal scores share their gains in
 * ndcg and are one step in map.
 */
#ifndef EVAL_RERANKING_H
#define EVAL_RERANKING_H

#include "eval/evaluation.h"
#include "eval/pairtasks.h"

struct reranking {
    double map, mrr, ndcg;
};

/*
 * Puts the candidates in order and measures them.  mrr of relevant candidates
 * that have the score of others is not defined there; here the later of equal
 * candidates comes first.  Nothing relevant: all are 0.
 */
struct reranking reranking_measure(struct scored *candidates, size_t count,
                                   size_t cutoff);

/* A table of map, mrr@k and ndcg@k, with PREFIX ("base_") before the names. */
enum { RERANKING_MEASURES = 3 };
void reranking_name(struct evaluation *evaluation, size_t first,
                    const char *prefix, size_t cutoff);
void reranking_store(struct evaluation *evaluation, size_t first, size_t query,
                     const struct reranking *values);

/* The documents of a run as candidates: relevant from rules->level on. */
bool evaluate_reranking(struct evaluation *evaluation, size_t cutoff,
                        const struct evaluation_rules *rules,
                        const struct trec_file *judgements,
                        const struct trec_file *run, struct error *error);

#endif
