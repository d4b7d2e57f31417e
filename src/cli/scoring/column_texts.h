/*
 * column_texts.h - columns that hold more than one number, as text for lines
 * and CSV and as JSON: window, labels, explain.
 *
 * They fail for want of memory only.
 */
#ifndef CLI_SCORING_COLUMN_TEXTS_H
#define CLI_SCORING_COLUMN_TEXTS_H

#include "cli/scoring/verdict.h"
#include "io/writer.h"
#include "rank/window.h"

/* A number among several, which are put in order by it. */
struct column_entry {
    size_t index;
    float number;
};

/* One value in both spellings; start as {0}. */
struct column_text {
    struct buffer text, json;
    struct column_entry *entries; /* room for those of the present record */
    size_t entry_capacity;
};
void column_text_free(struct column_text *column);
struct value column_text_value(const struct column_text *column,
                               const char *name);

/* "3:1200-1650", {"index":3,"start":1200,"end":1650}; "nan", null without a
 * score. */
bool column_text_window(struct column_text *column,
                        const struct record_facts *facts, struct error *error);

/* "bug:0.91 praise:0.09", {"bug":0.91,"praise":0.09}, the best first. */
bool column_text_labels(struct column_text *column,
                        const struct verdict_rule *rule,
                        const float *probabilities, int decimals,
                        struct error *error);

/* A word of a text and how far the score falls without it. */
struct word_drop {
    struct span span;
    float drop;
};
/*
 * "retry:1.25 limit:-0.5", the strongest first; [{"word":"limit","start":6,
 * "end":11,"drop":-0.5}...] in the text's order.
 */
bool column_text_explain(struct column_text *column, struct slice text,
                         const struct word_drop *drops, size_t count,
                         int decimals, struct error *error);

#endif
