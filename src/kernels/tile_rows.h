/*
 * tile_rows.h - template: rows of a product go through tiles of sums.
 *
 * Included after f32_activations.h, panel.h and
 *
 *   struct tile_kind  what tiles need besides
 *
 * by those who then say
 *
 *   run_tile          computes a tile
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

static void run_tile(struct tile *t, size_t rows);

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
