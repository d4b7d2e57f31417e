/*
 * target_json.c - three ways to read JSON agree: jansson's trees, the walk over
 * the text of an object, and the scanner of tokenizer.json.
 */
#include "targets.h"

#include "base/json.h"
#include "base/memory.h"
#include "io/json_text.h"
#include "text/json_scan.h"

#include <stdlib.h>
#include <string.h>

/*
 * Where they may differ: jansson refuses lone surrogates, broken UTF-8,
 * numbers beyond its types and a NUL in a key; the other two know less depth.
 */
static bool is_common(struct slice input)
{
    enum { DIGITS = 18 };
    size_t brackets = 0, digits = 0;
    for (size_t i = 0; i < input.length; i++) {
        unsigned char byte = (unsigned char)input.bytes[i];
        brackets += byte == '[' || byte == '{';
        digits = byte >= '0' && byte <= '9' ? digits + 1 : 0;
        if (byte >= 0x80 || byte == '\0' || byte == 'e' || byte == 'E' ||
            digits > DIGITS)
            return false;
    }
    return brackets < JSON_SCAN_DEPTH;
}

static bool has(struct slice input, const char *text)
{
    return memmem(input.bytes, input.length, text, strlen(text)) != NULL;
}

static json_t *parse_tree(struct slice input)
{
    return json_loadb(input.bytes, input.length,
                      JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
}

/* What the scanner makes of the whole input. */
static bool scans(struct slice input, struct error *error)
{
    struct json_scan scan;
    struct slice raw;
    json_scan_start(&scan, input, "input", error);
    bool fine = json_scan_skip(&scan, &raw) && json_scan_end(&scan);
    json_scan_free(&scan);
    fuzz_require_error(fine, error);
    return fine;
}

/* The string's value by the scanner, held against the tree's. */
static void check_scanned(struct slice raw, const json_t *tree)
{
    struct error error = {0};
    struct json_scan scan;
    struct slice text;
    json_scan_start(&scan, raw, "input", &error);
    if (json_is_string(tree) && json_scan_string(&scan, &text))
        fuzz_require(slice_equal(text, json_slice(tree)));
    json_scan_free(&scan);
}

/* The same by the walk, whose members hold a string with its quotes. */
static void check_decoded(struct slice raw, const json_t *tree)
{
    struct error error = {0};
    if (!json_is_string(tree) || raw.length < 2)
        return;
    struct slice inside = {raw.bytes + 1, raw.length - 2};
    char *out = memory_new(inside.length + 1, 1, &error);
    fuzz_require(out != NULL);
    struct slice text = {out, json_decode(inside, out)};
    fuzz_require(text.length <= inside.length);
    fuzz_require(slice_equal(text, json_slice(tree)));
    memory_free(out);
}

/* A key of the walk as a name that ends in a zero byte. */
static char *decode_key(struct slice key)
{
    struct error error = {0};
    char *name = memory_new(key.length + 1, 1, &error);
    fuzz_require(name != NULL);
    size_t length = json_decode(key, name);
    fuzz_require(json_key_is(key, (struct slice){name, length}));
    return name;
}

/* Whether the walk took the whole input; its members are the tree's. */
static bool walks(struct slice input, const json_t *tree)
{
    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, input);
    while (json_walk_next(&walk, &member)) {
        json_t *value = parse_tree(member.value);
        char *name = decode_key(member.key);
        if (tree != NULL) {
            fuzz_require(json_object_get(tree, name) != NULL ||
                         strlen(name) < member.key.length);
            fuzz_require(value != NULL);
            check_decoded(member.value, value);
            check_scanned(member.value, value);
        }
        memory_free(name);
        json_decref(value);
    }
    fuzz_require(walk.broken == NULL ||
                 (walk.broken >= input.bytes &&
                  walk.broken <= input.bytes + input.length));
    return walk.broken == NULL;
}

/* What is written is read as the same. */
static void check_written(const json_t *tree)
{
    struct error error = {0};
    struct buffer out = {0};
    fuzz_require(json_append_value(&out, tree, false, &error));
    json_t *again = parse_tree(buffer_slice(&out));
    fuzz_require(again != NULL && json_equal(again, tree));
    json_decref(again);
    buffer_free(&out);
}

/* Any bytes become a string; those of valid UTF-8 are kept. */
static void check_string(struct slice input)
{
    struct error error = {0};
    struct buffer out = {0};
    fuzz_require(json_append_string(&out, input, &error));
    json_t *value = parse_tree(buffer_slice(&out));
    fuzz_require(json_is_string(value));
    json_t *same = json_stringn(input.bytes, input.length);
    if (same != NULL)
        fuzz_require(json_equal(same, value));
    json_decref(same);
    json_decref(value);
    buffer_free(&out);
}

void target_json(const struct fuzz_target *target, struct slice input)
{
    struct error strict = {0}, scanned = {0};
    (void)target;
    json_t *tree = parse_tree(input);
    bool is_object = json_is_object(tree);
    bool is_scanned = scans(input, &scanned);
    bool is_walked = walks(input, is_object ? tree : NULL);
    /* The scanner looks into a string when somebody wants it. */
    if (is_common(input) && !has(input, "\\"))
        fuzz_require(is_scanned == (tree != NULL));
    if (is_common(input) && !has(input, "\\u"))
        fuzz_require(is_walked == is_object);
    if (tree != NULL)
        check_written(tree);
    check_string(input);
    json_decref(tree);

    tree = json_parse(input, "input", 1, &strict);
    fuzz_require_error(tree != NULL, &strict);
    json_decref(tree);
    struct error loaded = {0};
    tree = json_load_object(fuzz_file(0, input), &loaded);
    fuzz_require_error(tree != NULL, &loaded);
    json_decref(tree);
}
