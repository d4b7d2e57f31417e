/*
 * test_tokenref.c - replays the reference's cases: token ids and types of 13
 * real vocabularies and of all fixture models, transformers 4.57.6; from the
 * directories and from packed files.
 *
 * The data lie outside the repository ($XENC_SHARED, else ../shared beside the
 * source); without them the tests are skipped.
 */
#include "base/files.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/packfile.h"
#include "text/packed.h"
#include "text/pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything that one directory's cases need. */
struct replay {
    char directory[2 * PATH_MAX];
    struct tokenizer *tokenizer;
    struct tokenizer_scratch scratch;
    size_t limit; /* of cases that name none; SIZE_MAX: none */
    size_t cases;
};

static const char *shared(void)
{
    const char *path = getenv("XENC_SHARED");
    const char *source = getenv("top_srcdir");
    static char beside[PATH_MAX];
    snprintf(beside, sizeof beside, "%s/../shared", source ? source : ".");
    return path ? path : beside;
}

static void assert_numbers(const struct replay *replay, const json_t *want,
                           const struct token_list *got, const char *what)
{
    bool equal = json_array_size(want) == got->count;
    for (size_t i = 0; equal && i < got->count; i++)
        equal = json_integer_value(json_array_get(want, i)) == got->ids[i];
    if (!equal)
        fail_msg("%s: case %zu: other %s", replay->directory, replay->cases + 1,
                 what);
}

/* json_KEY, where present, is what transformers 4 gives. */
static const json_t *wanted(const json_t *object, const char *key)
{
    char other[32];
    snprintf(other, sizeof other, "json_%s", key);
    const json_t *value = json_object_get(object, other);
    return value ? value : json_object_get(object, key);
}

static enum truncation truncation_of(const json_t *object)
{
    const char *name = json_string_value(json_object_get(object, "truncation"));
    if (name != NULL && strcmp(name, "only_first") == 0)
        return TRUNCATION_ONLY_FIRST;
    if (name != NULL && strcmp(name, "only_second") == 0)
        return TRUNCATION_ONLY_SECOND;
    return TRUNCATION_LONGEST_FIRST;
}

static void encode(struct replay *replay, const json_t *text,
                   struct token_list *ids)
{
    struct error error = {0};
    if (!tokenizer_encode(replay->tokenizer, &replay->scratch, json_slice(text),
                          ids, NULL, &error))
        fail_msg("%s: %s", replay->directory, error.text);
}

static void replay_case(struct replay *replay, const json_t *object)
{
    struct token_list first = {0}, second = {0}, ids = {0}, types = {0};
    const json_t *b = json_object_get(object, "b");
    const json_t *limit = json_object_get(object, "max_length");
    encode(replay, json_object_get(object, "a"), &first);
    if (b != NULL)
        encode(replay, b, &second);

    struct id_span one = {first.ids, first.count};
    struct id_span two = {second.ids, second.count};
    struct error error = {0};
    bool cut;
    struct cut_rule rule = {
        limit ? (size_t)json_integer_value(limit) : replay->limit,
        truncation_of(object), json_object_get(object, "side") != NULL};
    bool fine = pair_build(replay->tokenizer, one, b ? &two : NULL, rule, &ids,
                           &types, &cut, &error);
    if (wanted(object, "ids") == NULL) {
        assert_false(fine); /* the reference raises an error, too */
    } else {
        assert_string_equal(error.text, "");
        assert_numbers(replay, wanted(object, "ids"), &ids, "ids");
        if (tokenizer_gives_types(replay->tokenizer))
            assert_numbers(replay, wanted(object, "type_ids"), &types, "types");
    }
    token_list_free(&first);
    token_list_free(&second);
    token_list_free(&ids);
    token_list_free(&types);
}

/* What xenc does not do: limits below the special tokens. */
static bool is_left_out(const json_t *object)
{
    const json_t *limit = json_object_get(object, "max_length");
    return limit != NULL && json_integer_value(limit) < 4;
}

static void replay_lines(struct replay *replay, struct slice text)
{
    while (text.length > 0) {
        const char *end = memchr(text.bytes, '\n', text.length);
        size_t length = end ? (size_t)(end - text.bytes) : text.length;
        struct error error = {0};
        json_t *object = json_parse((struct slice){text.bytes, length}, "cases",
                                    replay->cases + 1, &error);
        assert_string_equal(error.text, "");
        if (!is_left_out(object))
            replay_case(replay, object);
        json_decref(object);
        replay->cases++;
        length += end != NULL;
        text.bytes += length;
        text.length -= length;
    }
}

/* The fixtures' ids are cut to the limit of their model. */
static size_t fixture_limit(const struct replay *replay)
{
    char path[3 * PATH_MAX];
    struct error error = {0};
    snprintf(path, sizeof path, "%s/config.json", replay->directory);
    json_t *config = json_load_object(path, &error);
    assert_string_equal(error.text, "");
    const json_t *value = json_object_get(config, "max_position_embeddings");
    size_t positions = (size_t)json_integer_value(value);
    size_t limit = tokenizer_limit(replay->tokenizer);
    json_decref(config);
    return positions > 0 && positions < limit ? positions : limit;
}

/* The same tokenizer, written to a packed file and mapped from it. */
static struct tokenizer *pack(struct tokenizer *tokenizer,
                              struct packfile *packed)
{
    char path[] = "/tmp/xenc-tokenref-XXXXXX";
    struct error error = {0};
    struct tensors tables = {0};
    json_t *metadata = json_object();
    json_t *stages = tokenizer_pack(tokenizer, &tables, &error);
    assert_string_equal(error.text, "");
    char *text = json_dumps(stages, 0);
    json_object_set_new(metadata, "tokenizer", json_string(text));
    json_object_set_new(metadata, "files", json_string("{}"));
    json_object_set_new(metadata, "matrices", json_string("{}"));
    close(mkstemp(path));
    assert_true(packfile_write(path, &tables, metadata, &error));
    json_decref(metadata);
    json_decref(stages);
    free(text);
    tensors_free(&tables);
    tokenizer_close(tokenizer);

    bool is_open = packfile_open(packed, path, &error);
    unlink(path);
    assert_string_equal(error.text, "");
    assert_true(is_open);
    tokenizer = tokenizer_map(packed->tokenizer, &packed->tensors, packed->path,
                              &error);
    assert_string_equal(error.text, "");
    return tokenizer;
}

/* Returns the number of cases; 0 where there are none. */
static size_t replay_directory(const char *directory, const char *name,
                               bool is_fixture, bool is_packed)
{
    struct packfile packed = {.path = NULL};
    struct replay replay = {.limit = SIZE_MAX};
    char path[3 * PATH_MAX];
    struct error error = {0};
    struct file file;
    snprintf(replay.directory, sizeof replay.directory, "%s/%s", directory,
             name);
    snprintf(path, sizeof path, "%s/cases.jsonl", replay.directory);
    if (!file_exists(path, &error))
        return 0;

    replay.tokenizer = tokenizer_open(replay.directory, &error);
    if (replay.tokenizer == NULL)
        fail_msg("%s", error.text);
    if (is_packed)
        replay.tokenizer = pack(replay.tokenizer, &packed);
    if (is_fixture)
        replay.limit = fixture_limit(&replay);
    /* The two JinaBERT fixtures were cut to a length of their own. */
    if (is_fixture && strncmp(name, "jina_", 5) == 0)
        replay.limit = 300;
    assert_true(file_map(&file, path, &error));
    replay_lines(&replay, (struct slice){file.bytes, file.length});
    file_release(&file);
    tokenizer_scratch_free(&replay.scratch);
    tokenizer_close(replay.tokenizer);
    packfile_close(&packed);
    return replay.cases;
}

static void replay_all(const char *folder, bool is_fixture, bool is_packed,
                       size_t least)
{
    char directory[PATH_MAX + 16];
    snprintf(directory, sizeof directory, "%s/%s", shared(), folder);
    DIR *list = opendir(directory);
    if (list == NULL) {
        print_message("skipped: no %s\n", directory);
        skip();
    }
    size_t cases = 0;
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list))
        if (entry->d_name[0] != '.')
            cases += replay_directory(directory, entry->d_name, is_fixture,
                                      is_packed);
    closedir(list);
    assert_true(cases >= least);
}

static void real_vocabularies_give_the_reference_s_ids(void **state)
{
    (void)state;
    replay_all("tokenref", false, false, 13 * 689);
}

static void fixtures_give_the_reference_s_ids(void **state)
{
    (void)state;
    replay_all("fixtures", true, false, 700);
}

static void packed_vocabularies_give_the_same_ids(void **state)
{
    (void)state;
    replay_all("tokenref", false, true, 13 * 689);
}

static void packed_fixtures_give_the_same_ids(void **state)
{
    (void)state;
    replay_all("fixtures", true, true, 700);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_vocabularies_give_the_reference_s_ids),
        cmocka_unit_test(fixtures_give_the_reference_s_ids),
        cmocka_unit_test(packed_vocabularies_give_the_same_ids),
        cmocka_unit_test(packed_fixtures_give_the_same_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
