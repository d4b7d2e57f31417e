/*
 * message.h - the only words that xenc says on standard error.
 *
 * Form: "xenc: problem: what was expected", one line.  Not for use by several
 * threads at once.  Neither function can fail.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "base/error.h"
#include "cli/options.h"

/* Prints the error; gives EXIT_TROUBLE, so that `return complain(&error)`. */
int complain(const struct error *error);

/* A warning or a note: the exit status stays, --quiet silences it. */
void warn(const struct options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
