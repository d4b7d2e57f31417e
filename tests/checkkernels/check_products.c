/*
 * check_products.c - matmul and transpose against double.
 *
 * A sum of k products in float32 differs from the true one by less than about
 * sqrt(k) roundings of the sum of magnitudes; a missing or doubled product
 * differs by far more.
 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <string.h>

double sum_tolerance(size_t k, double magnitudes)
{
    return (3 + sqrt((double)k)) * (FLT_EPSILON / 2) * magnitudes +
           (double)k * 0x1p-149;
}

double round_bf16(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if (isnan(x))
        return NAN;
    bits += 0x7fff + (bits >> 16 & 1);
    bits &= 0xffff0000;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

/* b's elements at distance `step`. */
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
