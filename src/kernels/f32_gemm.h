/*
 * f32_gemm.h - template: products of float32 matrices.
 *
 * Included by an instruction set's file after f32_activations.h and after
 * TILE_ROWS, TILE_VECTORS and PREFETCH_PANEL are defined.
 *
 * Weights are packed into panels of TILE_VECTORS vectors, depth first, so that
 * a tile of matmul.h reads them in one stream; the last panel is as narrow as
 * whole vectors allow and padded with zeros.  A panel stays in the L2 cache
 * while all rows pass it.
 */

INLINE vector accumulate(vector sum, vector a, vector b)
{
    return multiply_add(a, b, sum);
}

#include "kernels/matmul.h"

static size_t steps_of(size_t k)
{
    return k;
}

#include "kernels/panel_loop.h"

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

static size_t packed_bytes(size_t n, size_t k)
{
    return vectors_of(n) * LANES * k * sizeof(float);
}

static void TILED(pack)(size_t n, size_t k, const float *w, void *packed)
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

static size_t open_panel(struct tile *t, size_t m, size_t n)
{
    bool few = m > 0 && m <= WIDE_ROWS;
    size_t wide = few ? wide_panels[m - 1] * PANEL : SIZE_MAX;

    t->columns = n >= wide ? wide : least(n, PANEL);
    size_t vectors = vectors_of(t->columns);
    t->kind.panel_distance = PANEL * t->steps;
    if (t->columns == wide) {
        t->kind.ldb = PANEL;
        t->kind.by_rows = wide_tiles;
    } else {
        t->kind.ldb = vectors * LANES;
        t->kind.by_rows = tiles[0][vectors - 1];
    }
    return packed_bytes(t->columns, t->steps);
}

static void close_panels(void)
{
}

static double TILED(spin)(long turns)
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
