/*
 * i8_gemm.h - template: an int8 product put together, after step_gemm.h.
 */

static void pack_i8(size_t n, size_t k, const int8_t *w, const float *scales,
                    void *packed)
{
    struct weights_source source = {.k = k, .i8 = w, .scales = scales};
    pack_panels(source, n, k, packed);
}

static const struct gemm gemm_i8 = {
    .name = I8_NAME,
    .most_inputs = I8_MOST_INPUTS,
    .packed_bytes = packed_bytes,
    .layout = {STEP_ELEMENTS == 4 ? LAYOUT_I8 : LAYOUT_I16, PANEL, LANES,
               TAIL_VECTORS},
    .pack = pack,
    .pack_i8 = pack_i8,
    .row_bytes = row_bytes,
    .prepare = KERNEL(prepare_i8),
    .run = TILED(gemm),
    .spin = TILED(spin),
};
