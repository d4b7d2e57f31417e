/*
 * step_gemm.h - template: products of rows with what step_pack.h packed.
 *
 * Included by an instruction set's file after f32_activations.h and
 * step_pack.h, and after TILE_ROWS and EACH_TILE_OF are defined.  More words:
 *
 *   sums, no_sums   the running sums of a vector of columns
 *   first_sums      what they start with
 *   dot             a step of them
 *   finish          their elements of c
 *
 * A tile is a few rows and vectors of c, held in registers over the whole of
 * k, so each element of c has one order of sums, whatever tile it falls into.
 */

struct tile {
    size_t steps;
    const char *rows; /* their headers, `distance` bytes apart */
    size_t distance;
    const char *panel;
    const float *bias; /* of the columns; may be NULL */
    float *c;          /* [rows][columns] at distance ldc */
    size_t ldc;
    size_t columns; /* the last vector may be partly used */
};

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
    size_t distance = t->distance;
    sums sum[TILE_ROWS][TILE_VECTORS];

    UNROLL
    for (size_t v = 0; v < vectors; v++) {
        sums first = first_sums(tail, vectors, v);
        UNROLL
        for (size_t r = 0; r < rows; r++)
            sum[r][v] = first;
    }

    for (size_t p = 0; p < t->steps; p++, a += STEP_BYTES) {
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
    UNROLL
    for (size_t v = 0; v < vectors; v++) {
        bool partly = v == last && !whole;
        vector bias = broadcast(0);
        if (t->bias)
            bias = partly ? load_lanes(selected, t->bias + v * LANES)
                          : load(t->bias + v * LANES);
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            float *at = t->c + r * t->ldc + v * LANES;
            vector value = finish(sum[r][v], t->rows + r * distance, tail,
                                  vectors, v, bias);
            if (partly)
                store_lanes(selected, at, value);
            else
                store(at, value);
        }
    }
}

typedef void tile_function(const struct tile *t);

#define DEFINE_TILE(rows, vectors)                                             \
    static void tile_##rows##x##vectors(const struct tile *t)                  \
    {                                                                          \
        compute_tile(t, rows, vectors);                                        \
    }
#define NAME_TILE(rows, vectors) tile_##rows##x##vectors,

EACH_TILE_OF(DEFINE_TILE, 1)
EACH_TILE_OF(DEFINE_TILE, 2)
#if TILE_VECTORS == 3
EACH_TILE_OF(DEFINE_TILE, 3)
#endif

/* [vectors - 1][rows - 1] */
static tile_function *const tiles[TILE_VECTORS][TILE_ROWS] = {
    {EACH_TILE_OF(NAME_TILE, 1)},
    {EACH_TILE_OF(NAME_TILE, 2)},
#if TILE_VECTORS == 3
    {EACH_TILE_OF(NAME_TILE, 3)},
#endif
};

/* Passes m rows through tiles of nearly equal height: 7 rows are 4 and 3, not
 * 6 and 1, because low tiles are slow. */
static void compute_rows(struct tile t, size_t m, tile_function *const *by_rows,
                         enum activation activation)
{
    size_t left = (m + TILE_ROWS - 1) / TILE_ROWS;

    for (; left > 0; left--) {
        size_t rows = (m + left - 1) / left;
        by_rows[rows - 1](&t);
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
        size_t columns = least(n, PANEL), vectors = vectors_of(columns);
        t.columns = columns;
        compute_rows(t, m, tiles[vectors - 1], activation);
        t.panel += panel_bytes(vectors, t.steps);
        t.bias = bias ? t.bias + columns : NULL;
        t.c += columns;
        n -= columns;
    }
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
