/*
 * explain.h - what each word of a text does for its score: the score without
 * it.
 *
 * Occlusion: the tokens of one word are left out of the sequence that was
 * scored, and nothing else changes; one sequence for each word, all in the same
 * packed batches.  It says what the model does with this text, exactly; it is
 * no part of the score (the drops do not add up to it), and words that say the
 * same thing twice may both seem to matter little.
 */
#ifndef RANK_EXPLAIN_H
#define RANK_EXPLAIN_H

#include "rank/scorer.h"

/*
 * Adds the pair as it was scored and once for each word of its second text; of
 * a text with windows the one is taken that facts->window says.  The scorer has
 * no order.  It emits logits[facts->part_count][labels]: the first row is the
 * whole, the others lack the word at facts->parts[row] (bytes of the text).
 * Words that the model did not see have no row.  facts' counts stay as they
 * are.
 */
enum scorer_status explain_add(struct scorer *scorer,
                               const struct record_facts *facts,
                               struct slice first, struct slice second,
                               struct error *error);

#endif
