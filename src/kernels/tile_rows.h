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
    size_t columns;    /* the last vector may be partly used */
    size_t bytes;      /* of the panel; behind it lies the next */
    const char *ahead; /* what this tile fetches of that one, and ... */
    size_t advance;    /* ... how much further with each step */
    struct tile_kind kind;
};

static void run_tile(struct tile *t, size_t rows);

enum {
    TO_L2 = 2, /* third argument of __builtin_prefetch */
    /* Fewer would have to fetch more than a line with each step, and the
     * memory is as slow as they are. */
    FETCHING_TILES = 4
};

/* Brings the lines of c near: stores that wait for memory fill their queue,
 * and then everything waits. */
INLINE void fetch_results(const struct tile *t, size_t rows, size_t vectors)
{
    for (size_t r = 0; r < rows; r++) {
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            __builtin_prefetch(t->c + r * t->ldc + v * LANES, 1, TO_L2);
    }
}

/* Each of so many tiles brings the same share of the next panel into L2. */
static void share_next_panel(struct tile *t, size_t tiles)
{
    bool fetches = tiles >= FETCHING_TILES && t->bytes > 0;

    t->ahead = fetches ? t->panel + t->bytes : t->panel;
    t->advance = fetches ? t->bytes / (t->steps * tiles + 1) + 1 : 0;
}

/*
 * Passes m rows through tiles of nearly equal height: 7 rows are 4 and 3, not
 * 6 and 1, because low tiles are slow.
 */
static void compute_rows(struct tile t, size_t m, enum activation activation)
{
    size_t left = (m + TILE_ROWS - 1) / TILE_ROWS;

    share_next_panel(&t, left);
    for (; left > 0; left--) {
        size_t rows = (m + left - 1) / left;
        run_tile(&t, rows);
        if (activation != ACTIVATION_NONE)
            activations[activation](rows, t.columns, NULL, t.c, t.ldc);
        t.ahead += t.steps * t.advance;
        t.rows += rows * t.distance;
        t.c += rows * t.ldc;
        m -= rows;
    }
}
