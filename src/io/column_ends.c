/*
 * column_ends.c - picks columns by number, resolves names through a header.
 */
#include "io/column_ends.h"

#include "base/memory.h"

#include <stdio.h>

bool column_ends_add(struct column_ends *columns, size_t end,
                     struct error *error)
{
    if (!memory_grow((void **)&columns->ends, &columns->capacity,
                     columns->count + 1, sizeof *columns->ends, error))
        return false;
    columns->ends[columns->count++] = end;
    return true;
}

void column_ends_free(struct column_ends *columns)
{
    memory_free(columns->ends);
    *columns = (struct column_ends){0};
}

/* Columns first to last, counted from 1, with the delimiters between them. */
static struct slice column_range(const struct column_ends *columns,
                                 struct slice text, size_t first, size_t last)
{
    size_t start = first > 1 ? columns->ends[first - 2] + 1 : 0;
    size_t end = last == SIZE_MAX ? text.length : columns->ends[last - 1];
    return (struct slice){text.bytes + start, end - start};
}

static const char *name_delimiter(char delimiter, char room[4])
{
    if (delimiter == '\t')
        return "TAB";
    if (delimiter == '\0')
        return "NUL";
    snprintf(room, 4, "'%c'", delimiter);
    return room;
}

static bool too_few(const struct column_ends *columns,
                    const struct selection *selection, char delimiter,
                    struct place place, struct error *error)
{
    char room[4];
    return error_at(error, place.file, place.line,
                    "%zu field%s: %s needs %zu, separated by %s%s",
                    columns->count, columns->count == 1 ? "" : "s",
                    selection->list->written, selection->needed,
                    name_delimiter(delimiter, room),
                    delimiter == '\t' ? "; for commas use --csv" : "");
}

bool column_ends_select(const struct column_ends *columns, struct slice text,
                        struct selection *selection, char delimiter,
                        struct place place, struct error *error)
{
    if (columns->count < selection->needed)
        return too_few(columns, selection, delimiter, place, error);
    for (size_t i = 0; i < selection->count; i++) {
        const struct field *item = &selection->items[i];
        selection->texts[i] =
            column_range(columns, text, item->first, item->last);
    }
    return true;
}

static bool no_such_column(const struct column_ends *columns, struct slice text,
                           const char *name, struct place place,
                           struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    struct name_line line = {0};
    for (size_t i = 1; i <= columns->count; i++)
        name_line_add(&line, column_range(columns, text, i, i));
    return error_at(error, place.file, place.line,
                    "column '%s' is not in the header: columns are %s",
                    text_quote(slice_of(name), quoted),
                    name_line_end(&line, "empty"));
}

/* The column of that name, 0 without one; *twice when there are more. */
static size_t find_column(const struct column_ends *columns, struct slice text,
                          const char *name, bool *twice)
{
    size_t found = 0;
    for (size_t i = 1; i <= columns->count; i++) {
        if (!slice_is(column_range(columns, text, i, i), name))
            continue;
        *twice = found > 0;
        if (found == 0)
            found = i;
    }
    return found;
}

bool column_ends_resolve(const struct column_ends *columns, struct slice text,
                         struct selection *selection, struct place place,
                         struct error *error)
{
    selection->needed = 0;
    for (size_t i = 0; i < selection->count; i++) {
        struct field *item = &selection->items[i];
        const struct field *written = &selection->list->items[i];
        bool twice = false;
        if (written->first == 0) {
            item->first = item->last =
                find_column(columns, text, written->name, &twice);
        }
        if (item->first == 0)
            return no_such_column(columns, text, written->name, place, error);
        if (twice) {
            char quoted[TEXT_QUOTE_BYTES];
            return error_at(error, place.file, place.line,
                            "column '%s' is in the header twice: choose it by "
                            "its number",
                            text_quote(slice_of(written->name), quoted));
        }
        size_t needed = field_columns_needed(item);
        if (needed > selection->needed)
            selection->needed = needed;
    }
    return true;
}
