/*
 * avx2_i8.c - int8 products by vpmaddwd: two
 * products of int16, added to each other and then to each of 8 lanes.
 *
 * vpmaddubsw, which multiplies bytes, would lose the sums that 16 bits do not
 * hold.  Weights take two bytes each.  Compiled with the flags of avx2.c.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

#include "kernels/vector_avx2.h"

#define KERNEL(name) name##_avx2
#define TILED(name)  name##_i8_6x16_avx2
#define I8_NAME      "gemm_i8_6x16_avx2"

/* 6 x 16, as for float32: 12 sums, two vectors of weights, one broadcast and
 * one product fill the 16 registers. */
#define TILE_ROWS    6
#define TILE_VECTORS 2

#define STEP_ELEMENTS 2
#define ROW_OFFSET    0

INLINE integers dot(integers sum, integers row, integers weights)
{
    return _mm256_add_epi32(sum, _mm256_madd_epi16(row, weights));
}

#include "kernels/transpose_avx2.h"

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

#include "kernels/i8_steps.h"

#include "kernels/step_pack.h"

#include "kernels/step_gemm.h"

#include "kernels/i8_gemm.h"

void avx2_add_i8(struct kernels *table)
{
    table->gemm[PRECISION_INT8] = gemm_i8;
}
