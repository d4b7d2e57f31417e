/*
 * amx_gemm.h - template: products by Intel AMX, in place of step_gemm.h.
 *
 * Tile registers hold 16 rows of 64 bytes.  One multiplication takes 16 rows
 * of activations and 16 steps of 16 columns: both lie in prepared rows and in
 * packed panels as tiles want them, so that files and rows are those of the
 * AVX-512 products.  A block of 16 rows meets a panel, three tiles wide, over
 * the whole of k; the sums then go through memory in the L1 cache to finish.
 *
 * Included after step_pack.h, with its words and finish, and after
 *
 *   MULTIPLY(sum, rows, weights)  of tile registers, which are constants
 *   add_sums                      of vectors
 *
 * Intel SDM volume 1 chapter 18, volume 2 LDTILECFG.
 */

enum {
    TILE_ROWS = 16,
    TILE_STEPS = 16,
    TILE_LINE = 64 /* bytes of a row of a tile */
};

/* Tile registers, whose numbers gcc 12 pastes into assembly: the sums of three
 * vectors of columns, the operands, and those of the steps left over. */
#define SUM_0        0
#define SUM_1        1
#define SUM_2        2
#define ROWS         3
#define WEIGHTS      4
#define LAST_ROWS    5
#define LAST_WEIGHTS 6
#define SPARE_SUM    7

/* The shapes of the tile registers: LDTILECFG's 64 bytes. */
struct tile_shapes {
    uint8_t palette, first_row, unused[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
};

static void set_shapes(size_t height, size_t last_steps)
{
    struct tile_shapes shapes = {.palette = 1};
    for (size_t i = 0; i <= SPARE_SUM; i++) {
        shapes.row_bytes[i] = TILE_LINE;
        shapes.rows[i] = (uint8_t)height;
    }
    shapes.rows[WEIGHTS] = shapes.rows[LAST_WEIGHTS] = TILE_STEPS;
    if (last_steps > 0) {
        shapes.row_bytes[LAST_ROWS] = (uint16_t)(last_steps * STEP_BYTES);
        shapes.rows[LAST_WEIGHTS] = (uint8_t)last_steps;
    }
    /* gcc 12 takes only the first bytes for read. */
    __asm__ volatile("" : : "r"(&shapes) : "memory");
    _tile_loadconfig(&shapes);
}

struct tile_kind {
    size_t height; /* of the shapes set; 0: none of this panel's */
};

#include "kernels/tile_rows.h"

#include "kernels/panel_loop.h"

/* out[rows][PANEL] of 32-bit sums; height is that of set_shapes. */
static void sum_block(const struct tile *t, size_t vectors, char *out)
{
    const char *a = t->rows + HEADER_BYTES, *b = t->panel;
    size_t width = vectors * LANES * STEP_BYTES;
    size_t out_width = PANEL * STEP_BYTES, p = 0;

    _tile_zero(SUM_0);
    _tile_zero(SUM_1);
    _tile_zero(SUM_2);
#define STEPS(rows, weights)                                                   \
    _tile_loadd(rows, a, t->distance);                                         \
    _tile_loadd(weights, b, width);                                            \
    MULTIPLY(SUM_0, rows, weights);                                            \
    if (vectors > 1) {                                                         \
        _tile_loadd(weights, b + TILE_LINE, width);                            \
        MULTIPLY(SUM_1, rows, weights);                                        \
    }                                                                          \
    if (vectors > 2) {                                                         \
        _tile_loadd(weights, b + 2 * TILE_LINE, width);                        \
        MULTIPLY(SUM_2, rows, weights);                                        \
    }
    for (; p + TILE_STEPS <= t->steps; p += TILE_STEPS) {
        STEPS(ROWS, WEIGHTS)
        a += TILE_LINE;
        b += TILE_STEPS * width;
    }
    if (p < t->steps) {
        STEPS(LAST_ROWS, LAST_WEIGHTS)
    }
#undef STEPS
    _tile_stored(SUM_0, out, out_width);
    _tile_stored(SUM_1, out + TILE_LINE, out_width);
    _tile_stored(SUM_2, out + 2 * TILE_LINE, out_width);
}

static void compute_block(const struct tile *t, size_t rows)
{
    _Alignas(TILE_LINE) char block[TILE_ROWS * PANEL * STEP_BYTES];
    size_t vectors = vectors_of(t->columns), last = vectors - 1;
    const char *tail = t->panel + t->steps * vectors * LANES * STEP_BYTES;

    sum_block(t, vectors, block);
    for (size_t v = 0; v < vectors; v++) {
        lanes selected =
            first_lanes(v < last ? LANES : t->columns - last * LANES);
        sums first = first_sums(tail, vectors, v);
        vector bias = load_lanes_if(selected, t->bias, v * LANES);
        for (size_t r = 0; r < rows; r++) {
            const char *at = block + (r * PANEL + v * LANES) * STEP_BYTES;
            vector value =
                finish(add_sums(first, *(const sums *)(const void *)at),
                       t->rows + r * t->distance, tail, vectors, v, bias);
            store_lanes(selected, t->c + r * t->ldc + v * LANES, value);
        }
    }
}

static size_t open_panel(struct tile *t, size_t m, size_t n)
{
    (void)m;
    t->columns = least(n, PANEL);
    t->kind.height = 0;
    return panel_bytes(vectors_of(t->columns), t->steps);
}

static void run_tile(struct tile *t, size_t rows)
{
    if (rows != t->kind.height)
        set_shapes(t->kind.height = rows, t->steps % TILE_STEPS);
    compute_block(t, rows);
}

static void close_panels(void)
{
    _tile_release();
}

static double TILED(spin)(long turns)
{
    enum { CHAINS_OF_TILES = 4 };

    set_shapes(TILE_ROWS, 0);
    _tile_zero(SUM_0);
    _tile_zero(SUM_1);
    _tile_zero(SUM_2);
    _tile_zero(SPARE_SUM);
    _tile_zero(ROWS);
    _tile_zero(WEIGHTS);
    for (; turns > 0; turns--) {
        MULTIPLY(SUM_0, ROWS, WEIGHTS);
        MULTIPLY(SUM_1, ROWS, WEIGHTS);
        MULTIPLY(SUM_2, ROWS, WEIGHTS);
        MULTIPLY(SPARE_SUM, ROWS, WEIGHTS);
    }
    _tile_release();
    return 2.0 * STEP_ELEMENTS * TILE_STEPS * TILE_ROWS * LANES *
           CHAINS_OF_TILES;
}
