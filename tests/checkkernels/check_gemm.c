/*
 * check_gemm.c - the packed products of each precision.
 *
 * Each is held against a sum in double of the operands as its precision rounds
 * them, which this file does in its own way, so that a tolerance is that of
 * float32 sums; int8 also against the reference, whose bits it must have.
 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/*** operands as a precision sees them ***/

static double *new_doubles(size_t count)
{
    double *values = calloc(count + 1, sizeof *values);
    if (!values)
        abort();
    return values;
}

/* kernels/i8.h */
static void round_i8(size_t n, const float *x, double *out)
{
    float most = 0;
    bool is_finite = true;

    for (size_t i = 0; i < n; i++) {
        is_finite = is_finite && isfinite(x[i]);
        most = fmaxf(most, fabsf(x[i]));
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        if (!is_finite)
            out[i] = NAN;
        else if (most >= 0x1p-100f)
            out[i] =
                nearbyint((double)(x[i] * (127 / most))) * (double)(most / 127);
    }
}

/* [rows][n], dense. */
static double *rounded(enum precision precision, size_t rows, size_t n,
                       const float *x, size_t ldx)
{
    double *out = new_doubles(rows * n);

    for (size_t i = 0; i < rows; i++, x += ldx) {
        double *row = out + i * n;
        if (precision == PRECISION_INT8)
            round_i8(n, x, row);
        else
            for (size_t j = 0; j < n; j++)
                row[j] = precision == PRECISION_BF16 ? round_bf16(x[j])
                                                     : (double)x[j];
    }
    return out;
}

static struct product exact(size_t k, const double *a, const double *b)
{
    struct product sum = {0, 0};

    for (size_t p = 0; p < k; p++) {
        sum.value += a[p] * b[p];
        sum.magnitudes += fabs(a[p] * b[p]);
    }
    return sum;
}

/* bf16 products take small numbers for zero. */
static double tolerance_of(enum precision precision, size_t k,
                           double magnitudes)
{
    double lost = precision == PRECISION_BF16 ? (double)k * FLT_MIN : 0;
    return sum_tolerance(k, magnitudes) + lost;
}

/*** a product ***/

struct product_case {
    const struct gemm *gemm;
    enum precision precision;
    size_t m, n, k, lda, ldc;
    bool bias;
    enum activation activation;
};

static struct product_case square(const struct kernels *kernels, int which,
                                  size_t m, size_t n, size_t k)
{
    return (struct product_case){.gemm = &kernels->gemm[which],
                                 .precision = (enum precision)which,
                                 .m = m,
                                 .n = n,
                                 .k = k,
                                 .lda = k,
                                 .ldc = n};
}

/* What run takes as weights: packed, or w itself. */
static const void *packed_weights(const struct gemm *gemm, size_t n, size_t k,
                                  const float *w)
{
    size_t bytes = gemm->packed_bytes(n, k);
    if (bytes == 0)
        return w;
    void *packed = operand_aligned(SLOT_PACKED, bytes);
    memset(packed, 0xff, bytes); /* NaN wherever pack forgets */
    gemm->pack(n, k, w, packed);
    return packed;
}

/* c of the first `rows` rows of a. */
static void run(const struct product_case *g, size_t rows, const float *a,
                const void *packed, const float *bias,
                enum activation activation, float *c)
{
    const struct gemm *gemm = g->gemm;
    const void *operand = a;
    size_t distance = g->lda * sizeof *a;

    if (gemm->prepare) {
        distance = gemm->row_bytes(g->k);
        void *room = operand_aligned(SLOT_ROWS, rows * distance);
        memset(room, 0xff, rows * distance);
        gemm->prepare(rows, g->k, a, g->lda, room);
        operand = room;
    }
    gemm->run(rows, g->n, g->k, operand, distance, packed, bias, activation, c,
              g->ldc);
    check_surroundings(rows, g->n, c, g->ldc);
}

static void compare(const struct product_case *g, const float *a,
                    const float *w, const float *bias, const float *c)
{
    double *rows = rounded(g->precision, g->m, g->k, a, g->lda);
    double *columns = rounded(g->precision, g->n, g->k, w, g->k);
    bool fine = true;

    for (size_t i = 0; i < g->m && fine; i++)
        for (size_t j = 0; j < g->n && fine; j++) {
            struct product sum =
                exact(g->k, rows + i * g->k, columns + j * g->k);
            double shift = bias ? (double)bias[j] : 0;
            fine = check_near(
                (double)c[i * g->ldc + j], sum.value + shift,
                tolerance_of(g->precision, g->k, sum.magnitudes + fabs(shift)),
                i * g->ldc + j);
        }
    free(rows);
    free(columns);
}

/* int8 sums are exact: the same bits on every instruction set. */
static void compare_with_reference(const struct product_case *g, const float *a,
                                   const float *w, const float *bias,
                                   const float *c, size_t c_count)
{
    struct product_case other = *g;
    if (g->precision != PRECISION_INT8)
        return;
    other.gemm = &kernels_rung("reference")->gemm[PRECISION_INT8];
    float *expected = operand_poisoned(SLOT_E, c_count);
    run(&other, g->m, a, packed_weights(other.gemm, g->n, g->k, w), bias,
        ACTIVATION_NONE, expected);
    check_that(same_bits(c, expected, c_count), "not the reference's bits");
}

/*
 * The fused epilogue does what the activation's own entry does; where its
 * results become bf16 or int8 next, to a quarter of what these round.
 */
static bool is_rounded_next(enum precision precision)
{
    return precision != PRECISION_F32;
}

static void compare_activated(const struct product_case *g, const float *c,
                              const float *fused)
{
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j < g->n; j++) {
            size_t at = i * g->ldc + j;
            double expected = exact_activation(g->activation, (double)c[at]);
            if (!check_near((double)fused[at], expected,
                            2e-5 + fabs(expected) * 0x1p-11, at))
                return;
        }
}

static void check_case_of(const struct kernels *kernels, struct product_case g)
{
    check_case("m %zu n %zu k %zu lda %zu ldc %zu bias %d %s", g.m, g.n, g.k,
               g.lda, g.ldc, g.bias, activation_names[g.activation]);
    size_t a_count = g.m ? (g.m - 1) * g.lda + g.k : 0;
    size_t c_count = g.m ? (g.m - 1) * g.ldc + g.n : 0;
    float *a = operand_random(SLOT_A, a_count);
    float *w = operand_random(SLOT_B, g.n * g.k);
    float *bias = operand_random(SLOT_D, g.n);
    if (!g.bias)
        bias = NULL;
    float *c = operand_poisoned(SLOT_C, c_count);

    run(&g, g.m, a, packed_weights(g.gemm, g.n, g.k, w), bias, ACTIVATION_NONE,
        c);
    compare(&g, a, w, bias, c);
    compare_with_reference(&g, a, w, bias, c, c_count);
    if (g.activation == ACTIVATION_NONE)
        return;

    float *fused = operand_poisoned(SLOT_E, c_count);
    run(&g, g.m, a, packed_weights(g.gemm, g.n, g.k, w), bias, g.activation,
        fused);
    if (is_rounded_next(g.precision)) {
        compare_activated(&g, c, fused);
        return;
    }
    kernels->activation_f32[g.activation](g.m, g.n, NULL, c, g.ldc);
    check_that(same_bits(fused, c, c_count), "the fused activation differs");
}

static void check_shapes(const struct kernels *kernels, int which)
{
    static const size_t widths[] = {1,  2,  3,  7,  8,  9,   15,  16,  17,
                                    24, 26, 31, 32, 33, 47,  48,  49,  63,
                                    64, 65, 95, 96, 97, 128, 191, 192, 193};
    static const size_t depths[] = {0,  1,  2,  3,  5,   16,  26,
                                    31, 64, 65, 66, 127, 129, 259};

    for (size_t m = 0; m <= 26; m++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            size_t k = depths[(m + i) % (sizeof depths / sizeof *depths)];
            struct product_case g = square(kernels, which, m, widths[i], k);
            g.lda += random_below(3);
            g.ldc += random_below(3);
            g.bias = random_below(2);
            g.activation = (enum activation)random_below(ACTIVATION_COUNT);
            check_case_of(kernels, g);
        }
}

/* Shapes of published models: TinyBERT, MiniLM, heads with few labels. */
static void check_models(const struct kernels *kernels, int which)
{
    static const struct {
        size_t m, n, k, lda, ldc;
        bool bias;
        enum activation activation;
    } cases[] = {
        {13, 1200, 312, 312, 1200, true, ACTIVATION_GELU},
        {14, 312, 1200, 1200, 312, true, ACTIVATION_NONE},
        {1, 312, 312, 312, 312, true, ACTIVATION_TANH},
        {37, 128, 512, 512, 128, true, ACTIVATION_NONE},
        {23, 1152, 384, 384, 1152, true, ACTIVATION_NONE},
        {9, 384, 1536, 1536, 400, true, ACTIVATION_NONE},
        {31, 1536, 384, 1152, 1536, true, ACTIVATION_GELU_TANH},
        {5, 3, 768, 768, 3, true, ACTIVATION_NONE},
        {512, 1, 384, 768, 1, true, ACTIVATION_NONE},
        {7, 768, 3072, 3072, 768, false, ACTIVATION_SILU},
        {130, 40, 33, 35, 41, false, ACTIVATION_RELU},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct product_case g =
            square(kernels, which, cases[i].m, cases[i].n, cases[i].k);
        g.lda = cases[i].lda;
        g.ldc = cases[i].ldc;
        g.bias = cases[i].bias;
        g.activation = cases[i].activation;
        check_case_of(kernels, g);
    }
}

/* What is special in one row of a stays in that row of c. */
static void check_special(const struct product_case *g, float special)
{
    size_t row = random_below(g->m), n = g->n;
    check_case("%g in one row", (double)special);
    float *a = operand_random(SLOT_A, g->m * g->k);
    float *w = operand_random(SLOT_B, n * g->k);
    const void *packed = packed_weights(g->gemm, n, g->k, w);
    float *clean = operand_poisoned(SLOT_C, g->m * n);
    float *c = operand_poisoned(SLOT_D, g->m * n);

    run(g, g->m, a, packed, NULL, ACTIVATION_NONE, clean);
    a[row * g->k + random_below(g->k)] = special;
    run(g, g->m, a, packed, NULL, ACTIVATION_NONE, c);
    check_that(same_bits(c, clean, row * n), "rows before it changed");
    check_that(same_bits(c + (row + 1) * n, clean + (row + 1) * n,
                         (g->m - row - 1) * n),
               "rows behind it changed");
    struct product_case one = *g;
    one.m = 1;
    compare(&one, a + row * g->k, w, NULL, c + row * n);
}

static void check_specials(const struct kernels *kernels, int which)
{
    static const float specials[] = {NAN,     INFINITY, -INFINITY,
                                     FLT_MAX, 1e30f,    1e-42f};
    struct product_case g = square(kernels, which, 19, 53, 40);

    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++)
        check_special(&g, specials[i]);
}

/* Both operands times a factor each: products so small that float32 keeps few
 * of their bits, rows of nothing, the largest values. */
static void check_scaled(const struct kernels *kernels, int which)
{
    static const float factors[][2] = {
        {1e-21f, 1e-20f}, {0, 1}, {1, 0}, {0, 0}, {1e-42f, 1}, {1e18f, 1e18f}};
    struct product_case g = square(kernels, which, 9, 50, 12);

    for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
        check_case("times %g and %g", (double)factors[i][0],
                   (double)factors[i][1]);
        float *a = operand_random(SLOT_A, g.m * g.k);
        float *w = operand_random(SLOT_B, g.n * g.k);
        for (size_t j = 0; j < g.m * g.k; j++)
            a[j] *= factors[i][0];
        for (size_t j = 0; j < g.n * g.k; j++)
            w[j] *= factors[i][1];
        float *c = operand_poisoned(SLOT_C, g.m * g.n);
        run(&g, g.m, a, packed_weights(g.gemm, g.n, g.k, w), NULL,
            ACTIVATION_NONE, c);
        compare(&g, a, w, NULL, c);
        compare_with_reference(&g, a, w, NULL, c, g.m * g.n);
    }
}

/* Weights that were quantised before are taken as they are. */
static void check_ready_weights(const struct kernels *kernels)
{
    struct product_case g = square(kernels, PRECISION_INT8, 11, 101, 37);
    const struct gemm *const both[] = {
        g.gemm, &kernels_rung("reference")->gemm[PRECISION_INT8]};
    check_case("weights of 8 bits");
    float *a = operand_random(SLOT_A, g.m * g.k);
    float *scales = operand_random(SLOT_D, g.n);
    int8_t *w = operand_bytes(SLOT_B, g.n * g.k);
    for (size_t i = 0; i < g.n * g.k; i++)
        w[i] = (int8_t)((int)random_below(255) - 127);
    float *c[] = {operand_poisoned(SLOT_C, g.m * g.n),
                  operand_poisoned(SLOT_E, g.m * g.n)};

    for (size_t i = 0; i < 2; i++) {
        void *packed =
            operand_aligned(SLOT_PACKED, both[i]->packed_bytes(g.n, g.k));
        both[i]->pack_i8(g.n, g.k, w, scales, packed);
        g.gemm = both[i];
        run(&g, g.m, a, packed, NULL, ACTIVATION_NONE, c[i]);
    }
    check_that(same_bits(c[0], c[1], g.m * g.n), "not the reference's bits");
}

/* Rows and columns of one sign: of elements near the largest, or of these. */
static float large(size_t row, size_t column, int below)
{
    float most = row % 3 ? -2 : 2;
    int less = column == 0 ? 0 : (int)random_below((size_t)below + 1);

    return most * (float)(127 - less) / 127;
}

/*
 * Sums that 16 bits would not hold, nor the 24 of a float where the inputs are
 * many: rounded on the way, some of them would end as another float.
 */
static void check_large(const struct kernels *kernels, size_t k, int below)
{
    struct product_case g = square(kernels, PRECISION_INT8, 7, 70, k);
    check_case("elements of %d..127, all of one sign, k %zu", 127 - below, k);
    float *a = operand_random(SLOT_A, g.m * k);
    float *w = operand_random(SLOT_B, g.n * k);
    for (size_t i = 0; i < g.m * k; i++)
        a[i] = large(i / k, i % k, below);
    for (size_t i = 0; i < g.n * k; i++)
        w[i] = large(i / k, i % k, below);
    float *c = operand_poisoned(SLOT_C, g.m * g.n);
    run(&g, g.m, a, packed_weights(g.gemm, g.n, k, w), NULL, ACTIVATION_NONE,
        c);
    compare(&g, a, w, NULL, c);
    compare_with_reference(&g, a, w, NULL, c, g.m * g.n);
}

static void check_saturation(const struct kernels *kernels)
{
    static const size_t depths[] = {1,    1023, 1024, 1025,
                                    2047, 2048, 3073, 4096};

    for (size_t i = 0; i < sizeof depths / sizeof *depths; i++)
        for (int below = 0; below <= 8; below += 8)
            check_large(kernels, depths[i], below);
}

void check_gemm(const struct kernels *kernels, int which)
{
    check_shapes(kernels, which);
    check_models(kernels, which);
    check_specials(kernels, which);
    check_scaled(kernels, which);
    if (which != PRECISION_INT8)
        return;
    check_ready_weights(kernels);
    check_saturation(kernels);
}

/*
 * The promise that a text's score does not depend on its neighbours: every
 * run of rows taken alone has the bits that it has in the whole.
 */
void check_gemm_rows(const struct kernels *kernels, int which)
{
    enum { M = 41 };
    static const size_t shapes[][2] = {{1, 700},   {26, 96},   {96, 64},
                                       {130, 129}, {312, 312}, {384, 384}};

    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t n = shapes[i][0], k = shapes[i][1];
        struct product_case g = square(kernels, which, M, n, k);
        float *a = operand_random(SLOT_A, M * k);
        float *w = operand_random(SLOT_B, n * k);
        float *bias = operand_random(SLOT_E, n);
        const void *packed = packed_weights(g.gemm, n, k, w);
        float *whole = operand_poisoned(SLOT_C, M * n);
        run(&g, M, a, packed, bias, ACTIVATION_GELU, whole);

        for (size_t m = 1; m <= M; m++) {
            size_t first = random_below(M - m + 1);
            check_case("rows %zu..%zu of %d, n %zu k %zu", first, first + m - 1,
                       M, n, k);
            float *part = operand_poisoned(SLOT_D, m * n);
            run(&g, m, a + first * k, packed, bias, ACTIVATION_GELU, part);
            check_that(same_bits(part, whole + first * n, m * n),
                       "the bits differ");
        }
    }
}
