/*
 * panel_loop.h - template: all rows pass all panels, in tiles.
 *
 * Included by f32_gemm.h, step_gemm.h and amx_gemm.h after tile_rows.h; they
 * say
 *
 *   steps_of      elements of k
 *   open_panel    sets the columns and the kind of the tiles that m rows and
 *                 the first of n columns left take; returns the bytes of panels
 *                 they use up
 *   close_panels  after the last
 */

static size_t open_panel(struct tile *t, size_t m, size_t n);
static void close_panels(void);

static void TILED(gemm)(size_t m, size_t n, size_t k, const void *rows,
                        size_t distance, const void *packed, const float *bias,
                        enum activation activation, float *c, size_t ldc)
{
    struct tile t = {.steps = steps_of(k),
                     .rows = rows,
                     .distance = distance,
                     .panel = packed,
                     .bias = bias,
                     .c = c,
                     .ldc = ldc};

    while (n > 0) {
        t.bytes = open_panel(&t, m, n);
        compute_rows(t, m, activation);
        t.panel += t.bytes;
        t.bias = bias ? t.bias + t.columns : NULL;
        t.c += t.columns;
        n -= t.columns;
    }
    close_panels();
}
