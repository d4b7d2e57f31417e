/*
 * check_attention.c - attention's products and weights of each precision.
 *
 * Words are made and taken apart here in this file's own way, and results are
 * held against double.
 */
#include "check.h"

#include <float.h>
#include <math.h>
#include <string.h>

/*** words ***/

static size_t words_of(const struct attention_products *products,
                       size_t elements)
{
    return (elements + products->pair - 1) / products->pair;
}

static double element(const struct attention_products *products,
                      const float *words, size_t i)
{
    uint32_t bits;
    float value;

    if (products->pair == 1)
        return (double)words[i];
    memcpy(&bits, words + i / 2, sizeof bits);
    bits = i % 2 ? bits & 0xffff0000 : bits << 16;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

/* A word of one element, or of two that round_bf16 has rounded. */
static float word_of(const struct attention_products *products, float first,
                     float second)
{
    uint32_t low, high, bits;
    float rounded[2] = {(float)round_bf16(first), (float)round_bf16(second)};
    float word;

    if (products->pair == 1)
        return first;
    memcpy(&low, &rounded[0], sizeof low);
    memcpy(&high, &rounded[1], sizeof high);
    bits = low >> 16 | (high & 0xffff0000);
    memcpy(&word, &bits, sizeof word);
    return word;
}

/*** pairs ***/

/* Small numbers are taken for zero. */
static void check_element(const struct attention_products *products,
                          const float *words, size_t i, double expected)
{
    check_near(element(products, words, i), expected, FLT_MIN, i);
}

/* In some places what is no ordinary number. */
static float *special_operand(size_t count)
{
    static const float specials[] = {INFINITY, -INFINITY, NAN,        0x1p-130f,
                                     -0.0f,    FLT_MAX,   1.00390625f};
    float *x = operand_random(SLOT_A, count);
    for (size_t i = 0; i < count; i++)
        if (random_below(8) == 0)
            x[i] = specials[random_below(sizeof specials / sizeof *specials)];
    return x;
}

static void check_pair_columns(const struct attention_products *products,
                               size_t rows, size_t columns)
{
    size_t words = words_of(products, columns);
    size_t ldin = columns + random_below(4), ldout = words + random_below(4);
    check_case("pair_columns: rows %zu columns %zu ldin %zu ldout %zu", rows,
               columns, ldin, ldout);
    float *in = special_operand(rows ? (rows - 1) * ldin + columns : 0);
    float *out =
        operand_poisoned(SLOT_C, rows ? (rows - 1) * ldout + words : 0);

    products->pair_columns(rows, columns, in, ldin, out, ldout);
    check_surroundings(rows, words, out, ldout);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < words * 2; j++)
            check_element(products, out + i * ldout, j,
                          j < columns ? round_bf16(in[i * ldin + j]) : 0);
}

static void check_pair_rows(const struct attention_products *products,
                            size_t rows, size_t columns)
{
    size_t words = words_of(products, rows);
    size_t ldin = columns + random_below(4), ldout = columns + random_below(4);
    check_case("pair_rows: rows %zu columns %zu ldin %zu ldout %zu", rows,
               columns, ldin, ldout);
    float *in = special_operand(rows ? (rows - 1) * ldin + columns : 0);
    float *out =
        operand_poisoned(SLOT_C, words ? (words - 1) * ldout + columns : 0);

    products->pair_rows(rows, columns, in, ldin, out, ldout);
    check_surroundings(words, columns, out, ldout);
    for (size_t i = 0; i < words * 2; i++)
        for (size_t j = 0; j < columns; j++)
            check_element(products, out + i / 2 * ldout + j, i % 2,
                          i < rows ? round_bf16(in[i * ldin + j]) : 0);
}

/*** products ***/

static float *random_words(const struct attention_products *products,
                           enum slot slot, size_t count)
{
    float *words = operand_random(slot, count);
    for (size_t i = 0; i < count; i++)
        words[i] = word_of(products, words[i], random_float());
    return words;
}

static struct product exact(const struct attention_products *products,
                            size_t words, const float *a, const float *b,
                            size_t ldb)
{
    struct product sum = {0, 0};

    for (size_t p = 0; p < words; p++)
        for (size_t e = 0; e < products->pair; e++) {
            double term =
                element(products, a + p, e) * element(products, b + p * ldb, e);
            sum.value += term;
            sum.magnitudes += fabs(term);
        }
    return sum;
}

static void check_product(const struct attention_products *products, size_t m,
                          size_t n, size_t words)
{
    size_t lda = words + random_below(4), ldb = n + random_below(4),
           ldc = n + random_below(4), k = words * products->pair;
    check_case("m %zu n %zu words %zu lda %zu ldb %zu ldc %zu", m, n, words,
               lda, ldb, ldc);
    float *a = random_words(products, SLOT_A, m ? (m - 1) * lda + words : 0);
    float *b =
        random_words(products, SLOT_B, words ? (words - 1) * ldb + n : 0);
    float *c = operand_poisoned(SLOT_C, m ? (m - 1) * ldc + n : 0);

    products->matmul(m, n, words, a, lda, b, ldb, c, ldc);
    check_surroundings(m, n, c, ldc);
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            struct product sum =
                exact(products, words, a + i * lda, b + j, ldb);
            if (!check_near((double)c[i * ldc + j], sum.value,
                            sum_tolerance(k, sum.magnitudes) +
                                (double)k * FLT_MIN,
                            i * ldc + j))
                return;
        }
    for (size_t i = 0; i < m; i++) {
        float *row = operand_poisoned(SLOT_D, n);
        products->matmul(1, n, words, a + i * lda, lda, b, ldb, row, n);
        check_that(same_bits(row, c + i * ldc, n), "row %zu alone differs", i);
    }
}

void check_attention(const struct kernels *kernels, int which)
{
    static const size_t widths[] = {13, 16, 32}, lengths[] = {1, 5, 48, 65};
    const struct attention_products *products = &kernels->attention[which];

    for (size_t m = 0; m <= 17; m++)
        for (size_t n = 1; n <= 70; n += 1 + random_below(6))
            check_product(products, m, n, random_below(40));
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
            check_product(products, lengths[j], lengths[j], widths[i]);
            check_product(products, lengths[j], widths[i], lengths[j]);
        }
    for (size_t rows = 0; products->pair > 1 && rows <= 9; rows++)
        for (size_t columns = 0; columns <= 50; columns++) {
            check_pair_columns(products, rows, columns);
            check_pair_rows(products, rows, columns);
        }
}

/*** softmax in parts ***/

enum { MOST_COLUMNS = 200 };

/* The weights of a part, and what the kernel did besides. */
static void part_weights(const struct attention_products *products, size_t n,
                         float scale, const float *before, float *most,
                         float *sum, float *shrink, double *weights)
{
    size_t words = words_of(products, n);
    float *x = operand_bytes(SLOT_A, n * sizeof *x), *out = x;
    memcpy(x, before, n * sizeof *x);
    if (products->pair > 1)
        out = operand_poisoned(SLOT_C, words);

    products->softmax_part(1, n, scale, x, n, most, sum, shrink, out, words);
    check_surroundings(1, words, out, words);
    for (size_t j = 0; j < n; j++)
        weights[j] = element(products, out, j);
    if (words * products->pair > n)
        check_element(products, out, n, 0);
}

/*
 * One row of n columns taken in parts of at most `part`: the weights of a part
 * are multiplied with what later parts shrink it by and divided by the sum.
 */
static void check_parts_of_row(const struct attention_products *products,
                               size_t n, size_t part, float scale,
                               const float *before)
{
    double expected[MOST_COLUMNS], weights[MOST_COLUMNS], depth = 0;
    double rounding = products->pair > 1 ? 0x1p-8 : 1e-6;
    float most = -INFINITY, sum = 0;

    for (size_t i = 0; i < n; i += part) {
        float shrink = NAN;
        part_weights(products, part < n - i ? part : n - i, scale, before + i,
                     &most, &sum, &shrink, weights + i);
        for (size_t j = 0; j < i; j++)
            weights[j] *= (double)shrink;
    }
    exact_softmax(n, scale, before, expected);
    for (size_t i = 0; i < n; i++)
        depth = fmax(depth, (double)scale * (double)(most - before[i]));
    for (size_t i = 0; i < n; i++) {
        double tolerance =
            expected[i] * (rounding + 3 * depth * FLT_EPSILON) + 2 * FLT_MIN;
        if (!check_near(weights[i] / (double)sum, expected[i], tolerance, i))
            return;
    }
}

/* A part with no columns changes nothing; rows do not touch each other. */
static void check_part_rows(const struct attention_products *products)
{
    enum { ROWS = 5, N = 21, LD = 23 };
    check_case("%d rows together and alone", ROWS);
    size_t words = words_of(products, N);
    float *x = operand_random(SLOT_A, (ROWS - 1) * LD + N);
    float *out = operand_poisoned(SLOT_C, (ROWS - 1) * LD + words);
    float most[ROWS], sum[ROWS], shrink[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        most[i] = i % 2 ? 0.3f : -INFINITY;
        sum[i] = i % 2 ? 2.0f : 0;
    }

    products->softmax_part(ROWS, N, 2, x, LD, most, sum, shrink, out, LD);
    check_surroundings(ROWS, words, out, LD);
    for (size_t i = 0; i < ROWS; i++) {
        float alone[N], one_most = i % 2 ? 0.3f : -INFINITY,
                        one_sum = i % 2 ? 2.0f : 0, one_shrink;
        products->softmax_part(1, N, 2, x + i * LD, LD, &one_most, &one_sum,
                               &one_shrink, alone, N);
        check_that(same_bits(alone, out + i * LD, words) &&
                       one_most == most[i] && one_sum == sum[i] &&
                       one_shrink == shrink[i],
                   "row %zu alone differs", i);
    }

    float kept_most = most[1], kept_sum = sum[1];
    products->softmax_part(1, 0, 2, x, LD, most + 1, sum + 1, shrink + 1, out,
                           LD);
    check_that(most[1] == kept_most && sum[1] == kept_sum && shrink[1] == 1,
               "no columns, yet something changed");
}

void check_softmax_part(const struct kernels *kernels, int which)
{
    static const float spreads[] = {1, 20, 300};
    const struct attention_products *products = &kernels->attention[which];
    float before[MOST_COLUMNS];

    for (size_t n = 1; n <= 140; n++) {
        size_t part = 1 + random_below(n);
        float spread = spreads[random_below(3)];
        check_case("columns %zu in parts of %zu, spread %g", n, part,
                   (double)spread);
        for (size_t i = 0; i < n; i++)
            before[i] = random_float() * spread;
        check_parts_of_row(products, n, part, 0.125f, before);
    }
    check_part_rows(products);
}
