/*
 * message.h - the only words that xenc says on standard error, and the end of
 * what commands print by printf on standard output.
 *
 * Form: "xenc: problem: what was expected", one line.  Not for use by several
 * threads at once.  The others cannot fail.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "base/error.h"
#include "cli/options/options.h"

#include <stdio.h>

/* Flushes standard output; false with the reason where anything of what was
 * printed is lost. */
bool print_finish(struct error *error);

/* Others' words, with '?' for what would end a line or command a terminal. */
void print_plain(FILE *out, const char *text);

/* Prints the error; gives EXIT_TROUBLE, so that `return complain(&error)`. */
int complain(const struct error *error);

/* A warning or a note: the exit status stays, --quiet silences it. */
void warn(const struct options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same of `some` of all records, "2 of 9 records ..."; none: nothing. */
void warn_records(const struct options *options, uint64_t some, uint64_t all,
                  const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
