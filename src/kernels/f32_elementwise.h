/*
 * f32_elementwise.h - template: sums, gates, rotations, widening of weights.
 *
 * Included by an instruction set's file after f32_activations.h.  The last
 * lanes of a row go through the same vector code as the others, so a value's
 * result does not depend on its place.
 */

static void KERNEL(sum_f32)(size_t n, const float *a, const float *b,
                            const float *c, float *out)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        store(out + i, add(add(load(a + i), load_if(b, i)), load_if(c, i)));
    if (i == n)
        return;
    lanes rest = first_lanes(n - i);
    vector sum = add(load_lanes(rest, a + i), load_lanes_if(rest, b, i));
    store_lanes(rest, out + i, add(sum, load_lanes_if(rest, c, i)));
}

INLINE void gate_rows(vector (*function)(vector), size_t rows, size_t n,
                      const float *factor, size_t ldfactor, float *x,
                      size_t ldx)
{
    lanes rest = first_lanes(n % LANES);

    for (; rows > 0; rows--, x += ldx, factor += ldfactor) {
        size_t i = 0;
        for (; i + LANES <= n; i += LANES)
            store(x + i, multiply(function(load(x + i)), load(factor + i)));
        if (i == n)
            continue;
        vector active = function(load_lanes(rest, x + i));
        store_lanes(rest, x + i,
                    multiply(active, load_lanes(rest, factor + i)));
    }
}

static void KERNEL(gate_f32)(enum activation activation, size_t rows, size_t n,
                             const float *factor, size_t ldfactor, float *x,
                             size_t ldx)
{
#define GATE(kind, function)                                                   \
    case kind:                                                                 \
        gate_rows(function, rows, n, factor, ldfactor, x, ldx);                \
        break
    switch (activation) {
        GATE(ACTIVATION_GELU, gelu);
        GATE(ACTIVATION_GELU_TANH, gelu_tanh);
        GATE(ACTIVATION_RELU, relu);
        GATE(ACTIVATION_SILU, silu);
        GATE(ACTIVATION_TANH, hyperbolic_tangent);
        GATE(ACTIVATION_QUICK_GELU, quick_gelu);
    default:
        gate_rows(identity, rows, n, factor, ldfactor, x, ldx);
    }
#undef GATE
}

INLINE vector scaled(vector x, vector factor, const float *addend, size_t i)
{
    return addend ? multiply_add(x, factor, load(addend + i))
                  : multiply(x, factor);
}

/* x = x * factor + addend */
INLINE void scale_row(size_t n, vector factor, const float *addend, float *x)
{
    lanes rest = first_lanes(n % LANES);
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        store(x + i, scaled(load(x + i), factor, addend, i));
    if (i == n)
        return;
    vector last = load_lanes(rest, x + i);
    last = addend ? multiply_add(last, factor, load_lanes(rest, addend + i))
                  : multiply(last, factor);
    store_lanes(rest, x + i, last);
}

static void KERNEL(scale_rows_f32)(size_t rows, size_t n, const float *factors,
                                   const float *addend, size_t ldaddend,
                                   float *x, size_t ldx)
{
    for (size_t row = 0; row < rows; row++, x += ldx) {
        scale_row(n, broadcast(factors[row]), addend, x);
        addend = addend ? addend + ldaddend : NULL;
    }
}

/*** rotary positions ***/

/* The point (a, b) turned by an angle: its first and its second coordinate. */
INLINE vector turned_first(vector a, vector b, vector cosine, vector sine)
{
    return multiply_subtract_from(b, sine, multiply(a, cosine));
}

INLINE vector turned_second(vector a, vector b, vector cosine, vector sine)
{
    return multiply_add(a, sine, multiply(b, cosine));
}

INLINE void rotate_head(size_t half, const float *turns, float *x)
{
    lanes rest = first_lanes(half % LANES);
    const float *sines = turns + half;
    float *y = x + half;
    size_t i = 0;

    for (; i + LANES <= half; i += LANES) {
        vector cosine = load(turns + i), sine = load(sines + i);
        vector a = load(x + i), b = load(y + i);
        store(x + i, turned_first(a, b, cosine, sine));
        store(y + i, turned_second(a, b, cosine, sine));
    }
    if (i == half)
        return;
    vector cosine = load_lanes(rest, turns + i);
    vector sine = load_lanes(rest, sines + i);
    vector a = load_lanes(rest, x + i), b = load_lanes(rest, y + i);
    store_lanes(rest, x + i, turned_first(a, b, cosine, sine));
    store_lanes(rest, y + i, turned_second(a, b, cosine, sine));
}

static void KERNEL(rotate_f32)(size_t rows, size_t heads, size_t width,
                               const float *turns, float *x, size_t ldx)
{
    for (; rows > 0; rows--, turns += width, x += ldx)
        for (size_t head = 0; head < heads; head++)
            rotate_head(width / 2, turns, x + head * width);
}

/*** stored weights ***/

INLINE void widen(vector (*load_some)(const void *), size_t element_bytes,
                  size_t n, const char *in, float scale, float *out)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        store(out + i,
              multiply(load_some(in + i * element_bytes), broadcast(scale)));
    if (i == n)
        return;
    char rest[LANES * sizeof(uint16_t)] = {0};
    memcpy(rest, in + i * element_bytes, (n - i) * element_bytes);
    store_lanes(first_lanes(n - i), out + i,
                multiply(load_some(rest), broadcast(scale)));
}

static void KERNEL(widen_f16)(size_t n, const void *in, float scale, float *out)
{
    (void)scale;
    widen(load_f16, 2, n, in, 1, out);
}

static void KERNEL(widen_bf16)(size_t n, const void *in, float scale,
                               float *out)
{
    (void)scale;
    widen(load_bf16, 2, n, in, 1, out);
}

static void KERNEL(widen_i8)(size_t n, const void *in, float scale, float *out)
{
    widen(load_i8, 1, n, in, scale, out);
}
