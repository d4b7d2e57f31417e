/*
 * blending.h - BM25 mixed into the scores of a group's results.
 */
#ifndef CLI_SCORING_BLENDING_H
#define CLI_SCORING_BLENDING_H

#include "cli/scoring/scoring.h"
#include "rank/top.h"

/* Whether the scores of the model are not those that are printed. */
bool blending_changes(const struct options *options);

/* Whether a result may join: all of a group have one query.  False and error
 * otherwise. */
bool blending_accepts(const struct top *group, const struct record_facts *facts,
                      struct error *error);

/*
 * Gives each result its bm25 and, where blending_changes, its score, then keeps
 * the best of them: `best` (0: all) that reach --min.  They are in order then.
 */
bool blending_finish(struct top *group, struct scoring *scoring,
                     struct error *error);

#endif
