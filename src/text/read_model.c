#include "text/pipeline.h"

#include <string.h>

/*
 * The members of "model": the vocabulary goes straight from the text into
 * model.vocabulary, since it may have 250,000 entries; small members become
 * trees.
 */
struct model_parts {
    json_t *options; /* small members by name */
    bool has_ids;    /* the vocabulary is an object of ids */
};

static bool fail_at_token(struct json_scan *scan, struct slice token,
                          const struct error *inner)
{
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(scan->error, "%s: token '%s': %s", scan->path,
                     text_quote(token, quoted), inner->text);
}

/* {"token": id, ...} */
static bool read_ids(const struct reader *reader, struct json_scan *scan)
{
    struct vocabulary *vocabulary = &reader->tokenizer->model.vocabulary;
    struct buffer token = {0};
    struct slice key;
    struct error inner = {0};
    bool fine = json_scan_open(scan, '{');
    while (fine && json_scan_more(scan)) {
        int32_t id;
        token.length = 0;
        fine = json_scan_key(scan, &key) &&
               buffer_append(&token, key.bytes, key.length, reader->error) &&
               json_scan_index(scan, VOCABULARY_LIMIT, "a token id", &id);
        if (!fine)
            break;
        fine =
            vocabulary_token(vocabulary, id).length == 0
                ? vocabulary_add(vocabulary, id, buffer_slice(&token), &inner)
                : error_set(&inner, "id %d is given twice", (int)id);
        if (!fine)
            fail_at_token(scan, buffer_slice(&token), &inner);
    }
    buffer_free(&token);
    return fine && !reader->error->set;
}

static bool read_option(const struct reader *reader, struct json_scan *scan,
                        const char *key, struct model_parts *parts)
{
    struct slice raw;
    if (!json_scan_skip(scan, &raw))
        return false;
    json_t *value = json_parse(raw, reader->path, 0, reader->error);
    if (value == NULL)
        return false;
    return json_object_set_new(parts->options, key, value) == 0 ||
           reader_fail(reader, "out of memory");
}

static bool read_member(const struct reader *reader, struct json_scan *scan,
                        struct model_parts *parts)
{
    struct slice key, raw;
    char name[64];
    if (!json_scan_key(scan, &key))
        return false;
    if (key.length >= sizeof name)
        return json_scan_skip(scan, &raw);
    memcpy(name, key.bytes, key.length);
    name[key.length] = '\0';

    if (strcmp(name, "vocab") != 0)
        return read_option(reader, scan, name, parts);
    if (reader->tokenizer->model.vocabulary.count > 0)
        return json_scan_fail(scan, "one vocabulary");
    parts->has_ids = json_scan_peek(scan) == '{';
    return read_ids(reader, scan);
}

static struct slice text_option(const struct model_parts *parts,
                                const char *key, const char *fallback)
{
    const json_t *value = json_object_get(parts->options, key);
    return json_is_string(value) ? json_slice(value) : slice_of(fallback);
}

static bool make_wordpiece(const struct reader *reader,
                           const struct model_parts *parts)
{
    struct tokenizer *tokenizer = reader->tokenizer;
    struct slice prefix = text_option(parts, "continuing_subword_prefix", "##");
    prefix.bytes = arena_copy(&tokenizer->arena, prefix.bytes, prefix.length,
                              reader->error);
    if (prefix.bytes == NULL)
        return false;

    const json_t *longest =
        json_object_get(parts->options, "max_input_chars_per_word");
    json_int_t longest_word = json_is_integer(longest)
                                  ? json_integer_value(longest)
                                  : 100; /* the reference's default */
    struct error inner = {0};
    if (longest_word < 0 ||
        !model_wordpiece(&tokenizer->model,
                         text_option(parts, "unk_token", "[UNK]"), prefix,
                         (size_t)longest_word, &inner))
        return reader_fail(reader, "%s",
                           inner.set ? inner.text
                                     : "max_input_chars_per_word is negative");
    return true;
}

/* Old files have no type; then the members tell. */
static struct slice type_of(const struct model_parts *parts)
{
    return text_option(parts, "type", "WordPiece");
}

static bool make_model(const struct reader *reader,
                       const struct model_parts *parts)
{
    static const struct {
        const char *type;
        bool (*make)(const struct reader *, const struct model_parts *);
    } makers[] = {
        {"WordPiece", make_wordpiece},
    };
    struct slice type = type_of(parts);
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
        if (slice_is(type, makers[i].type))
            return makers[i].make(reader, parts);
    char quoted[TEXT_QUOTE_BYTES];
    return reader_fail(reader, "model type '%s' is not supported: WordPiece is",
                       text_quote(type, quoted));
}

bool read_model(const struct reader *reader, struct json_scan *scan)
{
    struct model_parts parts = {.options = json_object()};
    if (parts.options == NULL)
        return reader_fail(reader, "out of memory");
    bool fine = json_scan_open(scan, '{');
    while (fine && json_scan_more(scan))
        fine = read_member(reader, scan, &parts);
    fine = fine && !reader->error->set && make_model(reader, &parts);
    json_decref(parts.options);
    return fine;
}
