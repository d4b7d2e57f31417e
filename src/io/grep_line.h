/*
 * grep_line.h - where path, line number and text stand in a line of grep.
 *
 *   path:line:text     a match          path-line-text     its context
 *   path:text          without -n       line:text          of one file
 *   path NUL line:text                  with -Z, which leaves no doubt
 *
 * A path may hold colons and hyphens, so that without NUL a line can be read
 * in more than one way; grep_line_parse takes the likeliest (see there).  It
 * depends on the line alone.  Nothing is allocated; slices point into the line.
 */
#ifndef IO_GREP_LINE_H
#define IO_GREP_LINE_H

#include "base/text.h"

struct grep_line {
    struct slice path;   /* {NULL, 0}: none */
    struct slice number; /* digits; {NULL, 0}: none */
    struct slice text;   /* behind the last separator */
    char separator;      /* ':', or '-' of a context line */
};

void grep_line_parse(struct slice line, struct grep_line *parsed);

/* "--", coloured or not, which grep puts between groups of context lines. */
bool grep_line_is_separator(struct slice line);

/* Copies the line without the escape sequences of --color=always; `out` has
 * room for its length.  Returns the new length. */
size_t grep_line_strip(struct slice line, char *out);

#endif
