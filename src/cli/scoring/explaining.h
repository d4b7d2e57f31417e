/*
 * explaining.h - results on their way to the output, each with what its words
 * do for its score: marked in the line, or as the column explain.
 *
 * Results are printed in the order in which they are added; a window of them
 * is worked on at once, so that they come out late: explaining_finish.
 */
#ifndef CLI_SCORING_EXPLAINING_H
#define CLI_SCORING_EXPLAINING_H

#include "cli/model.h"
#include "cli/scoring/columns.h"
#include "rank/scorer.h"

/* Prints a result.  facts->bytes may have colours in them. */
typedef bool explaining_print(void *context, const struct record_facts *facts,
                              const float *logits, struct error *error);

struct explaining; /* owns all but what it is given */

/* `how` as for the scorer that gave the scores. */
struct explaining *
explaining_open(const struct options *options, const struct model *model,
                const struct scorer_options *how, struct columns *columns,
                explaining_print *print, void *context, struct error *error);
void explaining_close(struct explaining *explaining); /* NULL is fine */

/* facts have query and text; logits NULL: a record without a score. */
bool explaining_add(struct explaining *explaining,
                    const struct record_facts *facts, const float *logits,
                    struct error *error);
/* Prints all that was added. */
bool explaining_finish(struct explaining *explaining, struct error *error);
/* What explanations cost so far. */
const struct scorer_counts *
explaining_counts(const struct explaining *explaining);

#endif
