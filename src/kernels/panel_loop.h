/*
 * panel_loop.h - template: all rows pass all panels, in tiles.
 *
 * Included by f32_gemm.h, step_gemm.h and amx_gemm.h, which say
 *
 *   steps_of          elements of k
 *   struct tile_kind  what tiles need besides
 *   open_panel        sets the columns and the kind of the tiles that m rows
 *                     and the first of n columns left take; returns the bytes
 *                     of panels they use up
 *   run_tile          computes a tile
 *   close_panels      after the last
 */

struct tile {
    size_t steps;
    const char *rows; /* `distance` bytes apart */
    size_t distance;
    const char *panel;
    const float *bias; /* of the columns; may be NULL */
    float *c;          /* [rows][columns] at distance ldc */
    size_t ldc;
    size_t columns; /* the last vector may be partly used */
    struct tile_kind kind;
};

static size_t open_panel(struct tile *t, size_t m, size_t n);
static void run_tile(struct tile *t, size_t rows);
static void close_panels(void);

/*
 * Passes m rows through tiles of nearly equal height: 7 rows are 4 and 3, not
 * 6 and 1, because low tiles are slow.
 */
static void compute_rows(struct tile t, size_t m, enum activation activation)
{
    size_t left = (m + TILE_ROWS - 1) / TILE_ROWS;

    for (; left > 0; left--) {
        size_t rows = (m + left - 1) / left;
        run_tile(&t, rows);
        if (activation != ACTIVATION_NONE)
            activations[activation](rows, t.columns, NULL, t.c, t.ldc);
        t.rows += rows * t.distance;
        t.c += rows * t.ldc;
        m -= rows;
    }
}

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
        size_t bytes = open_panel(&t, m, n);
        compute_rows(t, m, activation);
        t.panel += bytes;
        t.bias = bias ? t.bias + t.columns : NULL;
        t.c += t.columns;
        n -= t.columns;
    }
    close_panels();
}
