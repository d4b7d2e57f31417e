/*
 * message.c - errors and warnings on standard error.
 */
#include "cli/message.h"

#include <stdarg.h>
#include <stdio.h>

void print_plain(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        bool is_control = (unsigned char)*text < 0x20 || *text == 0x7F;
        fputc(is_control ? '?' : *text, out);
    }
}

/* Names of files and what they hold are others' words: a message stays one
 * line and sends no commands to a terminal.  The line is written at once, so
 * that those of several processes do not mix. */
int complain(const struct error *error)
{
    char text[sizeof error->text + 8];
    FILE *line = fmemopen(text, sizeof text, "w");
    if (line == NULL)
        return EXIT_TROUBLE;
    print_plain(line, error->text);
    fclose(line);
    fprintf(stderr, "xenc: %s\n", text);
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
