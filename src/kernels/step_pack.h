/*
 * step_pack.h - template: weights smaller than float32, packed.
 *
 * A row and a column meet in steps of four bytes: four int8, or two int16 or
 * bf16, which one instruction multiplies and adds up in each lane.  Weights are
 * packed into panels of TILE_VECTORS vectors of columns, [steps][columns] and
 * then a tail; the last panel is as narrow as whole vectors allow, and what no
 * weight fills is zero.
 *
 * Included by an instruction set's file after the words of its operands
 * (i8_steps.h, bf16_steps.h):
 *
 *   HEADER_BYTES    of a prepared row, before its steps
 *   STEP_ELEMENTS   of a row or a column in a step
 *   TAIL_VECTORS    of a panel: what finishing needs, for each column
 *   struct weights_source and its open_columns, read_weights, close_columns,
 *   next_columns    what is packed, a panel at a time
 */

#include "kernels/panel.h"

enum { CHUNK_STEPS = 64 /* packed at a time: of a panel, on the stack */ };

static size_t steps_of(size_t k)
{
    return (k + STEP_ELEMENTS - 1) / STEP_ELEMENTS;
}

static size_t panel_bytes(size_t vectors, size_t steps)
{
    return vectors * LANES * STEP_BYTES * (steps + TAIL_VECTORS);
}

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

static void pack(size_t n, size_t k, const float *w, void *packed)
{
    pack_panels((struct weights_source){.k = k, .f32 = w}, n, k, packed);
}
