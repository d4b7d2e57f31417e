/*
 * step_gemm.h - template: products of rows with what step_pack.h packed.
 *
 * Included by an instruction set's file after f32_activations.h and
 * step_pack.h, and after TILE_ROWS is defined.  More words:
 *
 *   sums, no_sums   the running sums of a vector of columns
 *   first_sums      what they start with
 *   dot             a step of them
 *   finish          their elements of c
 *
 * A tile is a few rows and vectors of c, held in registers over the whole of
 * k, so each element of c has one order of sums, whatever tile it falls into.
 */

struct tile;
typedef void tile_function(const struct tile *t);

struct tile_kind {
    tile_function *const *by_rows; /* less one */
};

#include "kernels/tile_rows.h"

#include "kernels/panel_loop.h"

INLINE const char *tail_of(const struct tile *t, size_t vectors)
{
    return t->panel + t->steps * vectors * LANES * STEP_BYTES;
}

/* rows and vectors are constants: every loop but the one over steps vanishes
 * and sum lives in registers. */
INLINE void compute_tile(const struct tile *t, size_t rows, size_t vectors)
{
    const char *a = t->rows + HEADER_BYTES, *b = t->panel;
    const char *tail = tail_of(t, vectors);
    const char *ahead = t->ahead;
    size_t distance = t->distance, advance = t->advance;
    sums sum[TILE_ROWS][TILE_VECTORS];

    UNROLL
    for (size_t v = 0; v < vectors; v++) {
        sums first = first_sums(tail, vectors, v);
        UNROLL
        for (size_t r = 0; r < rows; r++)
            sum[r][v] = first;
    }

    if (advance > 0)
        fetch_results(t, rows, vectors);
    for (size_t p = 0; p < t->steps; p++, a += STEP_BYTES) {
        __builtin_prefetch(ahead, 0, TO_L2);
        ahead += advance;
        integers weights[TILE_VECTORS];
        UNROLL
        for (size_t v = 0; v < vectors; v++, b += LANES * STEP_BYTES)
            weights[v] = load_integers(b);
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            integers x = broadcast_bytes(a + r * distance);
            UNROLL
            for (size_t v = 0; v < vectors; v++)
                sum[r][v] = dot(sum[r][v], x, weights[v]);
        }
    }

    size_t last = vectors - 1;
    lanes selected = first_lanes(t->columns - last * LANES);
    bool whole = t->columns == vectors * LANES;
    vector bias[TILE_VECTORS];
    UNROLL
    for (size_t v = 0; v < vectors; v++)
        bias[v] = t->bias == NULL ? broadcast(0)
                  : v == last && !whole
                      ? load_lanes(selected, t->bias + v * LANES)
                      : load(t->bias + v * LANES);
    UNROLL
    for (size_t r = 0; r < rows; r++) {
        UNROLL
        for (size_t v = 0; v < vectors; v++) {
            float *at = t->c + r * t->ldc + v * LANES;
            vector value = finish(sum[r][v], t->rows + r * distance, tail,
                                  vectors, v, bias[v]);
            if (v == last && !whole)
                store_lanes(selected, at, value);
            else
                store(at, value);
        }
    }
}

#define DEFINE_TILE(rows, vectors)                                             \
    static void tile_##rows##x##vectors(const struct tile *t)                  \
    {                                                                          \
        compute_tile(t, rows, vectors);                                        \
    }
#define NAME_TILE(rows, vectors) tile_##rows##x##vectors,
#define DEFINE_TILES(vectors)    EACH_HEIGHT(DEFINE_TILE, vectors)
#define NAME_TILES(vectors)      {EACH_HEIGHT(NAME_TILE, vectors)},

EACH_WIDTH(DEFINE_TILES)

/* [vectors - 1][rows - 1] */
static tile_function *const tiles[TILE_VECTORS][TILE_ROWS] = {
    EACH_WIDTH(NAME_TILES)};

static size_t open_panel(struct tile *t, size_t m, size_t n)
{
    (void)m;
    t->columns = least(n, PANEL);
    t->kind.by_rows = tiles[vectors_of(t->columns) - 1];
    return panel_bytes(vectors_of(t->columns), t->steps);
}

static void run_tile(struct tile *t, size_t rows)
{
    t->kind.by_rows[rows - 1](t);
}

static void close_panels(void)
{
}

static double TILED(spin)(long turns)
{
    enum { CHAINS_OF_TILE = TILE_ROWS * TILE_VECTORS };
    integers x = broadcast_integer(0);
    sums sum[CHAINS_OF_TILE];

    OPAQUE(x);
    UNROLL
    for (int i = 0; i < CHAINS_OF_TILE; i++)
        sum[i] = no_sums();
    for (; turns > 0; turns--) {
        UNROLL
        for (int i = 0; i < CHAINS_OF_TILE; i++) {
            OPAQUE(x);
            sum[i] = dot(sum[i], x, x);
            OPAQUE(sum[i]);
        }
    }
    return 2 * STEP_ELEMENTS * LANES * CHAINS_OF_TILE;
}
