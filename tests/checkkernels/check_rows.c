/*
 * check_rows.c - softmax and layer norm against double.
 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <string.h>

/*** softmax ***/

enum { MOST_COLUMNS = 1100 };

void exact_softmax(size_t n, float scale, const float *x, double *out)
{
    double maximum = -INFINITY, sum = 0;

    for (size_t i = 0; i < n; i++) {
        out[i] = (double)x[i] * (double)scale;
        maximum = out[i] > maximum ? out[i] : maximum;
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = exp(out[i] - maximum);
        sum += out[i];
    }
    for (size_t i = 0; i < n; i++)
        out[i] /= sum;
}

/*
 * A weight's relative error is that of exp and of the sum, and the absolute
 * error of its exponent scale * (x - most), which three roundings made.
 */
static void compare_softmax(size_t n, float scale, const float *before,
                            const float *after)
{
    double expected[MOST_COLUMNS], most = -INFINITY;

    exact_softmax(n, scale, before, expected);
    for (size_t i = 0; i < n; i++)
        most = fmax(most, (double)before[i]);
    for (size_t i = 0; i < n; i++) {
        double exponent = (double)scale * (most - (double)before[i]);
        double tolerance =
            expected[i] * (4e-7 + exponent * 2 * FLT_EPSILON) + FLT_MIN;
        if (!check_near((double)after[i], expected[i], tolerance, i))
            return;
    }
}

static void check_softmax_case(const struct kernels *kernels, size_t rows,
                               size_t columns, float scale, float spread)
{
    size_t ld = columns + random_below(4);
    size_t count = rows ? (rows - 1) * ld + columns : 0;
    check_case("rows %zu columns %zu scale %g spread %g ld %zu", rows, columns,
               (double)scale, (double)spread, ld);
    float *before = operand_random(SLOT_A, count);
    float *x = operand_poisoned(SLOT_C, count);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            x[i * ld + j] = before[i * ld + j] *= spread;

    kernels->softmax_f32(rows, columns, scale, x, ld);
    check_surroundings(rows, columns, x, ld);
    for (size_t i = 0; i < rows; i++) {
        compare_softmax(columns, scale, before + i * ld, x + i * ld);
        float *alone = operand_bytes(SLOT_D, columns * sizeof *alone);
        memcpy(alone, before + i * ld, columns * sizeof *alone);
        kernels->softmax_f32(1, columns, scale, alone, columns);
        check_that(same_bits(alone, x + i * ld, columns),
                   "row %zu alone differs", i);
    }
}

/* One row of `columns` equal values but for one special at `place`. */
static const float *softmax_with(const struct kernels *kernels, size_t columns,
                                 float value, size_t place, float special)
{
    check_case("columns %zu all %g but %g at %zu", columns, (double)value,
               (double)special, place);
    float *x = operand_poisoned(SLOT_C, columns);
    for (size_t j = 0; j < columns; j++)
        x[j] = value;
    x[place] = special;
    kernels->softmax_f32(1, columns, 1, x, columns);
    check_surroundings(1, columns, x, columns);
    return x;
}

static void check_softmax_specials(const struct kernels *kernels)
{
    for (size_t columns = 2; columns <= 70; columns++) {
        size_t place = random_below(columns);
        const float *x = softmax_with(kernels, columns, 3, place, -INFINITY);
        for (size_t j = 0; j < columns; j++)
            check_near((double)x[j], j == place ? 0 : 1 / (double)(columns - 1),
                       1e-7, j);

        /* A masked score of the reference's kind has weight 0 exactly. */
        x = softmax_with(kernels, columns, 3, place, -FLT_MAX);
        check_that(x[place] == 0, "a masked key has weight %g",
                   (double)x[place]);

        /* Far below all others: 0, and no NaN from any overflow. */
        x = softmax_with(kernels, columns, -1e30f, place, 1e30f);
        for (size_t j = 0; j < columns; j++)
            check_that(x[j] == (j == place), "element %zu is %g", j,
                       (double)x[j]);

        x = softmax_with(kernels, columns, 3, place, NAN);
        for (size_t j = 0; j < columns; j++)
            check_that(isnan(x[j]), "element %zu of a row with NaN is %g", j,
                       (double)x[j]);
    }
}

void check_softmax(const struct kernels *kernels, int which)
{
    (void)which;
    static const float scales[] = {1, 0.17677669f, 0.125f, 3};
    static const float spreads[] = {1e-3f, 1, 20, 300};

    for (size_t columns = 0; columns <= 130; columns++)
        check_softmax_case(kernels, random_below(5), columns,
                           scales[random_below(4)], spreads[random_below(4)]);
    static const size_t lengths[] = {255, 256, 257, 512, 1023, MOST_COLUMNS};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        check_softmax_case(kernels, 3, lengths[i], 0.125f, 30);
    check_softmax_specials(kernels);
}

/*** layer norm ***/

struct norm_case {
    size_t rows, n;
    float epsilon, spread, shift, outlier;
    bool residual, bias, in_place;
};

static void exact_layer_norm(size_t n, const float *x, const float *residual,
                             const float *weight, const float *bias,
                             double epsilon, double *out, double *tolerance)
{
    double mean = 0, variance = 0, most = 0;

    for (size_t i = 0; i < n; i++) {
        out[i] = (double)(residual ? x[i] + residual[i] : x[i]);
        mean += out[i] / (double)n;
        most = fmax(most, fabs(out[i]));
    }
    for (size_t i = 0; i < n; i++)
        variance += (out[i] - mean) * (out[i] - mean) / (double)n;
    double inverse = 1 / sqrt(variance + epsilon);
    for (size_t i = 0; i < n; i++) {
        double normal = (out[i] - mean) * inverse, w = (double)weight[i];
        out[i] = normal * w + (bias ? (double)bias[i] : 0);
        /* Roundings of the mean count as much as the deviation is small. */
        tolerance[i] = fabs(w) * (fabs(normal) + most * inverse) * 4e-7 +
                       fabs(out[i]) * FLT_EPSILON + 1e-37;
    }
}

static void check_norm_case(const struct kernels *kernels, struct norm_case g)
{
    enum { MOST = 4100 };
    static double expected[MOST], tolerance[MOST];
    size_t count = g.rows * g.n;
    check_case("rows %zu n %zu epsilon %g spread %g shift %g outlier %g "
               "residual %d bias %d in place %d",
               g.rows, g.n, (double)g.epsilon, (double)g.spread,
               (double)g.shift, (double)g.outlier, g.residual, g.bias,
               g.in_place);
    float *x = operand_random(SLOT_A, count);
    for (size_t i = 0; i < count; i++)
        x[i] = x[i] * g.spread + g.shift;
    for (size_t i = 0; i < g.rows && g.n > 3; i++)
        x[i * g.n + 3] *= g.outlier;
    float *residual = operand_random(SLOT_B, count);
    float *weight = operand_random(SLOT_D, g.n);
    float *bias = operand_random(SLOT_E, g.n);
    float *out = operand_poisoned(SLOT_C, count);
    if (g.in_place && count > 0)
        memcpy(out, x, count * sizeof *x);
    if (!g.residual)
        residual = NULL;
    if (!g.bias)
        bias = NULL;

    kernels->layer_norm_f32(g.rows, g.n, g.in_place ? out : x, residual, weight,
                            bias, g.epsilon, out);
    check_surroundings(g.rows, g.n, out, g.n);
    for (size_t i = 0; i < g.rows; i++) {
        exact_layer_norm(g.n, x + i * g.n, residual ? residual + i * g.n : NULL,
                         weight, bias, (double)g.epsilon, expected, tolerance);
        for (size_t j = 0; j < g.n; j++)
            if (!check_near((double)out[i * g.n + j], expected[j], tolerance[j],
                            i * g.n + j))
                return;
    }
}

void check_layer_norm(const struct kernels *kernels, int which)
{
    (void)which;
    static const float spreads[] = {1e-4f, 1, 50};
    static const float shifts[] = {0, 1, 30};
    static const size_t widths[] = {128, 255, 312, 384, 768, 1024, 4096};

    for (size_t n = 0; n <= 140; n++) {
        struct norm_case g = {
            .rows = random_below(4),
            .n = n,
            .epsilon = random_below(2) ? 1e-12f : 1e-5f,
            .spread = spreads[random_below(3)],
            .shift = shifts[random_below(3)],
            .outlier = 1,
            .residual = random_below(2),
            .bias = random_below(2),
            .in_place = random_below(2),
        };
        check_norm_case(kernels, g);
    }
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        struct norm_case g = {.rows = 3,
                              .n = widths[i],
                              .epsilon = 1e-12f,
                              .spread = 1,
                              .outlier = 1,
                              .residual = true,
                              .bias = true,
                              .in_place = i % 2};
        check_norm_case(kernels, g);
        g.outlier = 300; /* as trained encoders have */
        check_norm_case(kernels, g);
    }
    /* All equal: no deviation at all, epsilon alone keeps it finite. */
    check_norm_case(kernels, (struct norm_case){.rows = 2,
                                                .n = 50,
                                                .epsilon = 1e-12f,
                                                .shift = 2,
                                                .outlier = 1,
                                                .bias = true});
}
