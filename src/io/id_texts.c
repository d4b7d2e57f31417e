#include "io/id_texts.h"

#include "io/json_text.h"
#include "io/reader.h"

#include <string.h>

bool id_texts_want(struct id_texts *texts, struct slice id, size_t *at,
                   struct error *error)
{
    int32_t known = slice_map_get(&texts->by_id, id);
    *at = known < 0 ? texts->count : (size_t)known;
    if (known >= 0)
        return true;
    if (texts->count == INT32_MAX)
        return error_set(error, "too many texts: %zu at most", texts->count);
    struct slice owned = {
        arena_copy(&texts->memory, id.bytes, id.length, error), id.length};
    if (owned.bytes == NULL ||
        !memory_grow((void **)&texts->list, &texts->capacity, texts->count + 1,
                     sizeof *texts->list, error) ||
        !slice_map_put(&texts->by_id, owned, (int32_t)texts->count, error))
        return false;
    texts->list[texts->count++] = (struct id_text){.id = owned};
    return true;
}

bool id_texts_set(struct id_texts *texts, size_t at, struct slice text,
                  struct error *error)
{
    char *copy = arena_copy(&texts->memory, text.bytes, text.length, error);
    texts->list[at].text = (struct slice){copy, text.length};
    return copy != NULL;
}

/* One line of a collection; strings of JSON as written. */
struct entry {
    struct slice id, title, text;
    bool is_json;
};

static bool read_object(const struct record *record, struct entry *entry,
                        struct error *error)
{
    struct slice id = {NULL, 0};
    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, record->texts[0]);
    while (json_walk_next(&walk, &member)) {
        if (json_key_is(member.key, slice_of("_id")))
            entry->id = member.value;
        else if (json_key_is(member.key, slice_of("id")))
            id = member.value;
        else if (json_key_is(member.key, slice_of("title")))
            entry->title = member.value;
        else if (json_key_is(member.key, slice_of("text")))
            entry->text = member.value;
    }
    if (walk.broken != NULL)
        return error_at(error, record->file, record->line,
                        "not JSON at byte %zu: one object per line was "
                        "expected",
                        (size_t)(walk.broken - walk.text) + 1);
    if (entry->id.bytes == NULL)
        entry->id = id;
    if (entry->id.bytes == NULL)
        return error_at(error, record->file, record->line,
                        "no key '_id': keys are _id, text and maybe title");
    if (*entry->id.bytes == '"')
        entry->id = (struct slice){entry->id.bytes + 1, entry->id.length - 2};
    return true;
}

static bool read_entry(const struct record *record, struct entry *entry,
                       struct error *error)
{
    struct slice line = record->texts[0];
    *entry = (struct entry){.is_json = line.length > 0 && *line.bytes == '{'};
    if (entry->is_json)
        return read_object(record, entry, error);
    const char *tab =
        line.length > 0 ? memchr(line.bytes, '\t', line.length) : NULL;
    if (tab == NULL)
        return error_at(error, record->file, record->line,
                        "no TAB: id, TAB and text were expected");
    size_t length = (size_t)(tab - line.bytes);
    entry->id = (struct slice){line.bytes, length};
    entry->text = (struct slice){tab + 1, line.length - length - 1};
    return true;
}

/* Appends what a string of JSON stands for; of other values nothing. */
static bool append_string(struct buffer *room, struct slice value,
                          struct error *error)
{
    if (value.length < 2 || *value.bytes != '"')
        return true;
    struct slice inner = {value.bytes + 1, value.length - 2};
    if (!buffer_reserve(room, inner.length, error))
        return false;
    room->length += json_decode(inner, room->bytes + room->length);
    return true;
}

/* "title text", without blanks at either end: as BEIR joins them. */
static bool join(struct buffer *room, const struct entry *entry,
                 struct slice *text, struct error *error)
{
    room->length = 0;
    if (!append_string(room, entry->title, error) ||
        !buffer_append_text(room, " ", error) ||
        !append_string(room, entry->text, error))
        return false;
    *text = text_trim(buffer_slice(room));
    return true;
}

static bool add_record(void *context, const struct record *record,
                       struct error *error)
{
    struct id_texts *texts = context;
    struct entry entry;
    if (!read_entry(record, &entry, error))
        return false;
    int32_t at = slice_map_get(&texts->by_id, entry.id);
    if (at < 0)
        return true;
    char quoted[TEXT_QUOTE_BYTES];
    struct slice text = entry.text;
    if (entry.is_json && (text.bytes == NULL || *text.bytes != '"'))
        return error_at(error, record->file, record->line,
                        "no key 'text': keys are _id, text and maybe title");
    if (texts->list[at].text.bytes != NULL)
        return error_at(error, record->file, record->line,
                        "id '%s' again: one text was expected",
                        text_quote(entry.id, quoted));
    return (!entry.is_json || join(&texts->room, &entry, &text, error)) &&
           id_texts_set(texts, (size_t)at, text, error);
}

bool id_texts_fill(struct id_texts *texts, const char *path,
                   struct error *error)
{
    return reader_each(&reader_lines, path, add_record, texts, error);
}

bool id_texts_read(struct id_texts *texts, const char *path,
                   struct error *error)
{
    if (!id_texts_fill(texts, path, error))
        return false;
    for (size_t i = 0; i < texts->count; i++) {
        char quoted[TEXT_QUOTE_BYTES];
        if (texts->list[i].text.bytes == NULL)
            return error_set(error,
                             "%s: no text with id '%s', which is a "
                             "candidate's",
                             path, text_quote(texts->list[i].id, quoted));
    }
    return true;
}

void id_texts_free(struct id_texts *texts)
{
    memory_free(texts->list);
    slice_map_free(&texts->by_id);
    arena_free(&texts->memory);
    buffer_free(&texts->room);
    *texts = (struct id_texts){0};
}
