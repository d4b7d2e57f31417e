/*
 * avx2.c - kernels for AVX2, FMA and F16C: 8 float32 lanes, 16 registers.
 *
 * Compiled with -mavx2 -mfma -mf16c and without contraction of a * b + c
 * (-ffp-contract=off), which would round differently from place to place.
 * The code is in the templates; here stand the lanes and the block shape.
 */
#include "kernels/rungs.h"

#include <math.h>
#include <string.h>

#include "kernels/vector_avx2.h"

#define KERNEL(name) name##_avx2
#define TILED(name)  name##_f32_6x16_avx2

/*
 * 6 x 16: twelve sums (four cycles of latency times two units need at least
 * eight), two vectors of weights and one broadcast fill 15 of 16 registers.
 */
#define TILE_ROWS    6
#define TILE_VECTORS 2

/*
 * A panel is one line of 64 bytes per step: too slow a stream for the hardware
 * to run ahead of, so a panel fetches the next one to L2.  Zen 4: 103 in place
 * of 95 GFLOP/s at 96 rows, 50 in place of 33 at 6 rows of weights in memory.
 */
#define PREFETCH_PANEL 1

#include "kernels/transpose_avx2.h"

#include "kernels/f32_activations.h"

#include "kernels/f32_elementwise.h"

#include "kernels/f32_rows.h"

#include "kernels/f32_gemm.h"

static void transpose_f32_8x8_avx2(size_t rows, size_t columns, const float *in,
                                   size_t ldin, float *out, size_t ldout)
{
    transpose_blocks(rows, columns, in, ldin, out, ldout);
}

static void transpose_add_f32_8x8_avx2(size_t rows, size_t columns,
                                       const float *in, size_t ldin, float *out,
                                       size_t ldout)
{
    transpose_add_blocks(rows, columns, in, ldin, out, ldout);
}

void avx2_add(struct kernels *table)
{
    table->gemm[PRECISION_F32] = (struct gemm){
        .name = "gemm_f32_6x16_avx2",
        .packed_bytes = packed_bytes,
        .layout = {LAYOUT_F32, PANEL, LANES, 0},
        .pack = TILED(pack),
        .run = TILED(gemm),
        .spin = TILED(spin),
    };
    table->matmul_f32 = matmul_avx2;
    table->attention[PRECISION_F32] = (struct attention_products){
        .name = "attention_f32_avx2",
        .pair = 1,
        .matmul = matmul_avx2,
        .softmax_part = softmax_part_avx2,
    };
    table->attention[PRECISION_INT8] = table->attention[PRECISION_F32];
    table->transpose_f32 = transpose_f32_8x8_avx2;
    table->transpose_add_f32 = transpose_add_f32_8x8_avx2;
    table->softmax_f32 = softmax_f32_avx2;
    table->layer_norm_f32 = layer_norm_f32_avx2;
    memcpy(table->activation_f32, activations, sizeof activations);
    table->sum_f32 = sum_f32_avx2;
    table->gate_f32 = gate_f32_avx2;
    table->scale_rows_f32 = scale_rows_f32_avx2;
    table->rotate_f32 = rotate_f32_avx2;
    table->widen_f32[ELEMENT_F16] = widen_f16_avx2;
    table->widen_f32[ELEMENT_BF16] = widen_bf16_avx2;
    table->widen_f32[ELEMENT_I8] = widen_i8_avx2;
    avx2_add_i8(table);
}
