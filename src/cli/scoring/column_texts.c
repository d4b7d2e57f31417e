#include "cli/scoring/column_texts.h"

#include "base/json.h"
#include "base/memory.h"
#include "io/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of numbers in a text for people, where no others are asked for. */
enum { TEXT_DECIMALS = 3 };

void column_text_free(struct column_text *column)
{
    buffer_free(&column->text);
    buffer_free(&column->json);
    memory_free(column->entries);
}

struct value column_text_value(const struct column_text *column,
                               const char *name)
{
    return (struct value){
        .name = name,
        .kind = VALUE_BOTH,
        .both = {buffer_slice(&column->text), buffer_slice(&column->json)},
    };
}

static bool append_number(struct buffer *out, float number, int decimals,
                          struct error *error)
{
    char text[NUMBER_BYTES];
    return buffer_append(out, text, number_format(number, decimals, text),
                         error);
}

static bool append_json_number(struct buffer *out, float number, int decimals,
                               struct error *error)
{
    return isfinite(number) ? append_number(out, number, decimals, error)
                            : buffer_append_text(out, "null", error);
}

static void clear(struct column_text *column)
{
    column->text.length = column->json.length = 0;
}

bool column_text_window(struct column_text *column,
                        const struct record_facts *facts, struct error *error)
{
    char text[72], json[112];
    clear(column);
    if (facts->windows == 0)
        return buffer_append_text(&column->text, "nan", error) &&
               buffer_append_text(&column->json, "null", error);
    snprintf(text, sizeof text, "%zu:%zu-%zu", facts->window, facts->span.begin,
             facts->span.end);
    snprintf(json, sizeof json, "{\"index\":%zu,\"start\":%zu,\"end\":%zu}",
             facts->window, facts->span.begin, facts->span.end);
    return buffer_append_text(&column->text, text, error) &&
           buffer_append_text(&column->json, json, error);
}

/* Larger first, equal ones as they stand, nan last. */
static int compare(const void *left, const void *right)
{
    const struct column_entry *a = left, *b = right;
    if (a->number > b->number || (isnan(b->number) && !isnan(a->number)))
        return -1;
    if (b->number > a->number || (isnan(a->number) && !isnan(b->number)))
        return 1;
    return a->index < b->index ? -1 : 1;
}

static bool reserve_entries(struct column_text *column, size_t count,
                            struct error *error)
{
    return memory_grow((void **)&column->entries, &column->entry_capacity,
                       count, sizeof *column->entries, error);
}

/* "name:number", with a blank in front of all but the first. */
static bool append_pair(struct buffer *out, struct slice name, float number,
                        int decimals, struct error *error)
{
    return (out->length == 0 || buffer_append_text(out, " ", error)) &&
           buffer_append(out, name.bytes, name.length, error) &&
           buffer_append_text(out, ":", error) &&
           append_number(out, number, decimals < 0 ? TEXT_DECIMALS : decimals,
                         error);
}

static bool append_label(struct column_text *column, const char *name,
                         float probability, int decimals, struct error *error)
{
    struct buffer *json = &column->json;
    return append_pair(&column->text, slice_of(name), probability, decimals,
                       error) &&
           buffer_append_text(json, json->length == 0 ? "{" : ",", error) &&
           json_append_string(json, slice_of(name), error) &&
           buffer_append_text(json, ":", error) &&
           append_json_number(json, probability, decimals, error);
}

bool column_text_labels(struct column_text *column,
                        const struct verdict_rule *rule,
                        const float *probabilities, int decimals,
                        struct error *error)
{
    const struct task *task = rule->task;
    clear(column);
    if (!reserve_entries(column, task->labels, error))
        return false;
    struct column_entry *entries = column->entries;
    for (size_t i = 0; i < task->labels; i++)
        entries[i] = (struct column_entry){i, probabilities[i]};
    qsort(entries, task->labels, sizeof *entries, compare);
    for (size_t i = 0; i < task->labels; i++)
        if (!append_label(column, task->label_names[entries[i].index],
                          entries[i].number, decimals, error))
            return false;
    return buffer_append_text(&column->json, "}", error);
}

static struct slice word_of(struct slice text, struct span span)
{
    return (struct slice){text.bytes + span.begin, span.end - span.begin};
}

static bool append_drop(struct buffer *json, struct slice text,
                        const struct word_drop *drop, int decimals,
                        struct error *error)
{
    char place[64];
    snprintf(place, sizeof place,
             ",\"start\":%zu,\"end\":%zu,\"drop\":", drop->span.begin,
             drop->span.end);
    return buffer_append_text(
               json, json->length == 1 ? "{\"word\":" : ",{\"word\":", error) &&
           json_append_string(json, word_of(text, drop->span), error) &&
           buffer_append_text(json, place, error) &&
           append_json_number(json, drop->drop, decimals, error) &&
           buffer_append_text(json, "}", error);
}

bool column_text_explain(struct column_text *column, struct slice text,
                         const struct word_drop *drops, size_t count,
                         int decimals, struct error *error)
{
    clear(column);
    if (!reserve_entries(column, count, error) ||
        !buffer_append_text(&column->json, "[", error))
        return false;
    struct column_entry *entries = column->entries;
    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct column_entry){i, fabsf(drops[i].drop)};
        if (!append_drop(&column->json, text, &drops[i], decimals, error))
            return false;
    }
    if (count > 0)
        qsort(entries, count, sizeof *entries, compare);
    for (size_t i = 0; i < count; i++) {
        const struct word_drop *drop = &drops[entries[i].index];
        if (!append_pair(&column->text, word_of(text, drop->span), drop->drop,
                         decimals, error))
            return false;
    }
    return buffer_append_text(&column->json, "]", error);
}
