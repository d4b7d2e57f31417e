/*
 * avx512_i8.c - int8 products where AVX-512 has no vpdpbusd, by vpmaddwd: two
 * products of int16, added to each other and then to each of 16 lanes.
 *
 * vpmaddubsw, which multiplies bytes, would lose the sums that 16 bits do not
 * hold.  Weights take two bytes each.  Compiled with the flags of avx512.c.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

#include "kernels/vector_avx512.h"

#define KERNEL(name) name##_avx512
#define TILED(name)  name##_i8_8x48_avx512
#define I8_NAME      "gemm_i8_8x48_avx512"

#define TILE_ROWS    8
#define TILE_VECTORS 3

#define STEP_ELEMENTS 2
#define ROW_OFFSET    0

INLINE integers dot(integers sum, integers row, integers weights)
{
    return _mm512_add_epi32(sum, _mm512_madd_epi16(row, weights));
}

#include "kernels/transpose_avx2.h"

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

#include "kernels/i8_steps.h"

#include "kernels/step_pack.h"

#include "kernels/step_gemm.h"

#include "kernels/i8_gemm.h"

void avx512_add_i8(struct kernels *table)
{
    table->gemm[PRECISION_INT8] = gemm_i8;
}
