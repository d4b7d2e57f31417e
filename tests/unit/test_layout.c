/*
 * test_layout.c - packed weights by their layout's numbers: what every kernel
 * of this CPU packs comes out as it went in.
 */
#include "kernels/kernels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const size_t shapes[][2] = {{1, 1},  {7, 5},   {16, 16}, {33, 66},
                                   {48, 4}, {49, 63}, {97, 130}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

/* Exact in bfloat16, so that every precision but int8 gives them back. */
static float *make_weights(size_t count)
{
    float *w = calloc(count, sizeof *w);
    for (size_t i = 0; i < count; i++)
        w[i] = (float)((int)(i * 37 % 255) - 127) / 64;
    return w;
}

static void *pack_of(const struct gemm *gemm, size_t n, size_t k,
                     const float *w, size_t *bytes)
{
    *bytes = gemm->packed_bytes(n, k);
    size_t room = (*bytes + 63) / 64 * 64;
    void *packed = aligned_alloc(64, room);
    assert_non_null(packed);
    memset(packed, 0, room); /* as memory_new gives it */
    gemm->pack(n, k, w, packed);
    return packed;
}

static void check_floats(const struct gemm *gemm, size_t n, size_t k)
{
    float *w = make_weights(n * k), *out = calloc(n * k, sizeof *out);
    size_t bytes;
    void *packed = pack_of(gemm, n, k, w, &bytes);
    assert_int_equal(bytes, layout_bytes(&gemm->layout, n, k));
    layout_unpack_f32(&gemm->layout, n, k, packed, out);
    assert_memory_equal(w, out, n * k * sizeof *w);
    free(packed);
    free(out);
    free(w);
}

/* Unpacked and packed again they are the same bytes. */
static void check_integers(const struct gemm *gemm, size_t n, size_t k)
{
    float *w = make_weights(n * k), *out = calloc(n * k, sizeof *out);
    float *scales = calloc(n, sizeof *scales);
    int8_t *rows = calloc(n * k, 1);
    size_t bytes;
    void *packed = pack_of(gemm, n, k, w, &bytes);
    void *again = pack_of(gemm, n, k, w, &bytes);
    assert_int_equal(bytes, layout_bytes(&gemm->layout, n, k));
    layout_unpack_i8(&gemm->layout, n, k, packed, rows, scales);
    gemm->pack_i8(n, k, rows, scales, again);
    assert_memory_equal(packed, again, bytes);
    layout_unpack_f32(&gemm->layout, n, k, packed, out);
    for (size_t i = 0; i < n * k; i++)
        assert_true(out[i] == (float)rows[i] * scales[i / k]);
    free(again);
    free(packed);
    free(rows);
    free(scales);
    free(out);
    free(w);
}

static void what_is_packed_comes_out(void **state)
{
    (void)state;
    const char *name;
    for (size_t i = 0; (name = kernels_rung_name(i)) != NULL; i++) {
        const struct kernels *kernels = kernels_rung(name);
        for (int p = 0; kernels != NULL && p < PRECISION_COUNT; p++) {
            const struct gemm *gemm = &kernels->gemm[p];
            bool is_packed = gemm->name && gemm->packed_bytes(8, 8) > 0;
            for (size_t s = 0; is_packed && s < SHAPES; s++)
                if (layout_is_integer(&gemm->layout))
                    check_integers(gemm, shapes[s][0], shapes[s][1]);
                else
                    check_floats(gemm, shapes[s][0], shapes[s][1]);
        }
    }
}

static void layouts_as_texts(void **state)
{
    (void)state;
    static const char *const good[] = {"f32 48 16 0",  "f32 0 0 0",
                                       "i8 48 16 2",   "i16 16 8 2",
                                       "bf16 32 16 0", "i8 0 0 0"};
    static const char *const bad[] = {"",
                                      "f32",
                                      "f32 48 16",
                                      "f64 48 16 0",
                                      "f32 48 7 0",
                                      "f32 48 0 0",
                                      "f32 0 16 0",
                                      "f32 0 0 1",
                                      "i8 48 16 1",
                                      "f32 48 16 9",
                                      "f32 4096 1 0",
                                      "f32 48 16 0 ",
                                      "f32 -1 1 0",
                                      "f32 99999999999 1 0"};
    char text[LAYOUT_TEXT_BYTES];
    struct layout layout;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(layout_parse(good[i], &layout));
        layout_print(&layout, text);
        assert_string_equal(text, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (layout_parse(bad[i], &layout))
            fail_msg("'%s' is no layout", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_out),
        cmocka_unit_test(layouts_as_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
