/*
 * step_gemm.h - template: products whose operands are smaller than float32.
 *
 * A row and a column meet in steps of four bytes: four int8, or two int16 or
 * bf16, which one instruction multiplies and adds up in each lane.
 *
 * Included by an instruction set's file after f32_activations.h, after
 * TILE_ROWS, TILE_VECTORS and EACH_TILE_OF are defined, and after the words of
 * its operands (i8_steps.h):
 *
 *   HEADER_BYTES      of a prepared row, before its steps
 *   STEP_ELEMENTS     of a row or a column in a step
 *   TAIL_VECTORS      of a panel: what finish needs, for each column
 *   sums              the running sums of a vector of columns
 *   first_sums, dot, finish
 *   struct weights_source and its open_columns, read_weights, close_columns,
 *   next_columns: what is packed, a panel at a time
 *
 * A tile is a few rows and vectors of c, held in registers over the whole of
 * k, so each element of c has one order of sums, whatever tile it falls into.
 * Weights are packed into panels of TILE_VECTORS vectors, [steps][columns] and
 * then the tail; the last panel is as narrow as whole vectors allow and padded
 * with zeros.
 */

enum {
    PANEL = TILE_VECTORS * LANES,
    CHUNK_STEPS = 64 /* packed at a time: of a panel, on the stack */
};

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

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t vectors_of(size_t columns)
{
    return (columns + LANES - 1) / LANES;
}

static size_t steps_of(size_t k)
{
    return (k + STEP_ELEMENTS - 1) / STEP_ELEMENTS;
}

static size_t panel_bytes(size_t vectors, size_t steps)
{
    return vectors * LANES * STEP_BYTES * (steps + TAIL_VECTORS);
}

/*** packing ***/

static size_t packed_bytes(size_t n, size_t k)
{
    return panel_bytes(vectors_of(n), steps_of(k));
}

/* Columns j .. of a panel: their elements from p on, turned over. */
static void pack_chunk(const struct weights_source *source, size_t columns,
                       size_t p, size_t elements, size_t width, char *out)
{
    static const float zero;
    float chunk[PANEL][CHUNK_STEPS] = {{zero}};
    size_t steps = steps_of(elements);

    for (size_t column = 0; column < columns; column++)
        read_weights(source, column, p, elements, chunk[column]);
    transpose_blocks(width, steps, chunk[0], CHUNK_STEPS, (float *)out, width);
}

static void pack_panel(struct weights_source *source, size_t columns, size_t k,
                       char *panel)
{
    enum { CHUNK = CHUNK_STEPS * STEP_ELEMENTS };
    size_t vectors = vectors_of(columns), width = vectors * LANES;
    char *tail = panel + steps_of(k) * width * STEP_BYTES;

    open_columns(source, columns, k);
    for (size_t p = 0; p < k; p += CHUNK)
        pack_chunk(source, columns, p, least(k - p, CHUNK), width,
                   panel + p / STEP_ELEMENTS * width * STEP_BYTES);
    close_columns(source, columns, steps_of(k), vectors, panel, tail);
}

static void pack_panels(struct weights_source source, size_t n, size_t k,
                        char *panel)
{
    for (size_t j = 0; j < n; j += PANEL) {
        size_t columns = least(n - j, PANEL);
        pack_panel(&source, columns, k, panel);
        next_columns(&source, columns);
        panel += panel_bytes(vectors_of(columns), steps_of(k));
    }
}

/*** running ***/

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
    memset(sum, 0, sizeof sum);
    for (; turns > 0; turns--) {
        UNROLL
        for (int i = 0; i < CHAINS_OF_TILE; i++) {
            sum[i] = dot(sum[i], x, x);
            OPAQUE(sum[i]);
        }
    }
    return 2 * STEP_ELEMENTS * LANES * CHAINS_OF_TILE;
}
