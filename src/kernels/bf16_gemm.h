/*
 * bf16_gemm.h - template: a bf16 product put together, after its loops.
 */

static const struct gemm gemm_bf16 = {
    .name = BF16_NAME,
    .layout = {LAYOUT_BF16, PANEL, LANES, TAIL_VECTORS},
    .packed_bytes = packed_bytes,
    .pack = pack,
    .row_bytes = row_bytes,
    .prepare = KERNEL(prepare_bf16),
    .run = TILED(gemm),
    .spin = TILED(spin),
};
