/*
 * message.c - errors and warnings on standard error.
 */
#include "cli/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char plain_byte(char byte)
{
    return text_is_control(byte) ? '?' : byte;
}

bool print_finish(struct error *error)
{
    return (fflush(stdout) == 0 && !ferror(stdout)) ||
           error_system(error, "standard output", errno != 0 ? errno : EIO);
}

void print_plain(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        fputc(plain_byte(*text), out);
}

/* Names of files and what they hold are others' words: a message stays one
 * line and sends no commands to a terminal.  The line is written at once, so
 * that those of several processes do not mix, and needs no memory, for that may
 * be what it tells of. */
int complain(const struct error *error)
{
    char line[sizeof error->text + 8] = "xenc: ";
    size_t length = strlen(line);
    for (const char *at = error->text; *at != '\0'; at++)
        line[length++] = plain_byte(*at);
    line[length++] = '\n';
    fwrite(line, 1, length, stderr);
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

void warn_records(const struct options *options, uint64_t some, uint64_t all,
                  const char *format, ...)
{
    if (some == 0 || options->quiet)
        return;
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "xenc: %" PRIu64 " of %" PRIu64 " records ", some, all);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
}
