/*
 * ranking.h - one query's documents in order, as grades: all that a measure
 * looks at.
 */
#ifndef EVAL_RANKING_H
#define EVAL_RANKING_H

#include "eval/trecfiles.h"

enum {
    GRADE_UNJUDGED = -1, /* not in the judgements */
    GRADE_NEGATIVE = -2  /* there with a grade below 0: never relevant, and
                            not judged as irrelevant either */
};

/* How a query's documents are put in order. */
struct ranking_rule {
    bool is_double;    /* else scores are compared as float32 */
    bool is_ascending; /* equal scores: by document upward, else downward */
    bool judged_only;  /* only documents with a grade of 0 or more */
    size_t cutoff;     /* documents looked at, before judged_only; 0: all */
};

struct ranking {
    const int32_t *grades; /* [count] of the documents, best first */
    const double *scores;  /* [count] of the same, as they were compared */
    size_t count;
    const int32_t *judged; /* [judged_count] all grades of 0 or more, falling */
    size_t judged_count;
    double *scratch; /* [judged_count] for a measure's own use */
};

/* Memory for one ranking after the other; ends with ranker_free. */
struct ranker {
    struct ranked *documents;
    int32_t *grades, *judged;
    double *scores, *scratch;
    size_t document_capacity, grade_capacity, score_capacity, judged_capacity,
        scratch_capacity;
};

/*
 * The ranking of a run's query; `run` NULL: no documents.  It is valid until
 * the ranker's next use.
 */
bool ranking_make(struct ranker *ranker, const struct ranking_rule *rule,
                  const struct trec_query *judgements,
                  const struct trec_query *run, struct ranking *ranking,
                  struct error *error);
void ranker_free(struct ranker *ranker);

/* A run's scores as ranks, up to TREC_LAST_RANK. */
bool ranking_ranks(const struct trec_file *run, const struct ranking_rule *rule,
                   struct trec_file *ranks, struct error *error);

/* Judged documents with a grade of `level` or more. */
size_t ranking_relevant(const struct ranking *ranking, int32_t level);

#endif
