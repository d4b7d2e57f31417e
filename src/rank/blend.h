/*
 * blend.h - BM25 of a list of candidates over that list itself, and its blend
 * with a model's scores.
 *
 * Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
 * Beyond" (2009), with k1 0.9 and b 0.4 and the idf ln(1 + (N - n + 0.5) /
 * (n + 0.5)), which is never negative: what Lucene computes and Anserini takes
 * for its baselines.  Terms are words in lower case (word_break.h); an
 * identifier of several parts counts as itself and as its parts, an ideograph
 * as a term.  Not stemmed, no stop words.
 *
 * What a candidate's score needs is counted once and is a few numbers: its
 * length and how often it has each term of the query.  One thread.
 */
#ifndef RANK_BLEND_H
#define RANK_BLEND_H

#include "base/memory.h"
#include "base/text.h"

/* The terms of the last query and the counts of the last text; start as {0}. */
struct blend {
    struct buffer query;
    struct buffer lower, terms; /* terms: one after the other */
    struct slice_map by_term;   /* -> number of the term */
    uint32_t *weights;          /* how often the query has each */
    size_t term_count, weight_capacity;
    uint32_t *counts; /* as blend_count gives them */
    size_t count_capacity;
    bool is_filled;
    struct arena lists; /* of the candidates being scored: their caller's */
};
void blend_free(struct blend *blend);

/*
 * The counts of a text for a query as bytes, valid until the next call: its
 * length in terms, then for each distinct term of the query how often that has
 * it and how often the text.
 */
bool blend_count(struct blend *blend, struct slice query, struct slice text,
                 struct slice *counts, struct error *error);

/*
 * scores[count] of the candidates of one query by their counts; a candidate
 * without counts ({"", 0}) gets nan and is not among the N.  What the work
 * needs comes from the arena.
 */
bool blend_bm25(const struct slice *counts, size_t count, struct arena *arena,
                float *scores, struct error *error);

/*
 * (1 - weight) * z(model) + weight * z(bm25), z being the distance from the
 * mean of the list in standard deviations, 0 where all are equal.  A nan in
 * either is nan, and outside of mean and deviation.
 */
void blend_scores(const float *model, const float *bm25, size_t count,
                  double weight, float *scores);

#endif
