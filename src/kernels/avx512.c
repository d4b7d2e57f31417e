/*
 * avx512.c - kernels for AVX-512 F, BW, DQ, VL: 16 float32 lanes, 32 registers.
 *
 * Compiled with these flags and those of AVX2, and without contraction of
 * a * b + c (-ffp-contract=off), which would round differently from place to
 * place.  The code is in the templates; here stand the lanes and the block
 * shape.  Transposing stays AVX2's.
 */
#include "kernels/rungs.h"

#include <math.h>
#include <string.h>

#include "kernels/vector_avx512.h"

#define KERNEL(name) name##_avx512
#define TILED(name)  name##_f32_8x48_avx512

/*
 * 8 x 48: 24 sums, three vectors of weights and one broadcast fill 28 of 32
 * registers; 48 divides the widths of most models.
 */
#define TILE_ROWS    8
#define TILE_VECTORS 3

/* Three lines per step come early enough; fetching costs 5 % on Zen 4. */
#define PREFETCH_PANEL 0

#include "kernels/transpose_avx2.h"

#include "kernels/f32_activations.h"

#include "kernels/f32_elementwise.h"

#include "kernels/f32_rows.h"

#include "kernels/f32_gemm.h"

void avx512_add(struct kernels *table)
{
    table->gemm[PRECISION_F32] = (struct gemm){
        .name = "gemm_f32_8x48_avx512",
        .packed_bytes = packed_bytes,
        .layout = {LAYOUT_F32, PANEL, LANES, 0},
        .pack = TILED(pack),
        .run = TILED(gemm),
        .spin = TILED(spin),
    };
    table->matmul_f32 = matmul_avx512;
    table->attention[PRECISION_F32] = (struct attention_products){
        .name = "attention_f32_avx512",
        .pair = 1,
        .matmul = matmul_avx512,
        .softmax_part = softmax_part_avx512,
    };
    table->attention[PRECISION_INT8] = table->attention[PRECISION_F32];
    table->softmax_f32 = softmax_f32_avx512;
    table->layer_norm_f32 = layer_norm_f32_avx512;
    memcpy(table->activation_f32, activations, sizeof activations);
    table->sum_f32 = sum_f32_avx512;
    table->gate_f32 = gate_f32_avx512;
    table->scale_rows_f32 = scale_rows_f32_avx512;
    table->rotate_f32 = rotate_f32_avx512;
    table->widen_f32[ELEMENT_F16] = widen_f16_avx512;
    table->widen_f32[ELEMENT_BF16] = widen_bf16_avx512;
    table->widen_f32[ELEMENT_I8] = widen_i8_avx512;
    avx512_add_i8(table);
}
