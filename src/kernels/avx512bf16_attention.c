/*
 * avx512bf16_attention.c - attention's products by vdpbf16ps, beside products
 * of int8 and of bf16.
 *
 * Compiled with the flags of AVX-512 and -mavx512bf16.
 */
#include "kernels/rungs.h"

#include <math.h>
#include <string.h>

#include "kernels/vector_avx512.h"

#define KERNEL(name) name##_avx512bf16

/* As avx512.c's float32 tiles. */
#define TILE_ROWS      8
#define TILE_VECTORS   3
#define PREFETCH_PANEL 0

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

/*** products ***/

INLINE vector accumulate(vector sum, vector a, vector b)
{
    return _mm512_dpbf16_ps(sum, (__m512bh)a, (__m512bh)b);
}

#include "kernels/matmul.h"

/*** weights ***/

INLINE __m256i rounded(vector x)
{
    return (__m256i)_mm512_cvtneps_pbh(x);
}

/* The mask of `count` elements and what fills their last word. */
INLINE lanes whole_words(size_t count)
{
    return first_lanes((count + 1) / 2 * 2);
}

INLINE void store_weights(float *weights, size_t i, vector value)
{
    _mm256_storeu_si256((__m256i *)(weights + i / 2), rounded(value));
}

INLINE void store_last_weights(float *weights, size_t i, size_t count,
                               vector value)
{
    _mm256_mask_storeu_epi16(weights + i / 2, whole_words(count),
                             rounded(value));
}

#include "kernels/softmax_part.h"

/*** pairs ***/

static void KERNEL(pair_columns)(size_t rows, size_t columns, const float *in,
                                 size_t ldin, float *out, size_t ldout)
{
    size_t whole = columns / LANES * LANES;
    lanes rest = first_lanes(columns - whole);

    for (; rows > 0; rows--, in += ldin, out += ldout) {
        for (size_t i = 0; i < whole; i += LANES)
            store_weights(out, i, load(in + i));
        if (whole < columns)
            store_last_weights(out, whole, columns - whole,
                               load_lanes(rest, in + whole));
    }
}

/* Words of the low halves `a` and the high halves `b`. */
INLINE vector paired(vector a, vector b)
{
    __m512i low = _mm512_cvtepu16_epi32(rounded(a));
    __m512i high = _mm512_cvtepu16_epi32(rounded(b));
    return _mm512_castsi512_ps(
        _mm512_or_si512(low, _mm512_slli_epi32(high, 16)));
}

/* b may be NULL: a row of zeros. */
INLINE void pair_two_rows(size_t columns, const float *a, const float *b,
                          float *out)
{
    size_t whole = columns / LANES * LANES;
    lanes rest = first_lanes(columns - whole);

    for (size_t i = 0; i < whole; i += LANES)
        store(out + i, paired(load(a + i), load_if(b, i)));
    if (whole < columns)
        store_lanes(
            rest, out + whole,
            paired(load_lanes(rest, a + whole), load_lanes_if(rest, b, whole)));
}

static void KERNEL(pair_rows)(size_t rows, size_t columns, const float *in,
                              size_t ldin, float *out, size_t ldout)
{
    for (; rows > 1; rows -= 2, in += 2 * ldin, out += ldout)
        pair_two_rows(columns, in, in + ldin, out);
    if (rows > 0)
        pair_two_rows(columns, in, NULL, out);
}

void avx512bf16_add_attention(struct kernels *table)
{
    table->attention[PRECISION_BF16] = (struct attention_products){
        .name = "attention_bf16_8x48_avx512bf16",
        .pair = 2,
        .pair_columns = pair_columns_avx512bf16,
        .pair_rows = pair_rows_avx512bf16,
        .matmul = matmul_avx512bf16,
        .softmax_part = softmax_part_avx512bf16,
    };
    table->attention[PRECISION_INT8] = table->attention[PRECISION_BF16];
}
