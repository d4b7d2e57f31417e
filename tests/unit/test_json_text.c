/*
 * test_json_text.c - spans of members, and the grammar against jansson's over
 * broken variants of sound texts.
 */
#include "base/json.h"
#include "io/json_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "key=value;" for each member, and the byte where it broke. */
static void assert_walk(const char *text, const char *expected)
{
    char seen[1024] = "";
    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, slice_of(text));
    while (json_walk_next(&walk, &member))
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s=%.*s;",
                 (int)member.key.length, member.key.bytes,
                 (int)member.value.length, member.value.bytes);
    if (walk.broken != NULL)
        snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "!%d",
                 (int)(walk.broken - text));
    assert_string_equal(seen, expected);
    assert_false(json_walk_next(&walk, &member)); /* and it stays ended */
}

static void members(void **state)
{
    (void)state;
    assert_walk("{}", "");
    assert_walk(" {\t} \r\n", "");
    assert_walk("{\"a\":1}", "a=1;");
    assert_walk("{ \"a\" : [ 1 , { \"b\" : [ ] } ] , \"\" : \"\" }",
                "a=[ 1 , { \"b\" : [ ] } ];=\"\";");
    assert_walk("{\"a\":[{\"b\":1},[1,2],{}]}", "a=[{\"b\":1},[1,2],{}];");
    assert_walk("{\"q\\\"\":\"}\\\\\",\"b\":{}}", "q\\\"=\"}\\\\\";b={};");
    assert_walk("{\"n\":-0.5e-7,\"t\":true,\"f\":false,\"z\":null}",
                "n=-0.5e-7;t=true;f=false;z=null;");
}

static void broken_texts(void **state)
{
    (void)state;
    assert_walk("", "!0");
    assert_walk("  ", "!2");
    assert_walk("[]", "!0");
    assert_walk("{", "!1");
    assert_walk("{\"a\"}", "!4");
    assert_walk("{\"a\":1,}", "a=1;!7");
    assert_walk("{\"a\":1 \"b\":2}", "a=1;!7");
    assert_walk("{a:1}", "!1");
    assert_walk("{\"a\":1}}", "a=1;!7");
    assert_walk("{\"a\":01}", "a=0;!6");
    assert_walk("{\"a\":1.}", "!7");
    assert_walk("{\"a\":-}", "!6");
    assert_walk("{\"a\":2e+}", "!8");
    assert_walk("{\"a\":+1}", "!5");
    assert_walk("{\"a\":nul}", "!8");
    assert_walk("{\"a\":[1,]}", "!8");
    assert_walk("{\"a\":[1}", "!7");
    assert_walk("{\"a\":{\"b\":1]}", "!11");
    assert_walk("{\"a\":{1:2}}", "!6");
    assert_walk("{\"a\":\"x", "!7");
    assert_walk("{\"a\":\"x\ty\"}", "!7");
    assert_walk("{\"a\":\"12345678\x01\"}", "!14");
    assert_walk("{\"a\":\"\\x\"}", "!7");
    assert_walk("{\"a\":\"\\u12g4\"}", "!10");
    assert_walk("{\"a\":\"\\", "!7");
}

/* Special bytes at each place of a word of eight. */
static void specials_at_every_offset(void **state)
{
    (void)state;
    for (size_t before = 0; before < 20; before++) {
        char text[64], expected[64];
        snprintf(text, sizeof text, "{\"a\":\"%.*s\\\"%.*s\"}", (int)before,
                 "\x7F\x80\xFF !#[]01234567890123", (int)(20 - before),
                 "!!!!!!!!!!!!!!!!!!!!");
        snprintf(expected, sizeof expected, "a=%.*s;", (int)strlen(text) - 6,
                 text + 5);
        assert_walk(text, expected);
        text[6 + before] = '\x1F';
        snprintf(expected, sizeof expected, "!%zu", 6 + before);
        assert_walk(text, expected);
    }
}

static bool is_sound(const char *text, size_t length)
{
    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, (struct slice){text, length});
    while (json_walk_next(&walk, &member))
        ;
    return walk.broken == NULL;
}

static void nesting(void **state)
{
    (void)state;
    enum { DEEPEST = JSON_TEXT_DEPTH };
    static char text[4 * DEEPEST + 64];
    for (int depth = DEEPEST; depth <= DEEPEST + 1; depth++) {
        char *at = text + sprintf(text, "{\"a\":");
        for (int i = 0; i < depth; i++)
            at += sprintf(at, i % 2 ? "{\"\":" : "[");
        at += sprintf(at, "0");
        for (int i = depth; i-- > 0;)
            *at++ = i % 2 ? '}' : ']';
        *at++ = '}';
        assert_int_equal(is_sound(text, (size_t)(at - text)), depth == DEEPEST);
    }
}

static uint64_t next_random(void)
{
    static uint64_t state = 88172645463325252u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void mutate(char *text, size_t *length)
{
    static const char alphabet[] = "{}[]:,\"\\ 019.eE+-truefalsn\n\x01/u";
    size_t at = next_random() % *length;
    char byte = alphabet[next_random() % (sizeof alphabet - 1)];
    switch (next_random() % 3) {
    case 0:
        text[at] = byte;
        break;
    case 1:
        memmove(text + at, text + at + 1, --*length - at);
        break;
    default:
        memmove(text + at + 1, text + at, (*length)++ - at);
        text[at] = byte;
    }
}

/* Soundness is what jansson says, for objects. */
static void same_grammar_as_jansson(void **state)
{
    (void)state;
    static const char *const sound[] = {
        "{\"a\":1,\"b\":[true,false,null],\"c\":{\"d\":\"e\\n\\u00e9\"}}",
        " { \"x\" : -0.25e+1 , \"y\" : [ [ ] , { } , \"\" ] } ",
        "{\"k\\\"\\\\\":\"v\\/\\b\\f\\r\\t\",\"n\":[0,1e3,12.5,-7]}",
    };
    int accepted = 0;
    for (int i = 0; i < 300000; i++) {
        char text[256];
        const char *start = sound[next_random() % 3];
        size_t length = strlen(start);
        memcpy(text, start, length);
        for (uint64_t changes = next_random() % 4; changes > 0; changes--)
            mutate(text, &length);

        json_error_t reason;
        json_t *root = json_loadb(text, length, JSON_ALLOW_NUL, &reason);
        bool expected = json_is_object(root);
        json_decref(root);
        enum json_error_code code = json_error_code(&reason);
        if (root == NULL && (code == json_error_numeric_overflow ||
                             code == json_error_invalid_utf8))
            continue; /* both are text to us */
        accepted += expected;
        if (is_sound(text, length) != expected)
            fail_msg("jansson says %d of '%.*s'", expected, (int)length, text);
    }
    assert_true(accepted > 50000);
}

static void assert_key(const char *key, const char *name, bool same)
{
    assert_int_equal(json_key_is(slice_of(key), slice_of(name)), same);
}

static void keys(void **state)
{
    (void)state;
    assert_key("score", "score", true);
    assert_key("score", "scor", false);
    assert_key("scor", "score", false);
    assert_key("", "", true);
    assert_key("sc\\u006Fre", "score", true);
    assert_key("sc\\u006Fres", "score", false);
    assert_key("sc\\u006F", "score", false);
    assert_key("a\\/b", "a/b", true);
    assert_key("\\ud83d\\ude00", "\xF0\x9F\x98\x80", true);
    assert_key("\\\\u0041", "A", false);
    assert_key("a\\tb", "a\\tb", false);
}

static void assert_decoded(const char *string, const char *expected)
{
    char out[256];
    assert_true(strlen(string) < sizeof out);
    size_t length = json_decode(slice_of(string), out);
    assert_int_equal(length, strlen(expected));
    assert_memory_equal(out, expected, length);
}

static void decoding(void **state)
{
    (void)state;
    assert_decoded("", "");
    assert_decoded("plain \xC3\xA9", "plain \xC3\xA9");
    assert_decoded("\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t");
    assert_decoded("\\u0041\\u00e9\\u20AC\\uffff",
                   "A\xC3\xA9\xE2\x82\xAC\xEF\xBF\xBF");
    assert_decoded("\\uD83D\\uDE00\\udbff\\udfff",
                   "\xF0\x9F\x98\x80\xF4\x8F\xBF\xBF");
    /* halves without the other one */
    assert_decoded("\\ud83d", "\xEF\xBF\xBD");
    assert_decoded("\\ud83dx", "\xEF\xBF\xBDx");
    assert_decoded("\\ude00\\ud83d", "\xEF\xBF\xBD\xEF\xBF\xBD");
    assert_decoded("\\ud83d\\ud83d\\ude00", "\xEF\xBF\xBD\xF0\x9F\x98\x80");
    assert_decoded("\\ud83d\\n", "\xEF\xBF\xBD\n");
    assert_decoded("\\ud83d\\u0041", "\xEF\xBF\xBD"
                                     "A");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members),
        cmocka_unit_test(broken_texts),
        cmocka_unit_test(specials_at_every_offset),
        cmocka_unit_test(nesting),
        cmocka_unit_test(same_grammar_as_jansson),
        cmocka_unit_test(keys),
        cmocka_unit_test(decoding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
