/*
 * test_packfile.c - packed files that were cut or changed: refused, or, where
 * somebody made the checksums right again, harmless.
 */
#include "base/memory.h"
#include "cli/model.h"

#include "seal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Separate and fused projections, tables that are derived, a gate. */
static const char *const models[] = {"bert", "modernbert", "deberta_v3",
                                     "jina"};
enum { MODELS = sizeof models / sizeof *models };

static char path[] = "/tmp/xenc-packfile-XXXXXX";

static int make_path(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

/* The bytes of a golden model's packed file. */
static struct buffer pack(const char *model, enum precision precision)
{
    struct error error = {0};
    struct buffer bytes = {0};
    const char *source = getenv("top_srcdir");
    char *golden = file_join(source ? source : ".", "tests/golden", &error);
    char *directory = file_join(golden, model, &error);
    const struct options options = {
        .model = directory, .output = path, .precision = precision};
    assert_int_equal(command_pack.run(&options), EXIT_DONE);
    assert_true(file_read(&bytes, path, FILE_READ_MOST, &error));
    memory_free(directory);
    memory_free(golden);
    return bytes;
}

/* A new file each time: the old one may still be mapped. */
static void put(const char *bytes, size_t length)
{
    unlink(path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static bool is_opened(struct error *error)
{
    struct packfile file;
    bool fine = packfile_open(&file, path, error);
    packfile_close(&file);
    assert_true(fine == !error->set);
    return fine;
}

static void every_cut_is_refused(void **state)
{
    (void)state;
    struct buffer bytes = pack("bert", PRECISION_INT8);
    for (size_t length = 0; length < bytes.length; length += 1 + length / 16) {
        struct error error = {0};
        put(bytes.bytes, length);
        assert_false(is_opened(&error));
        assert_non_null(strstr(error.text, path));
    }
    buffer_free(&bytes);
}

/* A changed bit is seen at once, or by packfile_verify when it is in the
 * weights. */
static void every_changed_bit_is_seen(void **state)
{
    (void)state;
    struct buffer bytes = pack("bert", PRECISION_F32);
    size_t unseen = 0, tried = 0;
    for (size_t bit = 0; bit < 8 * bytes.length; bit += 1 + bit % 61 * 37) {
        struct error error = {0};
        struct packfile file;
        char *byte = &bytes.bytes[bit / 8];
        *byte ^= (char)(1 << bit % 8);
        put(bytes.bytes, bytes.length);
        if (packfile_open(&file, path, &error)) {
            assert_false(packfile_verify(&file, &error));
            unseen++;
            packfile_close(&file);
        }
        assert_true(error.set);
        *byte ^= (char)(1 << bit % 8);
        tried++;
    }
    assert_true(unseen > 0 && unseen < tried);
    put(bytes.bytes, bytes.length);
    struct error error = {0};
    assert_true(is_opened(&error));
    buffer_free(&bytes);
}

static void seal(struct buffer *bytes)
{
    put(bytes->bytes, bytes->length);
    seal_packed(bytes, path);
    put(bytes->bytes, bytes->length);
}

/* Opens all of it and runs a few tokens, for the sanitizers. */
static bool survives(void)
{
    static const int32_t ids[] = {1, 5, 2, 7, 11, 3}, types[6] = {0};
    static const size_t start[] = {0, 2, 6};
    const struct batch batch = {
        .sequences = 2, .start = start, .ids = ids, .types = types};
    const struct options options = {.model = path};
    struct workspace workspace = {0};
    struct error error = {0};
    struct model model;
    if (!model_open(&model, &options, &error)) {
        assert_true(error.set);
        return false;
    }
    size_t labels = encoder_spec(model.encoder)->labels;
    float *logits = calloc(2 * labels, sizeof *logits);
    if (encoder_accepts(model.encoder, ids, types, 6, &error))
        encoder_run(model.encoder, &workspace, &batch, logits, &error);
    free(logits);
    workspace_free(&workspace);
    model_close(&model);
    return true;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Two changes each, most of them to the header, where they do the most. */
static void changed_and_sealed_files_are_refused_or_harmless(void **state)
{
    (void)state;
    enum { ROUNDS = 250 };
    uint32_t random = 5;
    for (size_t i = 0; i < MODELS; i++) {
        struct buffer whole = pack(models[i], (enum precision)(i % 2));
        struct buffer bytes = {0};
        struct error error = {0};
        size_t header = (unsigned char)whole.bytes[0] |
                        (size_t)(unsigned char)whole.bytes[1] << 8;
        size_t refused = 0;
        for (size_t round = 0; round < ROUNDS; round++) {
            static const char signs[] = "0123456789-\"{}[],: tfn";
            bytes.length = 0;
            assert_true(
                buffer_append(&bytes, whole.bytes, whole.length, &error));
            for (size_t change = 0; change < 2; change++) {
                size_t room = round % 4 == 0 ? whole.length : header;
                size_t at = 8 + next_random(&random) % (room - 8);
                bytes.bytes[at] =
                    signs[next_random(&random) % (sizeof signs - 1)];
            }
            seal(&bytes);
            refused += !survives();
        }
        assert_true(refused > 0 && refused < ROUNDS);
        buffer_free(&bytes);
        buffer_free(&whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(every_changed_bit_is_seen),
        cmocka_unit_test(changed_and_sealed_files_are_refused_or_harmless),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
