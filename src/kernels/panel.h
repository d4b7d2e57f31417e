/*
 * panel.h - template: panels of weights and the tiles that meet them.
 *
 * A panel is TILE_VECTORS vectors of columns; a tile of sums in registers is
 * as wide, or less, and 1 .. TILE_ROWS rows high.
 */

enum { PANEL = TILE_VECTORS * LANES };

/* make(rows, vectors) for every height, make(vectors) for every width */
#define EACH_HEIGHT_TO_6(make, vectors)                                        \
    make(1, vectors) make(2, vectors) make(3, vectors) make(4, vectors)        \
        make(5, vectors) make(6, vectors)
#if TILE_ROWS == 6
#define EACH_HEIGHT EACH_HEIGHT_TO_6
#elif TILE_ROWS == 8
#define EACH_HEIGHT(make, vectors)                                             \
    EACH_HEIGHT_TO_6(make, vectors) make(7, vectors) make(8, vectors)
#endif
#if TILE_VECTORS == 2
#define EACH_WIDTH(make) make(1) make(2)
#else
#define EACH_WIDTH(make) make(1) make(2) make(3)
#endif

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t vectors_of(size_t columns)
{
    return (columns + LANES - 1) / LANES;
}
