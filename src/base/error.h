/*
 * error.h - what went wrong, as one sentence.
 *
 * A function that can fail takes a struct error, fills it and returns false
 * or NULL.  The first error wins: a set error is never overwritten, so clean-up
 * code may fail too without hiding the cause.  The caller owns the struct and
 * starts it as {0}.  Only cli/ prints it.
 *
 * Form: "problem: what was expected", lower case, no full stop, user data in
 * quotes and cut to 40 bytes (text_quote), the fix last.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

struct error {
    bool set;
    bool no_memory; /* no fault of the input: going on is no use */
    char text[768];
};

/* Says what went wrong.  Always returns false: `return error_set(...)`. */
bool error_set(struct error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same with "FILE:LINE: " in front; line 0 leaves the number out. */
bool error_at(struct error *error, const char *file, uint64_t line,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * Takes over what another error says, and whether memory ended; the second one
 * with "FILE:LINE: " in front, but for memory, whose end is no fault of a file.
 * Always returns false.
 */
bool error_pass(struct error *error, const struct error *reason);
bool error_pass_at(struct error *error, const char *file, uint64_t line,
                   const struct error *reason);

/* "WHAT: reason of errno". */
bool error_system(struct error *error, const char *what, int errno_value);

#endif
