/*
 * rows.h - the lists that the table of options consists of, and what
 * their files share.
 */
#ifndef CLI_OPTIONS_ROWS_H
#define CLI_OPTIONS_ROWS_H

#include "cli/options/options.h"

struct option_list {
    const struct option *rows;
    size_t count;
};

#define OPTION_LIST(rows)                                                      \
    {                                                                          \
        rows, sizeof rows / sizeof *rows                                       \
    }

/* Offset of a member of struct options. */
#define AT(member) offsetof(struct options, member)

extern const struct option_list options_input, options_output, options_model,
    options_long, options_eval, options_hub, options_run;

#endif
