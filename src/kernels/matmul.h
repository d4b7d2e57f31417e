/*
 * matmul.h - template: tiles of sums, and products of operands that nobody
 * packed.
 *
 * Included by an instruction set's file after f32_activations.h and after
 * TILE_ROWS, TILE_VECTORS and PREFETCH_PANEL are defined, and the word
 *
 *   accumulate   sum, and in each lane the product of a word of a row and one
 *                of a column
 *
 * Words are 32 bits wide and moved as float: a float32, or two bf16.
 *
 * A tile is a few rows and vectors of c, held in registers over the whole of
 * k: for each p the vectors of b are loaded once and multiplied with one
 * broadcast word of every row of a.  So each element of c is one chain of
 * fused multiply-adds in the order of p, whatever tile it falls into: its bits
 * depend on its row and column alone.
 */

#include "kernels/panel.h"

enum {
    WIDE_ROWS = 3,                   /* so few rows take ... */
    WIDE_VECTORS = 4 * TILE_VECTORS, /* ... at most four panels at once */
};

struct tile;
typedef void tile_function(const struct tile *t);

struct tile_kind {
    tile_function *const *by_rows; /* less one */
    size_t ldb;                    /* row p of the columns: panel + p * ldb */
    size_t panel_distance;         /* the next panel: so much further */
};

#include "kernels/tile_rows.h"

/*
 * With `edge` the last vector of b is read by lanes, because nothing pads it.
 * rows, vectors and edge are constants: every loop but the one over p vanishes
 * and sum lives in registers.
 */
INLINE void compute_tile(const struct tile *t, size_t rows, size_t vectors,
                         bool edge)
{
    const float *a = (const float *)t->rows, *b = (const float *)t->panel;
    float *c = t->c;
    size_t lda = t->distance / sizeof *a, ldc = t->ldc, last = vectors - 1;
    lanes selected = first_lanes(t->columns - last * LANES);
    vector sum[TILE_ROWS][WIDE_VECTORS], weights[WIDE_VECTORS];

    UNROLL
    for (size_t r = 0; r < rows; r++) {
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            sum[r][v] = broadcast(0);
    }

    for (size_t p = 0; p < t->steps; p++, a++, b += t->kind.ldb) {
        if (PREFETCH_PANEL && !edge && rows > WIDE_ROWS)
            __builtin_prefetch(b + t->kind.panel_distance, 0, TO_L2);
        UNROLL
        for (size_t v = 0; v < vectors; v++) {
            const float *at = b + v / TILE_VECTORS * t->kind.panel_distance +
                              v % TILE_VECTORS * LANES;
            weights[v] =
                edge && v == last ? load_lanes(selected, at) : load(at);
        }
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            vector x = broadcast(a[r * lda]);
            UNROLL
            for (size_t v = 0; v < vectors; v++)
                sum[r][v] = accumulate(sum[r][v], x, weights[v]);
        }
    }

    bool whole = t->columns == vectors * LANES;
    UNROLL
    for (size_t v = 0; v < vectors; v++) {
        bool partly = v == last && !whole;
        vector bias = broadcast(0);
        if (t->bias)
            bias = partly ? load_lanes(selected, t->bias + v * LANES)
                          : load(t->bias + v * LANES);
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            float *at = c + r * ldc + v * LANES;
            if (partly)
                store_lanes(selected, at, add(sum[r][v], bias));
            else
                store(at, add(sum[r][v], bias));
        }
    }
}

#define DEFINE_TILE(rows, vectors)                                             \
    static void tile_##rows##x##vectors(const struct tile *t)                  \
    {                                                                          \
        compute_tile(t, rows, vectors, false);                                 \
    }                                                                          \
    static void edge_##rows##x##vectors(const struct tile *t)                  \
    {                                                                          \
        compute_tile(t, rows, vectors, true);                                  \
    }
#define NAME_TILE(rows, vectors) tile_##rows##x##vectors,
#define NAME_EDGE(rows, vectors) edge_##rows##x##vectors,

#define DEFINE_TILES(vectors) EACH_HEIGHT(DEFINE_TILE, vectors)
#define NAME_TILES(vectors)   {EACH_HEIGHT(NAME_TILE, vectors)},
#define NAME_EDGES(vectors)   {EACH_HEIGHT(NAME_EDGE, vectors)},

EACH_WIDTH(DEFINE_TILES)

/* [edge][vectors - 1][rows - 1] */
static tile_function *const tiles[2][TILE_VECTORS][TILE_ROWS] = {
    {EACH_WIDTH(NAME_TILES)}, {EACH_WIDTH(NAME_EDGES)}};

static void run_tile(struct tile *t, size_t rows)
{
    t->kind.by_rows[rows - 1](t);
}

/* The columns too are spread evenly: four vectors are 2 and 2, not 3 and 1. */
static void KERNEL(matmul)(size_t m, size_t n, size_t k, const float *a,
                           size_t lda, const float *b, size_t ldb, float *c,
                           size_t ldc)
{
    struct tile t = {.steps = k,
                     .rows = (const char *)a,
                     .distance = lda * sizeof *a,
                     .c = c,
                     .ldc = ldc,
                     .kind = {.ldb = ldb, .panel_distance = PANEL}};
    size_t left = (vectors_of(n) + TILE_VECTORS - 1) / TILE_VECTORS;

    for (; left > 0; left--) {
        size_t vectors = (vectors_of(n) + left - 1) / left;
        t.columns = least(n, vectors * LANES);
        bool edge = t.columns < vectors * LANES;
        t.kind.by_rows = tiles[edge][vectors - 1];
        t.panel = (const char *)b;
        compute_rows(t, m, ACTIVATION_NONE);
        b += t.columns;
        t.c += t.columns;
        n -= t.columns;
    }
}
