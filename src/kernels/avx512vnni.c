/*
 * avx512vnni.c - int8 products by vpdpbusd: four products of a byte and a
 * signed byte, added to each of 16 lanes.
 *
 * Compiled with the flags of AVX-512 and -mavx512vnni.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

#include "kernels/vector_avx512.h"

#define KERNEL(name) name##_avx512vnni
#define TILED(name)  name##_i8_8x48_avx512vnni
#define I8_NAME      "gemm_i8_8x48_avx512vnni"

/* 8 x 48, as for float32: 24 sums, three vectors of weights, one broadcast. */
#define TILE_ROWS    8
#define TILE_VECTORS 3

#define STEP_ELEMENTS 4
#define ROW_OFFSET    128

/* In assembly, as gcc 12 moves the sums of the intrinsic to the stack and
 * back: 300 in place of 800 Gop/s. */
INLINE integers dot(integers sum, integers row, integers weights)
{
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(row), "v"(weights));
    return sum;
}

#include "kernels/transpose_avx2.h"

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

#include "kernels/i8_steps.h"

#include "kernels/step_pack.h"

#include "kernels/step_gemm.h"

#include "kernels/i8_gemm.h"

void avx512vnni_add(struct kernels *table)
{
    table->gemm[PRECISION_INT8] = gemm_i8;
}
