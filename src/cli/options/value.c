/*
 * value.c - an option's value as text again.
 */
#include "cli/options/options.h"

#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 32 };

/* Control characters, and what marks them, as %XX. */
static bool put_text(const char *text, struct buffer *out, struct error *error)
{
    for (; *text != '\0'; text++) {
        char escape[4] = {*text};
        if (text_is_control(*text) || *text == '%')
            snprintf(escape, sizeof escape, "%%%02X", (unsigned char)*text);
        if (!buffer_append_text(out, escape, error))
            return false;
    }
    return true;
}

/* The value in words; NULL: it is the default's. */
static const char *value_of(const struct option *row, const void *target,
                            const void *fallback, char number[NUMBER_BYTES])
{
    const struct field_list *list = target;
    int choice = 0, usual = 0;
    size_t count;
    double real;
    number[0] = number[1] = '\0';
    switch (row->kind) {
    case OPTION_FLAG:
        return *(const bool *)target ? "" : NULL;
    case OPTION_TEXT:
        return *(const char *const *)target;
    case OPTION_FIELDS:
        return list->count > 0 ? list->written + strlen(list->option) : NULL;
    case OPTION_CHARACTER:
        number[0] = *(const char *)target;
        return number[0] != '\0' ? number : NULL;
    case OPTION_COUNT:
    case OPTION_SIZE:
        memcpy(&count, target, sizeof count);
        snprintf(number, NUMBER_BYTES, "%zu", count);
        return count != 0 ? number : NULL;
    case OPTION_REAL:
        memcpy(&real, target, sizeof real);
        snprintf(number, NUMBER_BYTES, "%.17g", real);
        return row->given != 0 || real != 0 ? number : NULL;
    default:
        break;
    }
    memcpy(&choice, target, sizeof choice);
    memcpy(&usual, fallback, sizeof usual);
    if (choice == usual)
        return NULL;
    if (row->kind == OPTION_CHOICE)
        return row->choices[choice - row->constant];
    if (row->kind == OPTION_CONSTANT)
        return choice == row->constant ? "" : NULL;
    snprintf(number, NUMBER_BYTES, "%d", choice);
    return number;
}

bool option_print(const struct options *options, const struct option *row,
                  struct buffer *out, struct error *error)
{
    const char *base = (const char *)options;
    const char *usual = (const char *)&options_defaults;
    char number[NUMBER_BYTES];
    if (row->given != 0 && !*(const bool *)(base + row->given))
        return true;
    const char *value =
        value_of(row, base + row->target, usual + row->target, number);
    if (value == NULL)
        return true;
    return buffer_append_text(out, "option ", error) &&
           put_text(row->name, out, error) &&
           (*value == '\0' || buffer_append_text(out, " ", error)) &&
           put_text(value, out, error) && buffer_append_text(out, "\n", error);
}
