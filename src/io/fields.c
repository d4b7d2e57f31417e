/*
 * fields.c - parses cut's list, and lists names for messages.
 *
 * An item that is not a number or a range of numbers is a name, so that
 * "title-a" and "2nd" need no quoting.
 */
#include "io/fields.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

/* No record that a reader takes by default has more columns than this. */
enum { COLUMN_LIMIT = 1 << 30 };

/* Reads digits; stops at COLUMN_LIMIT, which a caller refuses. */
static const char *read_number(const char *at, size_t *number)
{
    *number = 0;
    for (; *at >= '0' && *at <= '9'; at++) {
        *number = *number * 10 + (size_t)(*at - '0');
        if (*number > COLUMN_LIMIT)
            *number = COLUMN_LIMIT;
    }
    return at;
}

/* N, N-, -N or N-M; false: a name. */
static bool read_range(const char *item, struct field *field)
{
    const char *dash = read_number(item, &field->first);
    bool has_first = dash > item;
    if (*dash == '\0') {
        field->last = field->first;
        return has_first;
    }
    if (*dash != '-')
        return false;

    const char *end = read_number(dash + 1, &field->last);
    bool has_last = end > dash + 1;
    if (!has_first)
        field->first = 1;
    if (!has_last)
        field->last = SIZE_MAX;
    return *end == '\0' && (has_first || has_last);
}

static bool refuse(struct error *error, const char *option, const char *item,
                   const char *reason)
{
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error, "%s '%s': %s", option,
                     text_quote(slice_of(item), quoted), reason);
}

static bool parse_item(struct field *field, const char *option,
                       const char *item, struct error *error)
{
    *field = (struct field){.name = item};
    if (*item == '\0' || strcmp(item, "-") == 0)
        return refuse(error, option, item,
                      "a number, a range or a name was expected");
    if (!read_range(item, field)) {
        field->first = field->last = 0;
        return true;
    }
    if (field->first == 0 || field->last == 0)
        return refuse(error, option, item, "fields are counted from 1");
    if (field->first >= COLUMN_LIMIT || field->last == COLUMN_LIMIT)
        return refuse(error, option, item, "the field number is too large");
    if (field->last < field->first)
        return refuse(error, option, item, "the range ends before it begins");
    return true;
}

static size_t count_items(const char *text)
{
    size_t count = 1;
    for (; *text != '\0'; text++)
        count += *text == ',';
    return count;
}

static bool allocate(struct field_list *list, const char *option,
                     const char *text, struct error *error)
{
    *list = (struct field_list){0};
    size_t length = strlen(text) + 1, option_length = strlen(option) + 1;
    size_t total = length + option_length;
    list->items = memory_new(count_items(text), sizeof *list->items, error);
    list->text = memory_new(total, 1, error);
    list->written = memory_new(total, 1, error);
    if (list->items == NULL || list->text == NULL || list->written == NULL)
        return false;
    memcpy(list->text, text, length);
    list->option = memcpy(list->text + length, option, option_length);

    /* "-f1,2" and "-g2-", but "-f title" and "--group 2". */
    bool digit = text[0] >= '0' && text[0] <= '9';
    bool joined = strlen(option) == 2 && digit;
    snprintf(list->written, total, "%s%s%s", option, joined ? "" : " ", text);
    return true;
}

static bool parse_items(struct field_list *list, const char *option,
                        struct error *error)
{
    for (char *item = list->text; item != NULL;) {
        char *comma = strchr(item, ',');
        if (comma != NULL)
            *comma++ = '\0';
        if (!parse_item(&list->items[list->count++], option, item, error))
            return false;
        item = comma;
    }
    return true;
}

bool fields_parse(struct field_list *list, const char *option, const char *text,
                  struct error *error)
{
    if (allocate(list, option, text, error) && parse_items(list, option, error))
        return true;
    fields_free(list);
    return false;
}

bool fields_by_name(const struct field_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].first == 0)
            return true;
    return false;
}

size_t field_columns_needed(const struct field *field)
{
    return field->last == SIZE_MAX ? field->first : field->last;
}

void fields_free(struct field_list *list)
{
    memory_free(list->items);
    memory_free(list->text);
    memory_free(list->written);
    *list = (struct field_list){0};
}
