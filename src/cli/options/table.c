/*
 * table.c - every option of every command, in the order of the help.
 *
 * The rows stand in rows_*.c by subject.  Their words are for the reader of
 * --help (help) and of the manual (manual); a name with several rows means
 * something else to other commands.
 */
#include "cli/options/rows.h"

static const struct option_list *const lists[] = {
    &options_input, &options_output, &options_model, &options_long,
    &options_eval,  &options_hub,    &options_run,
};

const struct option *option_row(size_t i)
{
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++) {
        if (i < lists[l]->count)
            return &lists[l]->rows[i];
        i -= lists[l]->count;
    }
    return NULL;
}

bool option_is_of(const struct option *row, const struct command *command)
{
    return (row->commands & (unsigned)command->bit) != 0;
}

const struct option *option_next(const struct command *command,
                                 enum option_group group, size_t *i)
{
    const struct option *row;
    while ((row = option_row((*i)++)) != NULL)
        if (row->group == group && option_is_of(row, command))
            return row;
    return NULL;
}

const char *option_group_title(enum option_group group)
{
    static const char *const titles[GROUP_COUNT] = {
        [GROUP_INPUT] = "Input",     [GROUP_OUTPUT] = "Output",
        [GROUP_MODEL] = "Model",     [GROUP_LONG] = "Long texts",
        [GROUP_EVAL] = "Evaluation", [GROUP_RUN] = "Run",
        [GROUP_HELP] = "Help",
    };
    return titles[group];
}
