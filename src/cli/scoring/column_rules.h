/*
 * column_rules.h - the columns that the options ask for together: -c and what
 * --long window, --passage, --labels, --explain and --blend add to it.
 */
#ifndef CLI_SCORING_COLUMN_RULES_H
#define CLI_SCORING_COLUMN_RULES_H

#include "cli/scoring/columns.h"

/* `list` is -c's or the command's own.  Error: a column that an option must
 * bring, which is absent, or a name that is none. */
bool column_rules_open(struct columns *columns, const struct options *options,
                       const char *list, const struct verdict_rule *rule,
                       struct error *error);

#endif
