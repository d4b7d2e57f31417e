/*
 * test_charsmap.c - SentencePiece's character map: a small one is built here,
 * applied, and damaged.
 */
#include "text/normalize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* Keys in ascending order, and what they become. */
static const char *const keys[][2] = {
    {"\t", " "},
    {"\r", " "},
    {"\r\n", " "},
    {"\x7F", ""},
    {"A\xCC\x8A", "\xC3\x85"}, /* A, ring */
    {"e\xCC\x81", "\xC3\xA9"}, /* e, acute */
    {"e\xCC\x82", "\xC3\xAA"}, /* e, circumflex */
    {"\xE2\x91\xA0", "1"},     /* circled one */
    {"\xE3\x80\x80", " "},     /* ideographic space */
    {"\xEF\xAC\x81", "fi"},    /* ligature */
    {"\xEF\xB4\x9F", "x"},     /* U+FD1F */
};
enum { KEYS = sizeof keys / sizeof *keys, UNITS = 4096 };

/* A double-array trie, built by putting each node's children at the first
 * place where they all fit. */
struct builder {
    uint32_t units[UNITS];
    uint8_t used[UNITS], taken[UNITS]; /* places, offsets */
    char replacements[256];
    size_t length;
};

/* Two nodes never share an offset: a label would lead into the other. */
static size_t next_place(const struct builder *builder,
                         const unsigned char *labels, size_t count)
{
    for (size_t offset = 1;; offset++) {
        size_t free = 0;
        while (free < count && !builder->used[offset ^ labels[free]])
            free++;
        if (free == count && !builder->taken[offset])
            return offset;
    }
}

/* Puts the children of the node at `place`, where keys first..last share
 * `depth` bytes. */
static void build(struct builder *builder, size_t place, size_t first,
                  size_t last, size_t depth)
{
    unsigned char labels[257];
    size_t starts[258], count = 0;
    for (size_t i = first; i < last; i++) {
        unsigned char label = (unsigned char)keys[i][0][depth];
        if (count == 0 || labels[count - 1] != label) {
            labels[count] = label;
            starts[count++] = i;
        }
    }
    starts[count] = last;
    size_t offset = next_place(builder, labels, count);
    builder->taken[offset] = 1;
    for (size_t i = 0; i < count; i++)
        builder->used[offset ^ labels[i]] = 1;
    builder->units[place] |= (uint32_t)(place ^ offset) << 10;

    for (size_t i = 0; i < count; i++) {
        size_t child = offset ^ labels[i];
        if (labels[i] != 0) {
            builder->units[child] = labels[i];
            build(builder, child, starts[i], starts[i + 1], depth + 1);
            continue;
        }
        const char *text = keys[starts[i]][1];
        builder->units[place] |= 0x100;
        builder->units[child] = 0x80000000u | (uint32_t)builder->length;
        memcpy(builder->replacements + builder->length, text, strlen(text) + 1);
        builder->length += strlen(text) + 1;
    }
}

static struct buffer make_blob(void)
{
    static struct builder builder;
    builder = (struct builder){.used = {1}};
    build(&builder, 0, 0, KEYS, 0);
    struct buffer blob = {0};
    struct error error = {0};
    const unsigned char size[4] = {sizeof builder.units & 255,
                                   sizeof builder.units >> 8 & 255, 0, 0};
    assert_true(buffer_append(&blob, size, 4, &error));
    for (size_t i = 0; i < UNITS; i++) {
        uint32_t unit = builder.units[i];
        const unsigned char bytes[4] = {
            (unsigned char)unit, (unsigned char)(unit >> 8),
            (unsigned char)(unit >> 16), (unsigned char)(unit >> 24)};
        assert_true(buffer_append(&blob, bytes, 4, &error));
    }
    assert_true(
        buffer_append(&blob, builder.replacements, builder.length, &error));
    return blob;
}

static void assert_mapped(const struct normalizer *map, const char *text,
                          size_t length, const char *want)
{
    struct slice slice = {text, length};
    struct buffer out = {0};
    struct normalize_scratch scratch = {.most_bytes = SIZE_MAX};
    struct error error = {0};
    assert_true(map->apply(map, &slice, &out, &scratch, &error));
    assert_int_equal(slice.length, strlen(want));
    assert_memory_equal(slice.bytes, want, slice.length);
    buffer_free(&out);
    normalize_scratch_free(&scratch);
}

static void clusters_are_mapped_as_the_reference_does(void **state)
{
    (void)state;
    struct buffer blob = make_blob();
    struct arena arena = {0};
    struct error error = {0};
    struct normalizer map;
    assert_true(normalizer_charsmap(&map, buffer_slice(&blob), &arena, &error));
    buffer_free(&blob); /* the map keeps what it needs */

    static const char *const cases[][2] = {
        {"", ""},
        {"plain ASCII, of more than eight bytes", "plain ASCII, of more than "
                                                  "eight bytes"},
        {"a\tb", "a b"},
        {"a\r\nb", "a b"}, /* one cluster, the shorter key */
        {"a\r\rb", "a  b"},
        {"a\x7F"
         "b",
         "ab"},
        {"e\xCC\x81x", "\xC3\xA9x"},
        {"12345678e\xCC\x81", "12345678\xC3\xA9"},
        /* a second mark is lost with a cluster of five bytes */
        {"e\xCC\x82\xCC\x81", "\xC3\xAA"},
        /* of seven bytes: each character alone */
        {"e\xCC\x82\xCC\x81\xCC\x81", "e\xCC\x82\xCC\x81\xCC\x81"},
        {"\xE2\x91\xA0\xCC\x81", "1"},
        {"\xE2\x91\xA0\xE2\x80\x8D", "1\xE2\x80\x8D"},
        {"\xEF\xAC\x81\xCC\x88"
         "a",
         "fia"},
        {"\xE3\x80\x80\xCC\x81", " "},
        {"\xC3\x85\xCC\x81", "\xC3\x85\xCC\x81"}, /* no key begins it */
        /* U+0890 joins what follows: a cluster of eight bytes */
        {"\xE0\xA2\x90\xEF\xB4\x9F\xCC\x97", "\xE0\xA2\x90x\xCC\x97"},
        {"\xEF\xB4\x9F\xCC\x97", "x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_mapped(&map, cases[i][0], strlen(cases[i][0]), cases[i][1]);

    struct slice slice = {"a\0\t", 3};
    struct buffer out = {0};
    struct normalize_scratch scratch = {.most_bytes = SIZE_MAX};
    assert_true(map.apply(&map, &slice, &out, &scratch, &error));
    assert_true(slice_equal(slice, (struct slice){"a\0 ", 3}));
    buffer_free(&out);
    arena_free(&arena);
}

static void assert_refused(struct slice blob, const char *message)
{
    struct arena arena = {0};
    struct error error = {0};
    struct normalizer map;
    assert_false(normalizer_charsmap(&map, blob, &arena, &error));
    assert_non_null(strstr(error.text, message));
    arena_free(&arena);
}

static void damaged_maps_are_refused(void **state)
{
    (void)state;
    struct buffer blob = make_blob();
    struct slice whole = buffer_slice(&blob);
    assert_refused((struct slice){"", 0}, "its trie has 0 bytes of 0");
    assert_refused((struct slice){"\xFF\xFF\xFF\xFF", 4},
                   "its trie has 4294967295 bytes of 4");
    assert_refused((struct slice){whole.bytes, 1000}, "its trie has 16384");
    assert_refused((struct slice){"\0\0\0\0x", 5}, "its trie has 0");
    assert_refused((struct slice){whole.bytes, 4 + 4 * UNITS},
                   "zero-ended UTF-8 was expected");
    assert_refused((struct slice){whole.bytes, whole.length - 1},
                   "zero-ended UTF-8 was expected");
    blob.bytes[whole.length - 2] = (char)0xC3;
    assert_refused(whole, "zero-ended UTF-8 was expected");
    buffer_free(&blob);
}

/* A root and a child whose offsets lead behind the last unit. */
static void offsets_outside_find_nothing(void **state)
{
    (void)state;
    for (int first = 0; first < 2; first++) {
        struct buffer blob = make_blob();
        struct arena arena = {0};
        struct error error = {0};
        struct normalizer map;
        if (first)
            memset(blob.bytes + 4, 0xFF, 4);
        for (size_t i = 1; !first && i < UNITS; i++)
            blob.bytes[4 + 4 * i + 3] = 0x7F; /* labels stay */
        assert_true(
            normalizer_charsmap(&map, buffer_slice(&blob), &arena, &error));
        assert_mapped(&map, "e\xCC\x81", 3, "e\xCC\x81");
        arena_free(&arena);
        buffer_free(&blob);
    }
}

/* Units that lead outside the trie or the replacements find nothing. */
static void wild_units_do_no_harm(void **state)
{
    (void)state;
    struct buffer blob = make_blob();
    uint32_t random = 1;
    for (int round = 0; round < 200; round++) {
        struct arena arena = {0};
        struct error error = {0};
        struct normalizer map;
        for (int i = 0; i < 40; i++) {
            random = random * 1664525u + 1013904223u;
            blob.bytes[4 + random % (4 * UNITS)] = (char)(random >> 24);
        }
        assert_true(
            normalizer_charsmap(&map, buffer_slice(&blob), &arena, &error));
        struct slice text = slice_of("e\xCC\x81\tA\xEF\xAC\x81 \xE2\x91\xA0");
        struct buffer out = {0};
        struct normalize_scratch scratch = {.most_bytes = SIZE_MAX};
        assert_true(map.apply(&map, &text, &out, &scratch, &error));
        assert_int_equal(unicode_valid_length(text), text.length);
        buffer_free(&out);
        arena_free(&arena);
    }
    buffer_free(&blob);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clusters_are_mapped_as_the_reference_does),
        cmocka_unit_test(damaged_maps_are_refused),
        cmocka_unit_test(offsets_outside_find_nothing),
        cmocka_unit_test(wild_units_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
