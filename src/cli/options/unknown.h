/*
 * unknown.h - what to say of an option that a command does not have.
 *
 * Habits of grep, sort and the Python peers have a hint each; else the command
 * that has the option, or the nearest name, is told.  Thread-safe.
 */
#ifndef CLI_OPTIONS_UNKNOWN_H
#define CLI_OPTIONS_UNKNOWN_H

#include "cli/options/options.h"

/* `name` without dashes; `letter` says that it is a short one.  False. */
bool option_unknown(const struct command *command, struct slice name,
                    bool letter, struct error *error);

/* A first word that is no command.  False. */
bool command_unknown(const char *name, struct error *error);

/* The name that `word` was most likely meant for, or NULL. */
const char *nearest_name(struct slice word, const char *const *names,
                         size_t count);

/* "see 'xenc score --help'", the end of a message.  Gives out. */
enum { SEE_HELP_BYTES = 64 };
const char *see_help(const struct command *command, char out[SEE_HELP_BYTES]);

#endif
