/*
 * layout.h - how a product's weights lie when they are packed: numbers that
 * say it to those who did not pack them.
 *
 * A packed file holds weights in the layout of the CPU that it was made on.
 * Where the product is another one they are unpacked by these numbers and
 * packed again.  Described in xenc-packfile(5).
 */
#ifndef KERNELS_LAYOUT_H
#define KERNELS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum layout_element {
    LAYOUT_F32,
    LAYOUT_BF16,
    LAYOUT_I8,
    LAYOUT_I16, /* numbers of 8 bits in 16 */
    LAYOUT_ELEMENTS
};

/*
 * A panel is some columns (outputs): for each step of four bytes of them, the
 * step of one column after another, then `tail` words for each column in the
 * same way; of integers the second word is the column's scale.  The last panel
 * has as few columns as multiples of `lanes` allow; what is beyond the matrix
 * is zero.
 *
 * Without panels (0) rows lie as published; of integers the scales, float32
 * and padded to 64 bytes, lie before them.
 */
struct layout {
    enum layout_element element;
    size_t panel, lanes, tail;
};

bool layout_equal(const struct layout *a, const struct layout *b);
/* Whether the elements are integers that have scales. */
bool layout_is_integer(const struct layout *layout);
size_t layout_bytes(const struct layout *layout, size_t n, size_t k);

/* "i8 48 16 2"; and the other way, false when no layout is written so. */
enum { LAYOUT_TEXT_BYTES = 96 };
void layout_print(const struct layout *layout, char out[LAYOUT_TEXT_BYTES]);
bool layout_parse(const char *text, struct layout *layout);

/* w[n][k] as published, out of layout_bytes. */
void layout_unpack_f32(const struct layout *layout, size_t n, size_t k,
                       const void *packed, float *w);
/* The same of integers, with their scales[n]. */
void layout_unpack_i8(const struct layout *layout, size_t n, size_t k,
                      const void *packed, int8_t *w, float *scales);

#endif
