#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void write_text(struct error *error, size_t at, const char *format,
                       va_list arguments)
{
    if (at < sizeof error->text)
        vsnprintf(error->text + at, sizeof error->text - at, format, arguments);
    error->set = true;
}

bool error_set(struct error *error, const char *format, ...)
{
    if (error->set)
        return false;

    va_list arguments;
    va_start(arguments, format);
    write_text(error, 0, format, arguments);
    va_end(arguments);
    return false;
}

bool error_at(struct error *error, const char *file, uint64_t line,
              const char *format, ...)
{
    if (error->set)
        return false;

    int length = line > 0
                     ? snprintf(error->text, sizeof error->text,
                                "%s:%llu: ", file, (unsigned long long)line)
                     : snprintf(error->text, sizeof error->text, "%s: ", file);
    va_list arguments;
    va_start(arguments, format);
    write_text(error, length > 0 ? (size_t)length : 0, format, arguments);
    va_end(arguments);
    return false;
}

bool error_pass(struct error *error, const struct error *reason)
{
    if (!error->set)
        *error = *reason;
    return false;
}

bool error_pass_at(struct error *error, const char *file, uint64_t line,
                   const struct error *reason)
{
    return reason->no_memory ? error_pass(error, reason)
                             : error_at(error, file, line, "%s", reason->text);
}

bool error_system(struct error *error, const char *what, int errno_value)
{
    return error_set(error, "%s: %s", what, strerror(errno_value));
}
