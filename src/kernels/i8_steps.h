/*
 * i8_steps.h - template: the words of step_pack.h and step_gemm.h for int8, and
 * the rows that such a product reads.
 *
 * Included by an instruction set's file after f32_activations.h and after
 *
 *   TILE_VECTORS   of a panel
 *   STEP_ELEMENTS  4: elements are bytes, those of rows raised by ROW_OFFSET,
 *                  as the instruction wants unsigned ones; 2: they are int16
 *   ROW_OFFSET     128 or 0
 *   dot            sums of int32 for each lane, exact
 *
 * A panel's tail is, for each column, what its sum starts with, which undoes
 * the offset, and its scale.
 */

enum { HEADER_BYTES = ROW_HEADER_BYTES, TAIL_VECTORS = 2 };

typedef integers sums;

INLINE sums no_sums(void)
{
    return broadcast_integer(0);
}

INLINE sums first_sums(const char *tail, size_t vectors, size_t v)
{
    (void)vectors;
    return load_integers(tail + v * LANES * sizeof(int32_t));
}

INLINE vector finish(sums sum, const char *row, const char *tail,
                     size_t vectors, size_t v, vector bias)
{
    const char *scales = tail + (vectors + v) * LANES * sizeof(float);
    vector scaled =
        multiply(float_of_integers(sum), load((const float *)scales));

    return multiply_add(scaled, broadcast(float_at(row)), bias);
}

/*** quantising ***/

/* Magnitudes are compared as integers, whose order is that of floats, with NaN
 * above all. */
INLINE float most_magnitude(size_t n, const float *x)
{
    integers most[4] = {broadcast_integer(0), broadcast_integer(0),
                        broadcast_integer(0), broadcast_integer(0)};
    size_t i = 0;

    for (; i + 4 * LANES <= n; i += 4 * LANES) {
        UNROLL
        for (size_t chain = 0; chain < 4; chain++)
            most[chain] = maximum_integers(
                most[chain], magnitude_bits(load(x + i + chain * LANES)));
    }
    for (; i + LANES <= n; i += LANES)
        most[0] = maximum_integers(most[0], magnitude_bits(load(x + i)));
    if (i < n)
        most[1] = maximum_integers(
            most[1], magnitude_bits(load_lanes(first_lanes(n - i), x + i)));
    integers pair = maximum_integers(most[0], most[1]);
    integers other = maximum_integers(most[2], most[3]);
    int32_t bits = maximum_of_integers(maximum_integers(pair, other));
    return float_at(&bits);
}

INLINE integers quantised(vector x, vector inverse, int offset)
{
    return add_integers(integers_of_float(multiply(x, inverse)),
                        broadcast_integer(offset));
}

INLINE char *store_elements(char *at, integers value)
{
    if (STEP_ELEMENTS == 4)
        store_bytes(at, value);
    else
        store_shorts(at, value);
    return at + LANES * STEP_BYTES / STEP_ELEMENTS;
}

/* n elements, and nothing behind them. */
INLINE void quantise(size_t n, const float *x, float inverse, int offset,
                     char *out)
{
    vector factor = broadcast(inverse);
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        out = store_elements(out, quantised(load(x + i), factor, offset));
    if (i == n)
        return;
    char last[LANES * sizeof(int16_t)];
    lanes rest = first_lanes(n - i);
    store_elements(last, quantised(load_lanes(rest, x + i), factor, offset));
    memcpy(out, last, (n - i) * STEP_BYTES / STEP_ELEMENTS);
}

static size_t row_bytes(size_t k)
{
    return odd_lines(HEADER_BYTES + k * STEP_BYTES / STEP_ELEMENTS);
}

static void KERNEL(prepare_i8)(size_t rows, size_t k, const float *x,
                               size_t ldx, void *prepared)
{
    size_t bytes = row_bytes(k), used = k * STEP_BYTES / STEP_ELEMENTS;
    char *row = prepared;

    for (; rows > 0; rows--, x += ldx, row += bytes) {
        float scale, inverse = i8_inverse(most_magnitude(k, x), &scale);
        memcpy(row, &scale, sizeof scale);
        quantise(k, x, inverse, ROW_OFFSET, row + HEADER_BYTES);
        memset(row + HEADER_BYTES + used, 0, bytes - HEADER_BYTES - used);
    }
}

/*** weights ***/

struct weights_source {
    size_t k;
    const float *f32; /* NULL: they are quantised, with scales */
    const int8_t *i8;
    const float *scales;
    float inverse[TILE_VECTORS * LANES],
        scale[TILE_VECTORS * LANES]; /* of a panel */
};

static void open_columns(struct weights_source *source, size_t columns,
                         size_t k)
{
    for (size_t i = 0; i < columns; i++)
        if (source->f32)
            source->inverse[i] = i8_inverse(
                most_magnitude(k, source->f32 + i * k), &source->scale[i]);
        else
            source->scale[i] = source->scales[i];
}

static void read_weights(const struct weights_source *source, size_t column,
                         size_t p, size_t elements, void *out)
{
    size_t at = column * source->k + p;

    if (source->f32)
        quantise(elements, source->f32 + at, source->inverse[column], 0, out);
    else if (STEP_ELEMENTS == 4)
        memcpy(out, source->i8 + at, elements);
    else
        for (size_t i = 0; i < elements; i++)
            ((int16_t *)out)[i] = source->i8[at + i];
}

/* The tail: -ROW_OFFSET times the sum of a column, found by multiplying it
 * with a row of ones, and the scales. */
static void close_columns(const struct weights_source *source, size_t columns,
                          size_t steps, size_t vectors, const char *panel,
                          char *tail)
{
    static const int8_t ones[STEP_BYTES] = {1, 1, 1, 1};
    integers one = broadcast_bytes((const char *)ones);
    float *scales = (float *)tail + vectors * LANES;

    for (size_t v = 0; v < vectors; v++) {
        const char *at = panel + v * LANES * STEP_BYTES;
        sums sum = broadcast_integer(0);
        for (size_t p = 0; ROW_OFFSET && p < steps; p++)
            sum = dot(sum, one,
                      load_integers(at + p * vectors * LANES * STEP_BYTES));
        store_integers(tail + v * LANES * sizeof(int32_t),
                       multiply_integers(sum, broadcast_integer(-ROW_OFFSET)));
    }
    memset(scales, 0, vectors * LANES * sizeof *scales);
    memcpy(scales, source->scale, columns * sizeof *scales);
}

static void next_columns(struct weights_source *source, size_t columns)
{
    if (source->f32)
        source->f32 += columns * source->k;
    else {
        source->i8 += columns * source->k;
        source->scales += columns;
    }
}
