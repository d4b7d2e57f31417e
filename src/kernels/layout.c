#include "kernels/layout.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t bytes;
} elements[LAYOUT_ELEMENTS] = {
    [LAYOUT_F32] = {"f32", 4},
    [LAYOUT_BF16] = {"bf16", 2},
    [LAYOUT_I8] = {"i8", 1},
    [LAYOUT_I16] = {"i16", 2},
};

enum {
    STEP_BYTES = 4,
    LINE_BYTES = 64,
    SCALE_WORD = 1, /* of a tail */
    /* Far above what any processor has. */
    PANEL_LIMIT = 1024,
    TAIL_LIMIT = 8
};

bool layout_equal(const struct layout *a, const struct layout *b)
{
    return a->element == b->element && a->panel == b->panel &&
           a->lanes == b->lanes && a->tail == b->tail;
}

bool layout_is_integer(const struct layout *layout)
{
    return layout->element == LAYOUT_I8 || layout->element == LAYOUT_I16;
}

static size_t up_to(size_t count, size_t unit)
{
    return (count + unit - 1) / unit * unit;
}

/* Bytes before rows as published. */
static size_t scale_bytes(const struct layout *layout, size_t n)
{
    return layout_is_integer(layout) ? up_to(n * sizeof(float), LINE_BYTES) : 0;
}

static size_t steps_of(const struct layout *layout, size_t k)
{
    size_t width = STEP_BYTES / elements[layout->element].bytes;
    return (k + width - 1) / width;
}

size_t layout_bytes(const struct layout *layout, size_t n, size_t k)
{
    if (layout->panel == 0)
        return scale_bytes(layout, n) + n * k * elements[layout->element].bytes;
    return up_to(n, layout->lanes) * STEP_BYTES *
           (steps_of(layout, k) + layout->tail);
}

void layout_print(const struct layout *layout, char out[LAYOUT_TEXT_BYTES])
{
    snprintf(out, LAYOUT_TEXT_BYTES, "%s %zu %zu %zu",
             elements[layout->element].name, layout->panel, layout->lanes,
             layout->tail);
}

bool layout_parse(const char *text, struct layout *layout)
{
    char name[8];
    unsigned panel, lanes, tail;
    int length = 0;
    *layout = (struct layout){.element = LAYOUT_F32};
    if (sscanf(text, "%7[a-z0-9] %4u %4u %4u%n", name, &panel, &lanes, &tail,
               &length) != 4 ||
        text[length] != '\0' || panel > PANEL_LIMIT || tail > TAIL_LIMIT)
        return false;
    while (layout->element < LAYOUT_ELEMENTS &&
           strcmp(name, elements[layout->element].name) != 0)
        layout->element++;
    layout->panel = panel;
    layout->lanes = lanes;
    layout->tail = tail;
    if (layout->element == LAYOUT_ELEMENTS)
        return false;
    if (panel == 0)
        return lanes == 0 && tail == 0;
    return lanes > 0 && panel % lanes == 0 &&
           (!layout_is_integer(layout) || tail > SCALE_WORD);
}

/* A column at work: its step p lies at steps + p * distance. */
struct column {
    const char *steps;
    size_t distance;
    float scale; /* 1 where there is none */
};

static struct column column_of(const struct layout *layout, size_t n, size_t k,
                               const char *packed, size_t j)
{
    struct column column = {.scale = 1};
    bool is_integer = layout_is_integer(layout);
    const char *scale = packed + j * sizeof(float);
    if (layout->panel == 0) {
        size_t row_bytes = k * elements[layout->element].bytes;
        column.steps = packed + scale_bytes(layout, n) + j * row_bytes;
        column.distance = STEP_BYTES;
    } else {
        size_t steps = steps_of(layout, k);
        size_t first = j / layout->panel * layout->panel;
        size_t left = up_to(n - first, layout->lanes);
        size_t width = left < layout->panel ? left : layout->panel;
        const char *panel =
            packed + first * STEP_BYTES * (steps + layout->tail);
        column.steps = panel + (j - first) * STEP_BYTES;
        column.distance = width * STEP_BYTES;
        scale = column.steps + (steps + SCALE_WORD) * column.distance;
    }
    if (is_integer)
        memcpy(&column.scale, scale, sizeof column.scale);
    return column;
}

static int8_t integer_of(const struct layout *layout, const char *at)
{
    int8_t byte;
    int16_t wide;
    memcpy(&byte, at, sizeof byte);
    if (layout->element == LAYOUT_I8)
        return byte;
    memcpy(&wide, at, sizeof wide);
    return (int8_t)wide;
}

static float float_of(const struct layout *layout, const char *at)
{
    uint32_t bits = 0;
    float value;
    if (layout_is_integer(layout))
        return integer_of(layout, at);
    if (layout->element == LAYOUT_BF16) {
        uint16_t upper;
        memcpy(&upper, at, sizeof upper);
        bits = (uint32_t)upper << 16;
    } else {
        memcpy(&bits, at, sizeof bits);
    }
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Elements of a column in a step, and bytes of each. */
static size_t step_width(const struct layout *layout, size_t *bytes)
{
    *bytes = elements[layout->element].bytes;
    return STEP_BYTES / *bytes;
}

/* One of floats and integers is NULL. */
static void unpack_column(const struct layout *layout,
                          const struct column *column, size_t k, float *floats,
                          int8_t *integers)
{
    size_t bytes, width = step_width(layout, &bytes);
    const char *step = column->steps;
    for (size_t p = 0; p < k; p += width, step += column->distance)
        for (size_t i = 0; i < width && p + i < k; i++)
            if (floats != NULL)
                floats[p + i] =
                    float_of(layout, step + i * bytes) * column->scale;
            else
                integers[p + i] = integer_of(layout, step + i * bytes);
}

void layout_unpack_f32(const struct layout *layout, size_t n, size_t k,
                       const void *packed, float *w)
{
    for (size_t j = 0; j < n; j++) {
        struct column column = column_of(layout, n, k, packed, j);
        unpack_column(layout, &column, k, w + j * k, NULL);
    }
}

void layout_unpack_i8(const struct layout *layout, size_t n, size_t k,
                      const void *packed, int8_t *w, float *scales)
{
    for (size_t j = 0; j < n; j++) {
        struct column column = column_of(layout, n, k, packed, j);
        scales[j] = column.scale;
        unpack_column(layout, &column, k, NULL, w + j * k);
    }
}
