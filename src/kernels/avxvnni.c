/*
 * avxvnni.c - int8 products by the VEX-coded vpdpbusd, of CPUs that have it
 * without AVX-512.
 *
 * Compiled with the flags of avx2.c and -mavxvnni.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

#include "kernels/vector_avx2.h"

#define KERNEL(name) name##_avxvnni
#define TILED(name)  name##_i8_6x16_avxvnni
#define I8_NAME      "gemm_i8_6x16_avxvnni"

/* 6 x 16, as for float32: 12 sums, two vectors of weights, one broadcast of
 * 16 registers. */
#define TILE_ROWS    6
#define TILE_VECTORS 2

#define STEP_ELEMENTS 4
#define ROW_OFFSET    128

INLINE integers dot(integers sum, integers row, integers weights)
{
    return _mm256_dpbusd_avx_epi32(sum, row, weights);
}

#include "kernels/transpose_avx2.h"

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

#include "kernels/i8_steps.h"

#include "kernels/step_pack.h"

#include "kernels/step_gemm.h"

#include "kernels/i8_gemm.h"

void avxvnni_add(struct kernels *table)
{
    table->gemm[PRECISION_INT8] = gemm_i8;
}
