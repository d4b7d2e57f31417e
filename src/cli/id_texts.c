#include "cli/id_texts.h"

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

/* "title text", without blanks at either end: as BEIR joins them. */
static struct slice join(struct buffer *room, struct slice title,
                         struct slice text, struct error *error)
{
    room->length = 0;
    if (!buffer_append(room, title.bytes, title.length, error) ||
        !buffer_append(room, " ", 1, error) ||
        !buffer_append(room, text.bytes, text.length, error))
        return (struct slice){"", 0};
    return text_trim(buffer_slice(room));
}

static bool add_record(struct id_texts *texts, const struct record *record,
                       bool is_json, struct buffer *room, struct error *error)
{
    struct slice line = record->texts[0], id = line, text;
    if (is_json) {
        text = record->texts[1];
    } else {
        const char *tab =
            line.length > 0 ? memchr(line.bytes, '\t', line.length) : NULL;
        if (tab == NULL)
            return error_at(error, record->file, record->line,
                            "no TAB: id, TAB and text were expected");
        id.length = (size_t)(tab - line.bytes);
        text = (struct slice){tab + 1, line.length - id.length - 1};
    }
    int32_t at = slice_map_get(&texts->by_id, id);
    if (at < 0)
        return true;
    char quoted[TEXT_QUOTE_BYTES];
    if (is_json && text.bytes == NULL)
        return error_at(error, record->file, record->line,
                        "no key 'text': keys are _id, text and maybe title");
    if (texts->list[at].text.bytes != NULL)
        return error_at(error, record->file, record->line,
                        "id '%s' again: one text was expected",
                        text_quote(id, quoted));
    if (is_json && record->texts[2].bytes != NULL)
        text = join(room, record->texts[2], text, error);
    return !error->set && id_texts_set(texts, (size_t)at, text, error);
}

/* Whether the file's first record is an object. */
static bool begins_with_object(const char *path, bool *is_json,
                               struct error *error)
{
    struct reader_options lines = {
        .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\n'};
    struct record record;
    struct reader *reader = reader_open(&lines, &path, 1, error);
    if (reader == NULL)
        return false;
    *is_json = reader_next(reader, true, &record, error) == READER_RECORD &&
               record.bytes.length > 0 && record.bytes.bytes[0] == '{';
    reader_close(reader);
    return !error->set;
}

static bool read_all(struct id_texts *texts, const char *path, bool is_json,
                     struct error *error)
{
    struct field_list keys = {0};
    struct buffer room = {0};
    struct record record;
    if (is_json && !fields_parse(&keys, "-f", "_id,text,title", error))
        return false;
    struct reader_options options = {.format =
                                         is_json ? FORMAT_JSONL : FORMAT_LINES,
                                     .delimiter = '\t',
                                     .terminator = '\n',
                                     .texts = is_json ? &keys : NULL,
                                     .optional_texts = is_json};
    struct reader *reader = reader_open(&options, &path, 1, error);
    while (reader != NULL && !error->set &&
           reader_next(reader, true, &record, error) == READER_RECORD)
        add_record(texts, &record, is_json, &room, error);
    reader_close(reader);
    buffer_free(&room);
    fields_free(&keys);
    return !error->set;
}

bool id_texts_read(struct id_texts *texts, const char *path,
                   struct error *error)
{
    bool is_json;
    if (!begins_with_object(path, &is_json, error) ||
        !read_all(texts, path, is_json, error))
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
    *texts = (struct id_texts){0};
}
