/*
 * amx_i8.c - int8 products by AMX: tdpbusd.
 *
 * Compiled with the flags of avx512vnni.c and those of AMX.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

#include "kernels/vector_avx512.h"

#define KERNEL(name) name##_amx
#define TILED(name)  name##_i8_16x48_amx
#define I8_NAME      "gemm_i8_16x48_amx"

#define TILE_VECTORS  3
#define STEP_ELEMENTS 4
#define ROW_OFFSET    128

INLINE integers dot(integers sum, integers row, integers weights)
{
    return _mm512_dpbusd_epi32(sum, row, weights);
}

#include "kernels/transpose_avx2.h"

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

#include "kernels/i8_steps.h"

#include "kernels/step_pack.h"

#define MULTIPLY(sum, rows, weights) _tile_dpbusd(sum, rows, weights)

INLINE sums add_sums(sums a, sums b)
{
    return add_integers(a, b);
}

#include "kernels/amx_gemm.h"

#include "kernels/i8_gemm.h"

void amx_add_i8(struct kernels *table)
{
    table->gemm[PRECISION_INT8] = gemm_i8;
}
