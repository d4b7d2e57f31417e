/*
 * reader_jsonl.c - one JSON object a record; texts are members by dotted path.
 *
 * "a.b" is a member "a.b", or else member "b" of the object "a".  Of equal keys
 * the last counts, as in jq and Python.  Strings are decoded, numbers and
 * words are their own text; other values are no texts.
 */
#include "io/json_text.h"
#include "io/reader_format.h"

#include "base/memory.h"

#include <string.h>

/* What a path led to so far. */
struct match {
    struct slice value; /* as written; {NULL, 0}: nothing yet */
    bool whole;         /* a key equal to all of the path: beats the steps */
};

struct jsonl_format {
    struct format format;
    struct match *matches; /* one per item of the selections */
    size_t match_count;
    struct buffer decoded; /* texts that had escapes */
    bool optional_texts;
};

static struct match find(struct slice object, struct slice path);

/* Looks at one member for a path that begins in its object. */
static void match(const struct json_member *member, struct slice path,
                  struct match *match)
{
    if (json_key_is(member->key, path)) {
        *match = (struct match){member->value, true};
        return;
    }
    const char *dot = memchr(path.bytes, '.', path.length);
    if (match->whole || dot == NULL || member->value.bytes[0] != '{')
        return;
    size_t length = (size_t)(dot - path.bytes);
    if (!json_key_is(member->key, (struct slice){path.bytes, length}))
        return;
    struct slice rest = {dot + 1, path.length - length - 1};
    match->value = find(member->value, rest).value;
}

/* Walks over an object that is known to be sound.  Each step down takes a dot
 * of the user's path, so the depth is his. */
static struct match find(struct slice object, struct slice path)
{
    struct match found = {.whole = false};
    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, object);
    while (json_walk_next(&walk, &member))
        match(&member, path, &found);
    return found;
}

static bool not_an_object(const struct json_walk *walk, struct place place,
                          struct error *error)
{
    size_t byte = (size_t)(walk->broken - walk->text) + 1;
    if (walk->broken == walk->end)
        return error_at(error, place.file, place.line,
                        "not JSON at byte %zu (end of record): one object per "
                        "line was expected",
                        byte);
    char quoted[TEXT_QUOTE_BYTES];
    size_t length = text_character(
        (struct slice){walk->broken, (size_t)(walk->end - walk->broken)});
    struct slice found = {walk->broken, length > 0 ? length : 1};
    return error_at(error, place.file, place.line,
                    "not JSON at byte %zu ('%s'): one object per line was "
                    "expected",
                    byte, text_quote(found, quoted));
}

/* Message 9, with the keys of the last object on the path. */
static bool no_such_key(struct slice object, const char *name,
                        const char *option, struct place place,
                        struct error *error)
{
    struct slice parent = {name, 0}, rest = slice_of(name);
    for (;;) {
        const char *dot = memchr(rest.bytes, '.', rest.length);
        if (dot == NULL)
            break;
        struct slice head = {rest.bytes, (size_t)(dot - rest.bytes)};
        struct slice inner = find(object, head).value;
        if (inner.length == 0 || inner.bytes[0] != '{')
            break;
        object = inner;
        parent.length = (size_t)(dot - name);
        rest = (struct slice){dot + 1, rest.length - head.length - 1};
    }

    struct name_line line = {.length = 0};
    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, object);
    while (json_walk_next(&walk, &member))
        name_line_add(&line, member.key);

    char key[TEXT_QUOTE_BYTES], outer[TEXT_QUOTE_BYTES];
    bool nested = parent.length > 0;
    return error_at(error, place.file, place.line,
                    "no key '%s'%s%s%s: keys are %s; choose with %s",
                    text_quote(rest, key), nested ? " in '" : "",
                    nested ? text_quote(parent, outer) : "", nested ? "'" : "",
                    name_line_end(&line, "none"), option);
}

static bool not_a_text(const char *name, struct slice value, struct place place,
                       struct error *error)
{
    const char *kind = value.bytes[0] == '{'   ? "an object"
                       : value.bytes[0] == '[' ? "an array"
                                               : "null";
    char quoted[TEXT_QUOTE_BYTES];
    return error_at(error, place.file, place.line,
                    "'%s' is %s: a string was expected",
                    text_quote(slice_of(name), quoted), kind);
}

/* Whether item `index` found a value that is a text. */
static bool check_value(const struct selection *selection, size_t index,
                        struct slice record, struct slice value,
                        struct place place, struct error *error)
{
    const char *name = selection->items[index].name;
    if (value.bytes == NULL)
        return no_such_key(record, name, selection->list->option, place, error);
    if (strchr("{[n", value.bytes[0]) != NULL)
        return not_a_text(name, value, place, error);
    return true;
}

/* Strings with escapes go to `decoded`, which has room; all else stays. */
static struct slice text_of(struct jsonl_format *jsonl, struct slice value)
{
    if (value.bytes[0] != '"')
        return value;
    struct slice string = {value.bytes + 1, value.length - 2};
    if (memchr(string.bytes, '\\', string.length) == NULL)
        return string;
    char *room = jsonl->decoded.bytes + jsonl->decoded.length;
    size_t length = json_decode(string, room);
    jsonl->decoded.length += length;
    return (struct slice){room, length};
}

/* Finds all values in one walk over the record, which checks it too. */
static bool find_all(struct jsonl_format *jsonl, struct slice record,
                     const struct selection selections[SELECTIONS],
                     struct place place, struct error *error)
{
    for (size_t i = 0; i < jsonl->match_count; i++)
        jsonl->matches[i] = (struct match){.whole = false};

    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, record);
    while (json_walk_next(&walk, &member)) {
        struct match *found = jsonl->matches;
        for (int s = 0; s < SELECTIONS; s++)
            for (size_t i = 0; i < selections[s].count; i++)
                match(&member, slice_of(selections[s].items[i].name), found++);
    }
    return walk.broken == NULL || not_an_object(&walk, place, error);
}

/* A text after the first that reader_options.optional_texts lets be absent;
 * of the ids one is enough, and the last is asked for where none is there. */
static bool may_be_absent(const struct jsonl_format *jsonl,
                          const struct selection selections[SELECTIONS], int s,
                          size_t index, struct slice value)
{
    if (value.bytes != NULL && value.bytes[0] != 'n')
        return false;
    if (s == SELECT_TEXTS)
        return jsonl->optional_texts && index > 0;
    if (s != SELECT_ID)
        return false;
    bool found = index + 1 < selections[s].count;
    for (size_t i = 0; i < index; i++)
        found = found || selections[s].texts[i].bytes != NULL;
    return found;
}

static bool pick(struct format *format, struct slice record,
                 struct selection selections[SELECTIONS], struct place place,
                 struct error *error)
{
    struct jsonl_format *jsonl = (struct jsonl_format *)format;
    if (!find_all(jsonl, record, selections, place, error))
        return false;

    size_t room = 0; /* a decoded string is never longer than it was */
    for (size_t i = 0; i < jsonl->match_count; i++)
        room += jsonl->matches[i].value.length;
    jsonl->decoded.length = 0;
    if (!buffer_reserve(&jsonl->decoded, room, error))
        return false;

    const struct match *found = jsonl->matches;
    for (int s = 0; s < SELECTIONS; s++)
        for (size_t i = 0; i < selections[s].count; i++, found++) {
            struct slice value = found->value;
            selections[s].texts[i] = (struct slice){NULL, 0};
            if (may_be_absent(jsonl, selections, s, i, value))
                continue;
            if (!check_value(&selections[s], i, record, value, place, error))
                return false;
            selections[s].texts[i] = text_of(jsonl, value);
        }
    return true;
}

static void close_jsonl(struct format *format)
{
    struct jsonl_format *jsonl = (struct jsonl_format *)format;
    memory_free(jsonl->matches);
    buffer_free(&jsonl->decoded);
    memory_free(jsonl);
}

static const struct format_functions functions = {
    .limit_hint = "one object per line was expected",
    .frame = format_frame_line,
    .pick = pick,
    .close = close_jsonl,
};

struct format *format_jsonl_open(const struct reader_options *options,
                                 struct error *error)
{
    struct jsonl_format *jsonl = memory_new(1, sizeof *jsonl, error);
    if (jsonl == NULL)
        return NULL;
    jsonl->format = format_start(&functions, options);
    jsonl->optional_texts = options->optional_texts;
    const struct field_list *lists[] = {options->texts, options->group,
                                        options->id};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        jsonl->match_count += lists[i] != NULL ? lists[i]->count : 0;
    jsonl->matches =
        memory_new(jsonl->match_count, sizeof *jsonl->matches, error);
    if (jsonl->matches == NULL) {
        close_jsonl(&jsonl->format);
        return NULL;
    }
    return &jsonl->format;
}
