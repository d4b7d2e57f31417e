/*
 * f32_gemm.h - template: products of float32 matrices.
 *
 * Included by an instruction set's file after f32_activations.h and after
 * TILE_ROWS, TILE_VECTORS, EACH_TILE_OF and PREFETCH_PANEL are defined.
 *
 * A tile is a few rows and vectors of c, held in registers over the whole of
 * k: for each p the vectors of b are loaded once and multiplied with one
 * broadcast element of every row of a.  So each element of c is one chain of
 * fused multiply-adds in the order of p, whatever tile it falls into: its bits
 * depend on its row and column alone.
 *
 * Weights are packed into panels of TILE_VECTORS vectors, depth first, so that
 * a tile reads them in one stream; the last panel is as narrow as whole
 * vectors allow and padded with zeros.  A panel stays in the L2 cache while
 * all rows pass it.
 */

enum {
    PANEL = TILE_VECTORS * LANES,
    WIDE_ROWS = 3,                   /* so few rows take ... */
    WIDE_VECTORS = 4 * TILE_VECTORS, /* ... at most four panels at once */
    TO_L2 = 2,                       /* third argument of __builtin_prefetch */
};

struct tile {
    size_t k;
    const float *a; /* [rows][k] at distance lda */
    size_t lda;
    const float *b; /* row p of the columns at b + p * ldb ... */
    size_t ldb;
    size_t panel_distance; /* ... and of the next panel this much further */
    const float *bias;     /* of the columns; may be NULL */
    float *c;              /* [rows][columns] at distance ldc */
    size_t ldc;
    size_t columns; /* the last vector may be partly used */
};

/*
 * With `edge` the last vector of b is read by lanes, because nothing pads it.
 * rows, vectors and edge are constants: every loop but the one over p vanishes
 * and sum lives in registers.
 */
INLINE void compute_tile(const struct tile *t, size_t rows, size_t vectors,
                         bool edge)
{
    const float *a = t->a, *b = t->b;
    float *c = t->c;
    size_t lda = t->lda, ldc = t->ldc, last = vectors - 1;
    lanes selected = first_lanes(t->columns - last * LANES);
    vector sum[TILE_ROWS][WIDE_VECTORS], weights[WIDE_VECTORS];

    UNROLL
    for (size_t r = 0; r < rows; r++) {
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            sum[r][v] = broadcast(0);
    }

    for (size_t p = 0; p < t->k; p++, a++, b += t->ldb) {
        if (PREFETCH_PANEL && !edge && rows > WIDE_ROWS)
            __builtin_prefetch(b + t->panel_distance, 0, TO_L2);
        UNROLL
        for (size_t v = 0; v < vectors; v++) {
            const float *at = b + v / TILE_VECTORS * t->panel_distance +
                              v % TILE_VECTORS * LANES;
            weights[v] =
                edge && v == last ? load_lanes(selected, at) : load(at);
        }
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            vector x = broadcast(a[r * lda]);
            UNROLL
            for (size_t v = 0; v < vectors; v++)
                sum[r][v] = multiply_add(x, weights[v], sum[r][v]);
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

typedef void tile_function(const struct tile *t);

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

EACH_TILE_OF(DEFINE_TILE, 1)
EACH_TILE_OF(DEFINE_TILE, 2)
#if TILE_VECTORS == 3
EACH_TILE_OF(DEFINE_TILE, 3)
#endif

/* [edge][vectors - 1][rows - 1] */
static tile_function *const tiles[2][TILE_VECTORS][TILE_ROWS] = {
    {
        {EACH_TILE_OF(NAME_TILE, 1)},
        {EACH_TILE_OF(NAME_TILE, 2)},
#if TILE_VECTORS == 3
        {EACH_TILE_OF(NAME_TILE, 3)},
#endif
    },
    {
        {EACH_TILE_OF(NAME_EDGE, 1)},
        {EACH_TILE_OF(NAME_EDGE, 2)},
#if TILE_VECTORS == 3
        {EACH_TILE_OF(NAME_EDGE, 3)},
#endif
    },
};

/*
 * One to three rows have too few sums in one panel to hide the latency of
 * their additions, so they take several panels at once.
 */
static void wide_tile_1(const struct tile *t)
{
    compute_tile(t, 1, 4 * TILE_VECTORS, false);
}

static void wide_tile_2(const struct tile *t)
{
    compute_tile(t, 2, 2 * TILE_VECTORS, false);
}

static void wide_tile_3(const struct tile *t)
{
    compute_tile(t, 3, 2 * TILE_VECTORS, false);
}

static tile_function *const wide_tiles[WIDE_ROWS] = {wide_tile_1, wide_tile_2,
                                                     wide_tile_3};
static const size_t wide_panels[WIDE_ROWS] = {4, 2, 2}; /* by rows - 1 */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t vectors_of(size_t columns)
{
    return (columns + LANES - 1) / LANES;
}

/*
 * Passes m rows through tiles of nearly equal height: 7 rows are 4 and 3, not
 * 6 and 1, because low tiles are slow.
 */
static void compute_rows(struct tile t, size_t m, tile_function *const *by_rows,
                         enum activation activation)
{
    size_t left = (m + TILE_ROWS - 1) / TILE_ROWS;

    for (; left > 0; left--) {
        size_t rows = (m + left - 1) / left;
        by_rows[rows - 1](&t);
        if (activation != ACTIVATION_NONE)
            activations[activation](rows, t.columns, NULL, t.c, t.ldc);
        t.a += rows * t.lda;
        t.c += rows * t.ldc;
        m -= rows;
    }
}

static size_t packed_bytes(size_t n, size_t k)
{
    return vectors_of(n) * LANES * k * sizeof(float);
}

static void TILED(pack_f32)(size_t n, size_t k, const float *w, void *packed)
{
    float *panel = packed;

    for (size_t j = 0; j < n; j += PANEL) {
        size_t columns = least(n - j, PANEL);
        size_t width = vectors_of(columns) * LANES;
        transpose_blocks(columns, k, w + j * k, k, panel, width);
        for (size_t p = 0; p < k; p++)
            for (size_t column = columns; column < width; column++)
                panel[p * width + column] = 0;
        panel += width * k;
    }
}

static void TILED(gemm_f32)(size_t m, size_t n, size_t k, const void *rows,
                            size_t distance, const void *packed,
                            const float *bias, enum activation activation,
                            float *c, size_t ldc)
{
    struct tile t = {.k = k,
                     .a = rows,
                     .lda = distance / sizeof(float),
                     .b = packed,
                     .panel_distance = PANEL * k,
                     .bias = bias,
                     .c = c,
                     .ldc = ldc};
    bool few = m > 0 && m <= WIDE_ROWS;
    size_t wide = few ? wide_panels[m - 1] * PANEL : SIZE_MAX;

    while (n > 0) {
        size_t columns = n >= wide ? wide : least(n, PANEL);
        t.columns = columns;
        if (columns == wide) {
            t.ldb = PANEL;
            compute_rows(t, m, wide_tiles, activation);
        } else {
            t.ldb = vectors_of(columns) * LANES;
            compute_rows(t, m, tiles[0][vectors_of(columns) - 1], activation);
        }
        t.b += columns * k;
        t.bias = bias ? t.bias + columns : NULL;
        t.c += columns;
        n -= columns;
    }
}

static double TILED(spin_f32)(long turns)
{
    enum { CHAINS_OF_TILE = TILE_ROWS * TILE_VECTORS };
    vector sum[CHAINS_OF_TILE], x = broadcast(0);

    OPAQUE(x);
    UNROLL
    for (int i = 0; i < CHAINS_OF_TILE; i++)
        sum[i] = x;
    for (; turns > 0; turns--) {
        UNROLL
        for (int i = 0; i < CHAINS_OF_TILE; i++) {
            sum[i] = multiply_add(x, x, sum[i]);
            OPAQUE(sum[i]);
        }
    }
    return 2 * LANES * CHAINS_OF_TILE;
}

/* The columns too are spread evenly: four vectors are 2 and 2, not 3 and 1. */
static void KERNEL(matmul_f32)(size_t m, size_t n, size_t k, const float *a,
                               size_t lda, const float *b, size_t ldb, float *c,
                               size_t ldc)
{
    struct tile t = {.k = k,
                     .a = a,
                     .lda = lda,
                     .b = b,
                     .ldb = ldb,
                     .panel_distance = PANEL,
                     .c = c,
                     .ldc = ldc};
    size_t left = (vectors_of(n) + TILE_VECTORS - 1) / TILE_VECTORS;

    for (; left > 0; left--) {
        size_t vectors = (vectors_of(n) + left - 1) / left;
        t.columns = least(n, vectors * LANES);
        bool edge = t.columns < vectors * LANES;
        compute_rows(t, m, tiles[edge][vectors - 1], ACTIVATION_NONE);
        t.b += t.columns;
        t.c += t.columns;
        n -= t.columns;
    }
}
