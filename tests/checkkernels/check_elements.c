/*
 * check_elements.c - activations, sums and widening against double.
 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <string.h>

const char *const activation_names[ACTIVATION_COUNT] = {
    [ACTIVATION_NONE] = "none",
    [ACTIVATION_GELU] = "gelu",
    [ACTIVATION_GELU_TANH] = "gelu_tanh",
    [ACTIVATION_RELU] = "relu",
    [ACTIVATION_SILU] = "silu",
    [ACTIVATION_TANH] = "tanh",
    [ACTIVATION_QUICK_GELU] = "quick_gelu",
};

/*** activations ***/

double exact_activation(enum activation kind, double x)
{
    switch (kind) {
    case ACTIVATION_GELU:
        return x / 2 * erfc(-x * M_SQRT1_2);
    case ACTIVATION_GELU_TANH:
        return x /
               (1 + exp(-2 * 0.7978845608028654 * (x + 0.044715 * x * x * x)));
    case ACTIVATION_RELU:
        return x < 0 ? 0 : x;
    case ACTIVATION_SILU:
        return x / (1 + exp(-x));
    case ACTIVATION_TANH:
        return tanh(x);
    case ACTIVATION_QUICK_GELU:
        return x / (1 + exp(-1.702 * x));
    default:
        return x;
    }
}

/* 4e-7 absolute, or three roundings of a large value; tanh is relative. */
static double activation_tolerance(enum activation kind, double expected)
{
    double rounding = fabs(expected) * FLT_EPSILON * 1.5;

    if (kind == ACTIVATION_NONE || kind == ACTIVATION_RELU)
        return 0;
    if (kind == ACTIVATION_TANH)
        return fabs(expected) * 3e-7 + FLT_MIN;
    return fmax(4e-7, rounding);
}

/* Every magnitude, both signs, finely where the functions bend. */
static void check_sweep(const struct kernels *kernels, enum activation kind)
{
    enum { COUNT = 1 << 18 };
    float *x = operand_bytes(SLOT_C, COUNT * sizeof *x);
    float *before = operand_bytes(SLOT_A, COUNT * sizeof *x);

    check_case("%d values", COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        float value = random_float();
        int form = (int)(i % 4);
        before[i] = form == 0   ? value * 12
                    : form == 1 ? value * 2
                    : form == 2 ? value * 120
                                : ldexpf(value, (int)random_below(240) - 130);
    }
    memcpy(x, before, COUNT * sizeof *x);
    kernels->activation_f32[kind](1, COUNT, NULL, x, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        double expected = exact_activation(kind, (double)before[i]);
        double tolerance = activation_tolerance(kind, expected);
        if (!check_near((double)x[i], expected, tolerance, i)) {
            check_that(false, "that was of %.9g", (double)before[i]);
            return;
        }
    }
}

/* Shapes, distances and bias; a value's result is the same at every place. */
static void check_activation_shape(const struct kernels *kernels,
                                   enum activation kind, size_t rows, size_t n,
                                   bool with_bias)
{
    size_t ld = n + random_below(4), count = rows ? (rows - 1) * ld + n : 0;
    check_case("rows %zu n %zu ld %zu bias %d", rows, n, ld, with_bias);
    float *before = operand_random(SLOT_A, count);
    float *bias = with_bias ? operand_random(SLOT_B, n) : NULL;
    float *x = operand_poisoned(SLOT_C, count);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++)
            x[i * ld + j] = before[i * ld + j] *= 5;

    kernels->activation_f32[kind](rows, n, bias, x, ld);
    check_surroundings(rows, n, x, ld);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            size_t at = i * ld + j;
            float argument = bias ? before[at] + bias[j] : before[at];
            float *alone = operand_bytes(SLOT_D, sizeof *alone);
            *alone = argument;
            kernels->activation_f32[kind](1, 1, NULL, alone, 1);
            check_that(same_bits(x + at, alone, 1),
                       "element %zu is %.9g, alone %.9g", at, (double)x[at],
                       (double)*alone);
        }
}

/* NaN stays NaN.  An infinity gives its limit, or NaN where the formula does:
 * minus infinity times zero. */
static void check_activation_specials(const struct kernels *kernels,
                                      enum activation kind)
{
    for (size_t n = 1; n <= 35; n++) {
        check_case("NaN and infinities, n %zu", n);
        float *x = operand_poisoned(SLOT_C, 3 * n);
        for (size_t j = 0; j < n; j++) {
            x[j] = NAN;
            x[n + j] = INFINITY;
            x[2 * n + j] = -INFINITY;
        }
        kernels->activation_f32[kind](3, n, NULL, x, n);
        double high = kind == ACTIVATION_TANH ? 1 : INFINITY;
        double low = kind == ACTIVATION_TANH   ? -1
                     : kind == ACTIVATION_NONE ? -INFINITY
                                               : 0;
        for (size_t j = 0; j < n; j++) {
            check_that(isnan(x[j]), "of NaN is %g", (double)x[j]);
            check_near((double)x[n + j], high, 1e-7, j);
            if (!isnan(x[2 * n + j]))
                check_near((double)x[2 * n + j], low, 1e-7, j);
        }
    }
}

void check_activation(const struct kernels *kernels, int which)
{
    enum activation kind = (enum activation)which;

    check_sweep(kernels, kind);
    for (size_t n = 0; n <= 70; n++)
        check_activation_shape(kernels, kind, random_below(4), n,
                               random_below(2));
    check_activation_shape(kernels, kind, 8, 48, false);
    check_activation_shape(kernels, kind, 2, 1200, true);
    check_activation_specials(kernels, kind);
}

/*** sum ***/

void check_sum(const struct kernels *kernels, int which)
{
    (void)which;
    for (size_t n = 0; n <= 140; n++)
        for (int form = 0; form < 4; form++) {
            check_case("n %zu b %d c %d", n, form & 1, form >> 1);
            float *a = operand_random(SLOT_A, n);
            float *b = form & 1 ? operand_random(SLOT_B, n) : NULL;
            float *c = form & 2 ? operand_random(SLOT_D, n) : NULL;
            float *out = operand_poisoned(SLOT_C, n);

            kernels->sum_f32(n, a, b, c, out);
            check_surroundings(1, n, out, n);
            for (size_t i = 0; i < n; i++) {
                float expected = (b ? a[i] + b[i] : a[i]) + (c ? c[i] : 0);
                check_that(out[i] == expected, "element %zu is %.9g, not %.9g",
                           i, (double)out[i], (double)expected);
            }
        }
}

/*** rows times something ***/

struct rows_case {
    size_t rows, n, ldx, ldother;
};

static struct rows_case random_rows(size_t n)
{
    return (struct rows_case){.rows = random_below(5),
                              .n = n,
                              .ldx = n + random_below(4),
                              .ldother = n + random_below(4)};
}

static size_t extent(size_t rows, size_t n, size_t ld)
{
    return rows > 0 ? (rows - 1) * ld + n : 0;
}

/* A random matrix in an output's slot; what lies between rows is poison. */
static float *output_of(const struct rows_case *g, const float *values)
{
    float *x = operand_poisoned(SLOT_C, extent(g->rows, g->n, g->ldx));

    for (size_t i = 0; i < g->rows; i++)
        memcpy(x + i * g->ldx, values + i * g->ldx, g->n * sizeof *x);
    return x;
}

/* The activation's value, times the factor and rounded once. */
void check_gate(const struct kernels *kernels, int which)
{
    enum activation kind = (enum activation)which;
    for (size_t n = 0; n <= 140; n++) {
        struct rows_case g = random_rows(n);
        check_case("rows %zu n %zu ldx %zu ldfactor %zu", g.rows, n, g.ldx,
                   g.ldother);
        float *before = operand_random(SLOT_A, extent(g.rows, n, g.ldx));
        float *factor = operand_random(SLOT_B, extent(g.rows, n, g.ldother));
        float *x = output_of(&g, before);

        kernels->gate_f32(kind, g.rows, n, factor, g.ldother, x, g.ldx);
        check_surroundings(g.rows, n, x, g.ldx);
        kernels->activation_f32[kind](g.rows, n, NULL, before, g.ldx);
        for (size_t i = 0; i < g.rows; i++)
            for (size_t j = 0; j < n; j++)
                check_that(x[i * g.ldx + j] == before[i * g.ldx + j] *
                                                   factor[i * g.ldother + j],
                           "row %zu column %zu", i, j);
    }
}

void check_scale_rows(const struct kernels *kernels, int which)
{
    (void)which;
    for (size_t n = 0; n <= 140; n++) {
        struct rows_case g = random_rows(n);
        bool adds = random_below(2);
        check_case("rows %zu n %zu ldx %zu addend %d", g.rows, n, g.ldx, adds);
        float *before = operand_random(SLOT_A, extent(g.rows, n, g.ldx));
        float *addend = operand_random(SLOT_B, extent(g.rows, n, g.ldother));
        float *factors = operand_random(SLOT_D, g.rows);
        float *x = output_of(&g, before);

        kernels->scale_rows_f32(g.rows, n, factors, adds ? addend : NULL,
                                g.ldother, x, g.ldx);
        check_surroundings(g.rows, n, x, g.ldx);
        for (size_t i = 0; i < g.rows; i++)
            for (size_t j = 0; j < n; j++) {
                double product =
                    (double)before[i * g.ldx + j] * (double)factors[i];
                double more = adds ? (double)addend[i * g.ldother + j] : 0;
                check_near((double)x[i * g.ldx + j], product + more,
                           (fabs(product) + fabs(more)) * FLT_EPSILON, j);
            }
    }
}

/*** rotary positions ***/

static void check_rotate_case(const struct kernels *kernels, size_t rows,
                              size_t heads, size_t width)
{
    struct rows_case g = {.rows = rows,
                          .n = heads * width,
                          .ldx = heads * width + random_below(4)};
    size_t half = width / 2;
    check_case("rows %zu heads %zu width %zu ldx %zu", rows, heads, width,
               g.ldx);
    float *before = operand_random(SLOT_A, extent(rows, g.n, g.ldx));
    float *turns = operand_random(SLOT_B, rows * width);
    float *x = output_of(&g, before);

    kernels->rotate_f32(rows, heads, width, turns, x, g.ldx);
    check_surroundings(rows, g.n, x, g.ldx);
    for (size_t at = 0; at < rows * heads * half; at++) {
        size_t row = at / (heads * half), head = at / half % heads,
               m = at % half;
        size_t first = row * g.ldx + head * width + m, second = first + half;
        double a = (double)before[first], b = (double)before[second];
        double cosine = (double)turns[row * width + m];
        double sine = (double)turns[row * width + half + m];
        check_near((double)x[first], a * cosine - b * sine, 3e-7, first);
        check_near((double)x[second], a * sine + b * cosine, 3e-7, second);
    }
}

void check_rotate(const struct kernels *kernels, int which)
{
    (void)which;
    for (size_t width = 2; width <= 130; width += 2)
        check_rotate_case(kernels, random_below(5), 1 + random_below(4), width);
}

/*** widen ***/

/* The value by the definition of the format, not by its bits. */
static double exact_element(enum element element, uint16_t bits)
{
    int exponent_bits = element == ELEMENT_F16 ? 5 : 8;
    int fraction_bits = 15 - exponent_bits;
    int exponent = bits >> fraction_bits & ((1 << exponent_bits) - 1);
    int fraction = bits & ((1 << fraction_bits) - 1);
    int bias = (1 << (exponent_bits - 1)) - 1;
    double sign = bits >> 15 ? -1 : 1;

    if (exponent == (1 << exponent_bits) - 1)
        return fraction ? (double)NAN : sign * INFINITY;
    if (exponent == 0)
        return sign * ldexp(fraction, 1 - bias - fraction_bits);
    return sign * ldexp(fraction + (1 << fraction_bits),
                        exponent - bias - fraction_bits);
}

static size_t element_bytes(enum element element)
{
    static const size_t bytes[ELEMENT_COUNT] = {4, 2, 2, 1};
    return bytes[element];
}

static double exact_widened(enum element element, const unsigned char *in,
                            size_t i, float scale)
{
    float f32;
    uint16_t bits;

    if (element == ELEMENT_I8)
        return (double)((float)(int8_t)in[i] * scale);
    if (element == ELEMENT_F32) {
        memcpy(&f32, in + 4 * i, sizeof f32);
        return (double)f32;
    }
    memcpy(&bits, in + 2 * i, sizeof bits);
    return exact_element(element, bits);
}

/* `odd` moves the source off every alignment. */
static void check_widen_case(const struct kernels *kernels,
                             enum element element, size_t n, bool odd,
                             bool in_order)
{
    check_case("n %zu odd address %d", n, odd);
    size_t bytes = n * element_bytes(element);
    unsigned char *in = operand_bytes(SLOT_A, bytes + odd);
    for (size_t i = 0; i < bytes; i++)
        in[i] =
            (unsigned char)(in_order ? i % 2 ? i >> 9 : i >> 1 : random_bits());
    float scale = element == ELEMENT_I8 ? 0.0123f : 1;
    float *out = operand_poisoned(SLOT_C, n);

    kernels->widen_f32[element](n, in, scale, out);
    check_surroundings(1, n, out, n);
    for (size_t i = 0; i < n; i++) {
        double expected = exact_widened(element, in, i, scale);
        if (!check_that(near((double)out[i], expected, 0),
                        "element %zu is %.9g, not %.9g", i, (double)out[i],
                        expected))
            return;
    }
}

void check_widen(const struct kernels *kernels, int which)
{
    enum element element = (enum element)which;

    for (size_t n = 0; n <= 70; n++)
        for (int odd = 0; odd < 2; odd++)
            check_widen_case(kernels, element, n, odd, false);
    /* Every 16-bit pattern once (and every byte). */
    check_widen_case(kernels, element, 1 << 16, false, true);
}
