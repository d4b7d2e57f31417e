/*
 * test_spans.c - which bytes of a text each token stands for: the reference's
 * answers (tests/golden/spans.jsonl, made by make_spans.py), and alignments by
 * hand.
 */
#include "base/files.h"
#include "base/json.h"
#include "base/memory.h"
#include "text/tokenizer.h"
#include "text/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tokenizer of the last case: the cases of one follow each other. */
struct replay {
    char name[128];
    struct tokenizer *tokenizer; /* NULL: not here */
    struct tokenizer_scratch scratch;
    size_t cases, left_out;
};

static const char *source(void)
{
    const char *path = getenv("top_srcdir");
    return path ? path : ".";
}

/* golden/NAME is in the repository, tokenref/NAME among the shared data. */
static void find_directory(const char *name, char *path, size_t room)
{
    const char *shared = getenv("XENC_SHARED");
    if (strncmp(name, "golden/", 7) == 0)
        snprintf(path, room, "%s/tests/%s", source(), name);
    else if (shared != NULL)
        snprintf(path, room, "%s/%s", shared, name);
    else
        snprintf(path, room, "%s/../shared/%s", source(), name);
}

static void close_tokenizer(struct replay *replay)
{
    tokenizer_close(replay->tokenizer);
    tokenizer_scratch_free(&replay->scratch);
    replay->tokenizer = NULL;
}

static void open_tokenizer(struct replay *replay, const char *name)
{
    char path[2 * PATH_MAX];
    struct error error = {0};
    if (strcmp(replay->name, name) == 0)
        return;
    close_tokenizer(replay);
    snprintf(replay->name, sizeof replay->name, "%s", name);
    find_directory(name, path, sizeof path);
    char config[sizeof path + 16];
    snprintf(config, sizeof config, "%s/config.json", path);
    if (!file_exists(config, &error))
        return;
    replay->tokenizer = tokenizer_open(path, &error);
    assert_string_equal(error.text, "");
}

static size_t number(const json_t *list, size_t i)
{
    return (size_t)json_integer_value(json_array_get(list, i));
}

static void compare(const struct replay *replay, struct slice text,
                    const json_t *want, const struct span_list *got)
{
    if (json_array_size(want) != got->count)
        fail_msg("%s: %.*s: %zu spans of %zu", replay->name, (int)text.length,
                 text.bytes, got->count, json_array_size(want));
    for (size_t i = 0; i < got->count; i++) {
        const json_t *pair = json_array_get(want, i);
        struct span span = got->spans[i];
        /* An empty span may lie on either side of the white space that it was;
         * a blank before the first character counts as that one here. */
        bool is_empty = number(pair, 0) == number(pair, 1);
        bool may_differ =
            is_empty && (span.begin == span.end || span.begin == 0);
        if (!may_differ &&
            (span.begin != number(pair, 0) || span.end != number(pair, 1)))
            fail_msg("%s: %.*s: token %zu is %zu-%zu, not %zu-%zu",
                     replay->name, (int)text.length, text.bytes, i, span.begin,
                     span.end, number(pair, 0), number(pair, 1));
    }
}

static void replay_case(struct replay *replay, const json_t *object)
{
    open_tokenizer(replay,
                   json_string_value(json_object_get(object, "tokenizer")));
    if (replay->tokenizer == NULL) {
        replay->left_out++;
        return;
    }
    struct slice text = json_slice(json_object_get(object, "text"));
    struct token_list ids = {0}, plain = {0};
    struct span_list spans = {0};
    struct error error = {0};
    assert_true(tokenizer_encode_spans(replay->tokenizer, &replay->scratch,
                                       text, &ids, &spans, NULL, &error));
    assert_true(tokenizer_encode(replay->tokenizer, &replay->scratch, text,
                                 &plain, NULL, &error));
    assert_int_equal(ids.count, plain.count);
    assert_memory_equal(ids.ids, plain.ids, ids.count * sizeof *ids.ids);
    assert_int_equal(ids.count, spans.count);
    compare(replay, text, json_object_get(object, "spans"), &spans);
    replay->cases++;
    token_list_free(&ids);
    token_list_free(&plain);
    span_list_free(&spans);
}

static void tokens_stand_for_the_reference_s_bytes(void **state)
{
    (void)state;
    char path[2 * PATH_MAX];
    struct buffer lines = {0};
    struct error error = {0};
    struct replay replay = {0};
    snprintf(path, sizeof path, "%s/tests/golden/spans.jsonl", source());
    assert_true(file_read(&lines, path, FILE_READ_MOST, &error));

    const char *at = lines.bytes, *end = at + lines.length;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        json_t *object = json_parse((struct slice){at, (size_t)(newline - at)},
                                    path, 0, &error);
        assert_string_equal(error.text, "");
        replay_case(&replay, object);
        json_decref(object);
        at = newline + 1;
    }
    close_tokenizer(&replay);
    buffer_free(&lines);
    assert_true(replay.cases > 0);
    if (replay.left_out > 0)
        print_message("%zu of %zu cases: no shared vocabularies here\n",
                      replay.left_out, replay.cases + replay.left_out);
}

/*** Cuts ***/

static void append_ids(struct replay *replay, struct slice text,
                       struct token_list *ids)
{
    struct error error = {0};
    assert_true(tokenizer_encode(replay->tokenizer, &replay->scratch, text, ids,
                                 NULL, &error));
}

/* At every place where it may be cut, the halves have the ids of the whole. */
static size_t try_cuts(struct replay *replay, struct slice text)
{
    struct token_list whole = {0}, halves = {0};
    size_t cuts = 0, at = 0;
    append_ids(replay, text, &whole);
    while ((at = tokenizer_cut(replay->tokenizer, text, at + 1)) <
           text.length) {
        halves.count = 0;
        append_ids(replay, (struct slice){text.bytes, at}, &halves);
        append_ids(replay, (struct slice){text.bytes + at, text.length - at},
                   &halves);
        assert_int_equal(halves.count, whole.count);
        assert_memory_equal(halves.ids, whole.ids,
                            whole.count * sizeof *whole.ids);
        cuts++;
    }
    token_list_free(&whole);
    token_list_free(&halves);
    return cuts;
}

static void cutting_where_allowed_changes_no_id(void **state)
{
    (void)state;
    static const char *const names[] = {"golden/bert",
                                        "golden/bert_cased_3",
                                        "golden/deberta",
                                        "golden/deberta_v3",
                                        "golden/jina",
                                        "golden/modernbert",
                                        "golden/roberta",
                                        "golden/xlmr",
                                        "tokenref/bert-cased",
                                        "tokenref/modernbert",
                                        "tokenref/roberta",
                                        "tokenref/xlmr",
                                        "tokenref/deberta-v3",
                                        "tokenref/bert-uncased",
                                        "tokenref/deberta-v1",
                                        "tokenref/xlmr-json-small",
                                        "tokenref/roberta-json-prefix"};
    static const char text[] =
        "how do I report 2 bugs  in a[SEP] b <mask> c the R\xC3\xA9sum\xC3\xA9 "
        "of x e\xCC\x81 y a\xEF\xAC\x81 b\tc d 'll go 3.5 <s> 7 is "
        "\xE4\xB8\xAD "
        "z\xC2\xA0y \xE2\x96\x81 k un\xCC\x88 m\n"
        "aGVs/bG8+d29y+bGQ/x {\"k\":1,\"a\":[1,2],\"it's\":\"x'll\"} a_b.c,d-e "
        "5/6 I've/x#1";
    struct replay replay = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        open_tokenizer(&replay, names[i]);
        if (replay.tokenizer != NULL)
            assert_true(try_cuts(&replay, slice_of(text)) > 8);
    }
    close_tokenizer(&replay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_stand_for_the_reference_s_bytes),
        cmocka_unit_test(cutting_where_allowed_changes_no_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
