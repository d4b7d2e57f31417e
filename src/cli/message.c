/*
 * message.c - errors and warnings on standard error.
 */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

int complain(const struct error *error)
{
    fprintf(stderr, "xenc: %s\n", error->text);
    return EXIT_TROUBLE;
}

void warn(const struct options *options, const char *format, ...)
{
    if (options->quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    fputs("xenc: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}
