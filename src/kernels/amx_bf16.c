/*
 * amx_bf16.c - bf16 products by AMX: tdpbf16ps.
 *
 * Compiled with the flags of avx512bf16.c and those of AMX.
 */
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <string.h>

#include "kernels/vector_avx512.h"

#define KERNEL(name) name##_amx
#define TILED(name)  name##_bf16_16x48_amx
#define BF16_NAME    "gemm_bf16_16x48_amx"

#define TILE_VECTORS 3

#include "kernels/transpose_avx2.h"

#define ROUNDED_RESULTS
#include "kernels/f32_activations.h"

#include "kernels/bf16_steps.h"

#include "kernels/step_pack.h"

#define MULTIPLY(sum, rows, weights) _tile_dpbf16ps(sum, rows, weights)

INLINE sums add_sums(sums a, sums b)
{
    return add(a, b);
}

#include "kernels/amx_gemm.h"

#include "kernels/bf16_gemm.h"

static void amx_add_bf16(struct kernels *table)
{
    table->gemm[PRECISION_BF16] = gemm_bf16;
}

void amx_add(struct kernels *table)
{
    amx_add_i8(table);
    amx_add_bf16(table);
}
