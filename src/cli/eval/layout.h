/*
 * layout.h - where a file of labelled pairs has its label and its texts.
 *
 * The published files are known by the names in their header; files without
 * one by their number of columns.  -f overrides both.
 */
#ifndef CLI_EVAL_LAYOUT_H
#define CLI_EVAL_LAYOUT_H

#include "cli/options/options.h"

struct eval_layout {
    struct reader_options reader;
    struct field_list fields; /* label, first text, second text [, split] */
    bool has_split;           /* the fourth says which part a row belongs to */
};

/* A pipe cannot be looked at first: it is label, text, text without a header.
 * The layout must outlive the reader that is opened with its options. */
bool eval_layout_find(struct eval_layout *layout, const struct options *options,
                      const char *path, struct error *error);
void eval_layout_free(struct eval_layout *layout);

#endif
