/*
 * test_packed.c - tokenizers from packed tables: the same ids as from a
 * directory; tables and stages with changed bits are refused or harmless.
 */
#include "base/files.h"
#include "base/memory.h"
#include "text/packed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A model of each kind; deberta_v3 has a map of characters. */
static const char *const models[] = {"bert", "roberta", "xlmr", "deberta_v3"};
enum { MODELS = sizeof models / sizeof *models };

static const char *const texts[] = {
    "the quick brown fox jumps over the lazy dog",
    "Caf\xC3\xA9 na\xC3\xAFve \xE2\x91\xA0\xEF\xBC\xA1 1234567890 !?;:",
    "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E \xF0\x9F\x98\x80  <s>[SEP] tabs\tend",
    "unbelievableunbelievableunbelievableunbelievable",
};
enum { TEXTS = sizeof texts / sizeof *texts };

struct packed {
    struct tokenizer *original;
    struct tensors tables;
    json_t *stages;
};

/* Tables are copied, so that a test may change them. */
static void open_packed(struct packed *packed, const char *model)
{
    struct error error = {0};
    const char *source = getenv("top_srcdir");
    char *golden = file_join(source ? source : ".", "tests/golden", &error);
    char *directory = file_join(golden, model, &error);
    *packed = (struct packed){.original = tokenizer_open(directory, &error)};
    assert_string_equal(error.text, "");
    packed->stages = tokenizer_pack(packed->original, &packed->tables, &error);
    assert_string_equal(error.text, "");
    for (size_t i = 0; i < packed->tables.count; i++) {
        struct tensor *table = &packed->tables.list[i];
        void *copy = tensors_new_copy(&packed->tables, table->bytes, &error);
        assert_non_null(copy);
        memcpy(copy, table->data, table->bytes);
        table->data = copy;
    }
    memory_free(directory);
    memory_free(golden);
}

static void close_packed(struct packed *packed)
{
    json_decref(packed->stages);
    tensors_free(&packed->tables);
    tokenizer_close(packed->original);
}

static void encode(const struct tokenizer *tokenizer, struct token_list *ids)
{
    struct tokenizer_scratch scratch = {NULL};
    struct error error = {0};
    for (size_t i = 0; i < TEXTS; i++)
        assert_true(tokenizer_encode(tokenizer, &scratch, slice_of(texts[i]),
                                     ids, NULL, &error));
    tokenizer_scratch_free(&scratch);
}

static void a_mapped_tokenizer_gives_the_same_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        struct error error = {0};
        struct packed packed;
        struct token_list wanted = {0}, found = {0};
        open_packed(&packed, models[i]);
        struct tokenizer *mapped =
            tokenizer_map(packed.stages, &packed.tables, "file", &error);
        assert_string_equal(error.text, "");
        encode(packed.original, &wanted);
        encode(mapped, &found);
        assert_int_equal(wanted.count, found.count);
        assert_memory_equal(wanted.ids, found.ids,
                            wanted.count * sizeof *wanted.ids);
        assert_string_equal(tokenizer_description(packed.original),
                            tokenizer_description(mapped));
        assert_int_equal(tokenizer_limit(packed.original),
                         tokenizer_limit(mapped));
        token_list_free(&wanted);
        token_list_free(&found);
        tokenizer_close(mapped);
        close_packed(&packed);
    }
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Maps and, where nothing was found wrong, encodes: the sanitizers see what
 * leads outside.  Ids may be wrong but lie in the vocabulary. */
static bool survives(const json_t *stages, const struct tensors *tables)
{
    struct error error = {0};
    struct token_list ids = {0};
    struct tokenizer *mapped = tokenizer_map(stages, tables, "file", &error);
    assert_true((mapped == NULL) == error.set);
    if (mapped == NULL)
        return false;
    encode(mapped, &ids);
    for (size_t i = 0; i < ids.count; i++)
        assert_non_null(tokenizer_token(mapped, ids.ids[i]).bytes);
    token_list_free(&ids);
    tokenizer_close(mapped);
    return true;
}

static void changed_tables_are_refused_or_harmless(void **state)
{
    (void)state;
    enum { ROUNDS = 600 };
    uint32_t random = 13;
    for (size_t i = 0; i < MODELS; i++) {
        struct packed packed;
        size_t refused = 0;
        open_packed(&packed, models[i]);
        for (size_t round = 0; round < ROUNDS; round++) {
            const struct tensor *table =
                &packed.tables.list[round % packed.tables.count];
            char *bytes = (char *)(uintptr_t)table->data;
            size_t at = next_random(&random) % table->bytes;
            char old = bytes[at];
            bytes[at] ^= (char)(1 << next_random(&random) % 8);
            refused += !survives(packed.stages, &packed.tables);
            bytes[at] = old;
        }
        assert_true(refused > 0 && refused < ROUNDS);
        close_packed(&packed);
    }
}

/* Other lengths than the tables have. */
static void short_tables_are_refused_or_harmless(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        struct packed packed;
        open_packed(&packed, models[i]);
        for (size_t j = 0; j < packed.tables.count; j++) {
            struct tensor *table = &packed.tables.list[j];
            struct tensor whole = *table;
            size_t row = whole.bytes / (size_t)whole.shape[0];
            for (size_t rows = 0; rows < whole.shape[0]; rows += rows / 2 + 1) {
                /* A copy, so that the sanitizers see its end. */
                table->shape[0] = rows;
                table->bytes = rows * row;
                void *copy = malloc(table->bytes);
                memcpy(copy, whole.data, table->bytes);
                table->data = copy;
                survives(packed.stages, &packed.tables);
                free(copy);
            }
            *table = whole;
            table->type = table->type == TENSOR_U8 ? TENSOR_I8 : TENSOR_U8;
            assert_true(!survives(packed.stages, &packed.tables) ||
                        strstr(whole.name.bytes, "charsmap") != NULL);
            *table = whole;
        }
        close_packed(&packed);
    }
}

static void changed_stages_are_refused_or_harmless(void **state)
{
    (void)state;
    enum { ROUNDS = 1500 };
    uint32_t random = 7;
    for (size_t i = 0; i < MODELS; i++) {
        struct packed packed;
        size_t refused = 0;
        open_packed(&packed, models[i]);
        char *text = json_dumps(packed.stages, 0);
        size_t length = strlen(text);
        for (size_t round = 0; round < ROUNDS; round++) {
            static const char signs[] = "0123456789-\"{}[],:tfn";
            size_t at = next_random(&random) % length;
            char old = text[at];
            text[at] = signs[next_random(&random) % (sizeof signs - 1)];
            json_t *stages = json_loadb(text, length, 0, NULL);
            refused += stages == NULL || !survives(stages, &packed.tables);
            json_decref(stages);
            text[at] = old;
        }
        assert_true(refused > 0 && refused < ROUNDS);
        free(text);
        close_packed(&packed);
    }
}

/* A table without a free slot would be searched for ever. */
static void full_tables_are_refused(void **state)
{
    (void)state;
    struct packed packed;
    open_packed(&packed, "roberta");
    static const char *const names[] = {"tokenizer.slots", "tokenizer.rules"};
    for (size_t i = 0; i < 2; i++) {
        const struct tensor *table =
            tensors_find(&packed.tables, slice_of(names[i]));
        uint64_t *rows = (uint64_t *)(uintptr_t)table->data;
        uint64_t *used = rows;
        while (used[0] == 0 || used[1] == 0)
            used += 2;
        for (size_t row = 0; row < table->shape[0]; row++)
            if (rows[2 * row + 1] == 0)
                memcpy(&rows[2 * row], used, 2 * sizeof *rows);
        assert_false(survives(packed.stages, &packed.tables));
        close_packed(&packed);
        open_packed(&packed, "roberta");
    }
    close_packed(&packed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mapped_tokenizer_gives_the_same_ids),
        cmocka_unit_test(changed_tables_are_refused_or_harmless),
        cmocka_unit_test(short_tables_are_refused_or_harmless),
        cmocka_unit_test(changed_stages_are_refused_or_harmless),
        cmocka_unit_test(full_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
