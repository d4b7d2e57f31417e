/*
 * avx512bf16.c - bf16 products by vdpbf16ps: two products of bf16, added to
 * each of 16 float32 lanes.
 *
 * Compiled with the flags of AVX-512 and -mavx512bf16.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

#include "kernels/vector_avx512.h"

#define KERNEL(name) name##_avx512bf16
#define TILED(name)  name##_bf16_8x48_avx512bf16
#define BF16_NAME    "gemm_bf16_8x48_avx512bf16"

/* 8 x 48, as for float32: 24 sums, three vectors of weights, one broadcast. */
#define TILE_ROWS    8
#define TILE_VECTORS 3

#include "kernels/transpose_avx2.h"

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

#include "kernels/bf16_steps.h"

#include "kernels/step_pack.h"

#include "kernels/step_gemm.h"

#include "kernels/bf16_gemm.h"

void avx512bf16_add(struct kernels *table)
{
    table->gemm[PRECISION_BF16] = gemm_bf16;
    avx512bf16_add_attention(table);
}
