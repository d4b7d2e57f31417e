/*
 * reference_i8.c - the int8 product in plain C: what the others must give, bit
 * by bit.
 *
 * A pack is the scales of all rows and then the rows; a prepared row is its
 * scale and its elements.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

/* NaN where one is among them.  Magnitudes are compared as integers, whose
 * order is that of floats, with NaN above all. */
static float most_magnitude(size_t n, const float *x)
{
    int32_t most = 0;

    for (size_t i = 0; i < n; i++) {
        int32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        bits &= INT32_MAX;
        most = bits > most ? bits : most;
    }
    return float_at(&most);
}

static float quantise(size_t n, const float *x, int8_t *out)
{
    float scale, inverse = i8_inverse(most_magnitude(n, x), &scale);

    for (size_t i = 0; i < n; i++)
        out[i] = inverse == 0 ? 0 : (int8_t)lrintf(x[i] * inverse);
    return scale;
}

static size_t packed_bytes(size_t n, size_t k)
{
    return i8_scale_bytes(n) + n * k;
}

static void pack(size_t n, size_t k, const float *w, void *packed)
{
    float *scales = packed;
    int8_t *out = (int8_t *)packed + i8_scale_bytes(n);

    for (size_t j = 0; j < n; j++)
        scales[j] = quantise(k, w + j * k, out + j * k);
}

static void pack_i8(size_t n, size_t k, const int8_t *w, const float *scales,
                    void *packed)
{
    if (n == 0)
        return;
    memcpy(packed, scales, n * sizeof *scales);
    memcpy((char *)packed + i8_scale_bytes(n), w, n * k);
}

static size_t row_bytes(size_t k)
{
    return odd_lines(ROW_HEADER_BYTES + k);
}

static void prepare(size_t rows, size_t k, const float *x, size_t ldx,
                    void *prepared)
{
    char *row = prepared;

    for (; rows > 0; rows--, x += ldx, row += row_bytes(k)) {
        float scale = quantise(k, x, (int8_t *)row + ROW_HEADER_BYTES);
        memcpy(row, &scale, sizeof scale);
    }
}

/* Beyond I8_MOST_INPUTS the sum wraps around, which is refused before. */
static int32_t dot(size_t k, const int8_t *a, const int8_t *b)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < k; i++)
        sum += (uint32_t)(a[i] * b[i]);
    return (int32_t)sum;
}

static void gemm_i8_plain(size_t m, size_t n, size_t k, const void *rows,
                          size_t distance, const void *packed,
                          const float *bias, enum activation activation,
                          float *c, size_t ldc)
{
    const char *row = rows;
    const float *scales = packed;
    const int8_t *w = (const int8_t *)packed + i8_scale_bytes(n);

    for (size_t i = 0; i < m; i++, row += distance) {
        float scale = float_at(row);
        const int8_t *a = (const int8_t *)row + ROW_HEADER_BYTES;
        for (size_t j = 0; j < n; j++)
            c[i * ldc + j] =
                i8_multiply_add((float)dot(k, a, w + j * k) * scales[j], scale,
                                bias ? bias[j] : 0);
    }
    reference_activate(activation, m, n, NULL, c, ldc);
}

const struct gemm gemm_i8_reference = {
    .name = "gemm_i8_reference",
    .most_inputs = I8_MOST_INPUTS,
    .packed_bytes = packed_bytes,
    .layout = {.element = LAYOUT_I8},
    .pack = pack,
    .pack_i8 = pack_i8,
    .row_bytes = row_bytes,
    .prepare = prepare,
    .run = gemm_i8_plain,
};
