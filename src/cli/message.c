/*
 * message.c - errors and warnings on standard error.
 */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

/* Names of files and what they hold are others' words: a message stays one
 * line and sends no commands to a terminal. */
int complain(const struct error *error)
{
    char text[sizeof error->text];
    size_t length = 0;
    for (; error->text[length] != '\0'; length++)
        text[length] = (unsigned char)error->text[length] < 0x20 ||
                               error->text[length] == 0x7F
                           ? '?'
                           : error->text[length];
    fprintf(stderr, "xenc: %.*s\n", (int)length, text);
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
