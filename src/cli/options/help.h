/*
 * help.h - three views of the tables of commands and options.
 *
 * All write to standard output, whose errors the caller looks at (finish).
 * They are the same for everybody: no terminal is asked for its width, so that
 * the committed manual pages and completions can be compared byte for byte.
 */
#ifndef CLI_OPTIONS_HELP_H
#define CLI_OPTIONS_HELP_H

#include "cli/options/options.h"

#include <stdio.h>

/* `xenc --help` for the row `program`, else `xenc NAME --help`. */
void help_print(FILE *out, const struct command *command);

/* The manual page as mdoc: xenc(1) for `program`, else xenc-NAME(1). */
void manual_print(FILE *out, const struct command *command);

/* What a shell needs to complete commands, options and their values. */
void completion_print(FILE *out, enum shell shell);

/* Flushes standard output: EXIT_DONE, or a message and EXIT_TROUBLE. */
int help_finish(void);

#endif
