/*
 * columns.h - what is printed for a record: the LIST of -c, and what --long
 * window, --passage, --labels, --explain and --blend add to it.
 */
#ifndef CLI_SCORING_COLUMNS_H
#define CLI_SCORING_COLUMNS_H

#include "cli/scoring/column_texts.h"
#include "cli/scoring/verdict.h"
#include "io/writer.h"
#include "rank/window.h"

enum column {
    COLUMN_SCORE, /* by the verdict's rule; several labels: all scores */
    COLUMN_PROB,  /* of the label that COLUMN_LABEL names */
    COLUMN_PROBS,
    COLUMN_LOGIT, /* of that label */
    COLUMN_LOGITS,
    COLUMN_LABEL,
    COLUMN_RANK,  /* in its group, from 1 */
    COLUMN_INDEX, /* of the record in the input, from 0 */
    COLUMN_ID,    /* the record's id, or its index where it has none */
    COLUMN_QUERY,
    COLUMN_FILE,
    COLUMN_TOKENS,    /* as scored */
    COLUMN_TRUNCATED, /* whether tokens were cut */
    COLUMN_WINDOW,    /* the best one's number and its bytes of the text */
    COLUMN_PASSAGE,   /* that one's text */
    COLUMN_LABELS,    /* all labels with their probabilities, best first */
    COLUMN_EXPLAIN,   /* what each word does for the score */
    COLUMN_BM25,
    COLUMN_LINE, /* the record itself */
    COLUMN_COUNT
};

/* Owns its arrays until columns_close; used by one thread. */
struct columns {
    enum column *list;
    size_t count, capacity, value_capacity;
    const struct verdict_rule *rule;
    int decimals;        /* as writer_options has them */
    bool has_grep_lines; /* records are lines of grep: `file` is in them */
    float *scores, *probabilities; /* [labels] of the present record */
    const float *logits;
    struct value *values; /* [count] of the present record */
    struct column_text window, labels, explain;
};

/* `list` is -c's or the command's own.  Error: a column that an option must
 * bring, which is absent, or a name that is none. */
bool columns_open(struct columns *columns, const struct options *options,
                  const char *list, const struct verdict_rule *rule,
                  struct error *error);
void columns_close(struct columns *columns);
/* Whether a list that was not opened yet asks for the column. */
bool columns_ask(const char *list, enum column column);
bool columns_have(const struct columns *columns, enum column column);

/* One more column behind the others. */
bool columns_append(struct columns *columns, enum column column,
                    struct error *error);

/*
 * The values of one record, valid until the next call; facts and logits must
 * live as long.  logits NULL: a record without a score.  NULL: no memory.
 */
const struct value *columns_values(struct columns *columns,
                                   const struct record_facts *facts,
                                   const float *logits, struct error *error);

#endif
