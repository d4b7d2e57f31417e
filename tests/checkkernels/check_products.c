/*
 * check_products.c - GEMM, matmul and transpose against double.
 *
 * A sum of k products in float32 differs from the true one by less than about
 * sqrt(k) roundings of the sum of magnitudes; a missing or doubled product
 * differs by far more.
 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <string.h>

static double sum_tolerance(size_t k, double magnitudes)
{
    return (3 + sqrt((double)k)) * (FLT_EPSILON / 2) * magnitudes +
           (double)k * 0x1p-149;
}

struct product {
    double value, magnitudes;
};

/* a[k] . b[k], b's elements at distance `step`. */
static struct product exact(size_t k, const float *a, const float *b,
                            size_t step)
{
    struct product sum = {0, 0};

    for (size_t p = 0; p < k; p++) {
        double term = (double)a[p] * (double)b[p * step];
        sum.value += term;
        sum.magnitudes += fabs(term);
    }
    return sum;
}

/*** GEMM ***/

struct gemm_case {
    size_t m, n, k, lda, ldc;
    bool bias;
    enum activation activation;
};

/* What run takes as weights: packed, or w itself. */
static const void *packed_weights(const struct gemm_f32 *gemm, size_t n,
                                  size_t k, const float *w)
{
    size_t bytes = gemm->packed_bytes(n, k);
    if (bytes == 0)
        return w;
    void *packed = operand_packed(bytes);
    memset(packed, 0xff, bytes); /* NaN wherever pack forgets */
    gemm->pack(n, k, w, packed);
    return packed;
}

static void compare_gemm(const struct gemm_case *g, const float *a,
                         const float *w, const float *bias, const float *c)
{
    for (size_t i = 0; i < g->m; i++)
        for (size_t j = 0; j < g->n; j++) {
            struct product sum = exact(g->k, a + i * g->lda, w + j * g->k, 1);
            double shift = bias ? (double)bias[j] : 0;
            double tolerance =
                sum_tolerance(g->k, sum.magnitudes + fabs(shift));
            if (!check_near((double)c[i * g->ldc + j], sum.value + shift,
                            tolerance, i * g->ldc + j))
                return;
        }
}

static void check_gemm_case(const struct gemm_f32 *gemm,
                            const struct kernels *kernels, struct gemm_case g)
{
    check_case("m %zu n %zu k %zu lda %zu ldc %zu bias %d %s", g.m, g.n, g.k,
               g.lda, g.ldc, g.bias, activation_names[g.activation]);
    float *a = operand_random(SLOT_A, g.m ? (g.m - 1) * g.lda + g.k : 0);
    float *w = operand_random(SLOT_B, g.n * g.k);
    float *bias = operand_random(SLOT_D, g.n);
    if (!g.bias)
        bias = NULL;
    const void *packed = packed_weights(gemm, g.n, g.k, w);
    size_t c_count = g.m ? (g.m - 1) * g.ldc + g.n : 0;
    float *c = operand_poisoned(SLOT_C, c_count);

    gemm->run(g.m, g.n, g.k, a, g.lda, packed, bias, ACTIVATION_NONE, c, g.ldc);
    check_surroundings(g.m, g.n, c, g.ldc);
    compare_gemm(&g, a, w, bias, c);
    if (g.activation == ACTIVATION_NONE)
        return;

    /* The fused epilogue does what the activation's own entry does. */
    float *fused = operand_poisoned(SLOT_E, c_count);
    gemm->run(g.m, g.n, g.k, a, g.lda, packed, bias, g.activation, fused,
              g.ldc);
    check_surroundings(g.m, g.n, fused, g.ldc);
    kernels->activation_f32[g.activation](g.m, g.n, NULL, c, g.ldc);
    check_that(same_bits(fused, c, c_count), "the fused activation differs");
}

static void check_gemm_shapes(const struct gemm_f32 *gemm,
                              const struct kernels *kernels)
{
    static const size_t widths[] = {1,  2,  3,  7,  8,  9,   15,  16,  17,
                                    24, 26, 31, 32, 33, 47,  48,  49,  63,
                                    64, 65, 95, 96, 97, 128, 191, 192, 193};
    static const size_t depths[] = {0, 1, 2, 3, 5, 16, 26, 31, 64, 129};

    for (size_t m = 0; m <= 26; m++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            size_t k = depths[(m + i) % (sizeof depths / sizeof *depths)];
            struct gemm_case g = {
                .m = m,
                .n = widths[i],
                .k = k,
                .lda = k + random_below(3),
                .ldc = widths[i] + random_below(3),
                .bias = random_below(2),
                .activation = (enum activation)random_below(ACTIVATION_COUNT),
            };
            check_gemm_case(gemm, kernels, g);
        }
}

/* Shapes of published models: TinyBERT, MiniLM, heads with few labels. */
static void check_gemm_models(const struct gemm_f32 *gemm,
                              const struct kernels *kernels)
{
    static const struct gemm_case cases[] = {
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

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_gemm_case(gemm, kernels, cases[i]);
}

/* A NaN or infinity in one row of a stays in that row of c. */
static void check_gemm_specials(const struct gemm_f32 *gemm)
{
    enum { M = 19, N = 53, K = 40 };
    static const float specials[] = {NAN, INFINITY, -INFINITY, FLT_MAX, 1e-42f};

    for (size_t i = 0; i < sizeof specials / sizeof *specials; i++) {
        check_case("%g in one row", (double)specials[i]);
        size_t row = random_below(M);
        float *a = operand_random(SLOT_A, M * K);
        float *w = operand_random(SLOT_B, N * K);
        const void *packed = packed_weights(gemm, N, K, w);
        float *clean = operand_poisoned(SLOT_C, M * N);
        float *c = operand_poisoned(SLOT_D, M * N);

        gemm->run(M, N, K, a, K, packed, NULL, ACTIVATION_NONE, clean, N);
        a[row * K + random_below(K)] = specials[i];
        gemm->run(M, N, K, a, K, packed, NULL, ACTIVATION_NONE, c, N);
        check_surroundings(M, N, c, N);
        check_that(same_bits(c, clean, row * N), "rows before it changed");
        check_that(same_bits(c + (row + 1) * N, clean + (row + 1) * N,
                             (M - row - 1) * N),
                   "rows behind it changed");
        for (size_t j = 0; j < N; j++) {
            struct product sum = exact(K, a + row * K, w + j * K, 1);
            check_near((double)c[row * N + j], sum.value,
                       sum_tolerance(K, sum.magnitudes), j);
        }
    }
}

/* Products so small that float32 keeps few of their bits. */
static void check_gemm_denormals(const struct gemm_f32 *gemm)
{
    enum { M = 9, N = 50, K = 12 };

    check_case("denormal products");
    float *a = operand_random(SLOT_A, M * K);
    float *w = operand_random(SLOT_B, N * K);
    for (size_t i = 0; i < M * K; i++)
        a[i] *= 1e-21f;
    for (size_t i = 0; i < N * K; i++)
        w[i] *= 1e-20f;
    float *c = operand_poisoned(SLOT_C, M * N);
    gemm->run(M, N, K, a, K, packed_weights(gemm, N, K, w), NULL,
              ACTIVATION_NONE, c, N);
    compare_gemm(
        &(struct gemm_case){.m = M, .n = N, .k = K, .lda = K, .ldc = N}, a, w,
        NULL, c);
}

void check_gemm(const struct kernels *kernels, int which)
{
    const struct gemm_f32 *gemm = &kernels->gemm_f32;

    (void)which;
    check_gemm_shapes(gemm, kernels);
    check_gemm_models(gemm, kernels);
    check_gemm_specials(gemm);
    check_gemm_denormals(gemm);
}

/*
 * The promise that a text's score does not depend on its neighbours: every
 * run of rows taken alone has the bits that it has in the whole.
 */
void check_gemm_rows(const struct kernels *kernels, int which)
{
    const struct gemm_f32 *gemm = &kernels->gemm_f32;
    enum { M = 41 };
    static const size_t shapes[][2] = {{1, 700},   {26, 96},   {96, 64},
                                       {130, 129}, {312, 312}, {384, 384}};

    (void)which;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t n = shapes[i][0], k = shapes[i][1];
        float *a = operand_random(SLOT_A, M * k);
        float *w = operand_random(SLOT_B, n * k);
        float *bias = operand_random(SLOT_E, n);
        const void *packed = packed_weights(gemm, n, k, w);
        float *whole = operand_poisoned(SLOT_C, M * n);
        gemm->run(M, n, k, a, k, packed, bias, ACTIVATION_GELU, whole, n);

        for (size_t m = 1; m <= M; m++) {
            size_t first = random_below(M - m + 1);
            check_case("rows %zu..%zu of %d, n %zu k %zu", first, first + m - 1,
                       M, n, k);
            float *part = operand_poisoned(SLOT_D, m * n);
            gemm->run(m, n, k, a + first * k, k, packed, bias, ACTIVATION_GELU,
                      part, n);
            check_that(same_bits(part, whole + first * n, m * n),
                       "the bits differ");
        }
    }
}

/*** matmul ***/

static void check_matmul_case(const struct kernels *kernels, size_t m, size_t n,
                              size_t k, bool loose)
{
    size_t lda = k + (loose ? 5 : 0), ldb = n + (loose ? 3 : 0),
           ldc = n + (loose ? 1 : 0);
    check_case("m %zu n %zu k %zu lda %zu ldb %zu ldc %zu", m, n, k, lda, ldb,
               ldc);
    float *a = operand_random(SLOT_A, m ? (m - 1) * lda + k : 0);
    float *b = operand_random(SLOT_B, k ? (k - 1) * ldb + n : 0);
    float *c = operand_poisoned(SLOT_C, m ? (m - 1) * ldc + n : 0);

    kernels->matmul_f32(m, n, k, a, lda, b, ldb, c, ldc);
    check_surroundings(m, n, c, ldc);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            struct product sum = exact(k, a + i * lda, b + j, ldb);
            if (!check_near((double)c[i * ldc + j], sum.value,
                            sum_tolerance(k, sum.magnitudes), i * ldc + j))
                return;
        }

    /* The first row alone, and the last: the same bits. */
    for (size_t i = 0; m > 0 && i<m; i += m> 1 ? m - 1 : 1) {
        float *row = operand_poisoned(SLOT_D, n);
        kernels->matmul_f32(1, n, k, a + i * lda, lda, b, ldb, row, n);
        check_that(same_bits(row, c + i * ldc, n), "row %zu alone differs", i);
    }
}

void check_matmul(const struct kernels *kernels, int which)
{
    (void)which;
    static const size_t depths[] = {0, 1, 7, 26, 32, 64, 97};

    for (size_t m = 0; m <= 20; m++)
        for (size_t n = 1; n <= 70; n += 1 + random_below(4))
            check_matmul_case(
                kernels, m, n,
                depths[random_below(sizeof depths / sizeof *depths)],
                random_below(2));
    /* Attention: scores [tokens][tokens], contexts [tokens][head width]. */
    static const size_t widths[] = {26, 32, 64};
    static const size_t lengths[] = {1, 5, 31, 96, 129, 200};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
            check_matmul_case(kernels, lengths[j], lengths[j], widths[i], true);
            check_matmul_case(kernels, lengths[j], widths[i], lengths[j], true);
        }
}

/*** transpose ***/

void check_transpose(const struct kernels *kernels, int which)
{
    (void)which;
    for (size_t rows = 0; rows <= 34; rows++)
        for (size_t columns = 0; columns <= 34; columns++) {
            size_t ldin = columns + random_below(4);
            size_t ldout = rows + random_below(4);
            check_case("rows %zu columns %zu ldin %zu ldout %zu", rows, columns,
                       ldin, ldout);
            float *in =
                operand_random(SLOT_A, rows ? (rows - 1) * ldin + columns : 0);
            float *out = operand_poisoned(
                SLOT_C, columns ? (columns - 1) * ldout + rows : 0);

            kernels->transpose_f32(rows, columns, in, ldin, out, ldout);
            check_surroundings(columns, rows, out, ldout);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++)
                    check_that(out[j * ldout + i] == in[i * ldin + j],
                               "row %zu column %zu", i, j);
        }
}

/* Onto what is there; rows of the input may overlap, as a product's do when it
 * is read along its diagonals. */
void check_transpose_add(const struct kernels *kernels, int which)
{
    (void)which;
    for (size_t rows = 0; rows <= 20; rows++)
        for (size_t columns = 0; columns <= 34; columns++) {
            size_t ldin = random_below(columns + 4);
            size_t ldout = rows + random_below(4);
            size_t count = columns ? (columns - 1) * ldout + rows : 0;
            check_case("rows %zu columns %zu ldin %zu ldout %zu", rows, columns,
                       ldin, ldout);
            float *in =
                operand_random(SLOT_A, rows ? (rows - 1) * ldin + columns : 0);
            const float *before = operand_random(SLOT_B, count);
            float *out = operand_poisoned(SLOT_C, count);
            for (size_t j = 0; j < columns; j++)
                memcpy(out + j * ldout, before + j * ldout, rows * sizeof *out);

            kernels->transpose_add_f32(rows, columns, in, ldin, out, ldout);
            check_surroundings(columns, rows, out, ldout);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++)
                    check_that(out[j * ldout + i] ==
                                   before[j * ldout + i] + in[i * ldin + j],
                               "row %zu column %zu", i, j);
        }
}
