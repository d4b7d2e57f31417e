/*
 * test_disentangled.c - relative positions: rows of distances against the
 * reference's, attention against its definition, on every rung of kernels.
 */
#include "nn/attention.h"
#include "nn/relative.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

/*** rows ***/

static void assert_row(const struct relative_spec *relative, int distance,
                       int row)
{
    assert_int_equal(relative_row(relative, distance),
                     (int)relative->span + row);
}

/* Buckets as torch has them, in float32. */
static void test_buckets(void **state)
{
    static const struct relative_spec relative = {
        .span = 256, .buckets = 256, .reach = 512};
    static const int buckets[][2] = {
        {0, 0},     {1, 1},     {127, 127}, {128, 128}, {129, 129},
        {140, 137}, {150, 143}, {200, 169}, {255, 192}, {256, 192},
        {300, 207}, {400, 233}, {500, 254}, {510, 255}, {511, 255}};
    (void)state;
    for (size_t i = 0; i < sizeof buckets / sizeof *buckets; i++) {
        assert_row(&relative, buckets[i][0], buckets[i][1]);
        assert_row(&relative, -buckets[i][0], -buckets[i][1]);
    }
    assert_row(&relative, 512, 255);
    assert_row(&relative, 100000, 255);
    assert_row(&relative, -512, -256);
    assert_row(&relative, -100000, -256);
    assert_int_equal(relative_plain_tokens(&relative), 129);
}

static void test_distances(void **state)
{
    static const struct relative_spec relative = {.span = 24, .reach = 24};
    (void)state;
    assert_row(&relative, 23, 23);
    assert_row(&relative, 24, 23);
    assert_row(&relative, -24, -24);
    assert_row(&relative, -25, -24);
    assert_int_equal(relative_plain_tokens(&relative), 24);
}

/* A table wider than its reach: the scale runs the other way, and what it
 * gives is the reference's all the same; 17, where it has no length, is refused
 * by the family but must stay in the table. */
static void test_reach_below_buckets(void **state)
{
    static const int distances[] = {16, 17, 20, 24, 33, 40, 100};
    static const struct {
        size_t reach;
        int rows[sizeof distances / sizeof *distances];
    } cases[] = {
        {1, {16, 16, 16, 16, 16, 16, 16}},
        {8, {16, 15, 12, 9, 3, 0, -17}},
        {16, {16, 2, -32, -32, -32, -32, -32}},
        {18, {16, 31, 31, 31, 31, 31, 31}},
        {40, {16, 18, 20, 23, 29, 31, 31}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct relative_spec relative = {
            .span = 32, .buckets = 32, .reach = cases[i].reach};
        for (size_t at = 0; at < sizeof distances / sizeof *distances; at++)
            assert_row(&relative, distances[at], cases[i].rows[at]);
    }
    assert_row(&(struct relative_spec){.span = 32, .buckets = 32, .reach = 8},
               -100, 17);
    const struct relative_spec endless = {
        .span = 32, .buckets = 32, .reach = 17};
    for (int distance = -100; distance <= 100; distance++)
        assert_true(relative_row(&endless, distance) < 64);
}

/*** attention ***/

enum { HEADS = 2, WIDTH = 12, HIDDEN = HEADS * WIDTH };

static float *random_floats(size_t count)
{
    static uint32_t state = 1;
    float *values = malloc(count * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        values[i] = (float)(state >> 8) * (2.0f / (1 << 24)) - 1;
    }
    return values;
}

struct problem {
    struct spec spec;
    struct layer layer;
    size_t tokens;
    const float *query, *key, *value; /* [tokens][HIDDEN] */
};

static double dot(const float *a, const float *b, size_t distance)
{
    double sum = 0;
    for (size_t i = 0; i < WIDTH; i++)
        sum += (double)a[i] * (double)b[i * distance];
    return sum;
}

/* One score by its definition. */
static double score(const struct problem *problem, size_t head, size_t i,
                    size_t j)
{
    const struct relative *table = &problem->layer.relative;
    const struct relative_spec *relative = &problem->spec.relative;
    const float *q = problem->query + i * HIDDEN + head * WIDTH;
    const float *k = problem->key + j * HIDDEN + head * WIDTH;
    size_t row = relative_row(relative, (ptrdiff_t)i - (ptrdiff_t)j);
    size_t first = head * WIDTH * table->stride;
    double sum = dot(q, k, 1);
    if (relative->content_to_position)
        sum += dot(q, table->keys + first + 2 * relative->span - 1 - row,
                   table->stride);
    if (relative->position_to_content)
        sum += dot(k, table->queries + first + row, table->stride);
    return sum * (double)problem->spec.score_scale;
}

static void assert_row_of_context(const struct problem *problem, size_t head,
                                  size_t i, const float *context)
{
    double sum = 0, wanted[WIDTH] = {0};
    for (size_t j = 0; j < problem->tokens; j++) {
        double weight = exp(score(problem, head, i, j));
        sum += weight;
        for (size_t c = 0; c < WIDTH; c++)
            wanted[c] +=
                weight * (double)problem->value[j * HIDDEN + head * WIDTH + c];
    }
    for (size_t c = 0; c < WIDTH; c++)
        assert_true(fabs(wanted[c] / sum - (double)context[head * WIDTH + c]) <
                    3e-6);
}

/* A text, then one of half its length; all queries or the first ones alone. */
static void check_attention(const struct problem *problem,
                            const struct kernels *kernels, bool first_only)
{
    struct problem other = *problem;
    size_t all = problem->tokens + problem->tokens / 2 + 1;
    const size_t start[] = {0, problem->tokens, all};
    const struct batch batch = {.sequences = 2, .start = start};
    struct workspace workspace = {0};
    struct error error = {0};
    struct forward forward = {.spec = &problem->spec,
                              .kernels = kernels,
                              .products = &kernels->attention[0],
                              .batch = &batch,
                              .workspace = &workspace,
                              .error = &error};
    struct attention_input input = {.layer = &problem->layer,
                                    .query = (float *)problem->query,
                                    .query_stride = HIDDEN,
                                    .key = (float *)problem->key,
                                    .value = (float *)problem->value,
                                    .stride = HIDDEN,
                                    .first_only = first_only};
    size_t rows = first_only ? 1 : problem->tokens;
    size_t last = first_only ? 0 : all - problem->tokens - 1;
    float *context = calloc(all * HIDDEN, sizeof *context);

    assert_non_null(context);
    assert_true(attention_run(&forward, &input, context));
    for (size_t i = 0; i < rows; i++)
        for (size_t head = 0; head < HEADS; head++)
            assert_row_of_context(problem, head, i, context + i * HIDDEN);
    other.tokens = all - problem->tokens;
    other.query += rows * HIDDEN;
    other.key += problem->tokens * HIDDEN;
    other.value += problem->tokens * HIDDEN;
    for (size_t head = 0; head < HEADS; head++)
        assert_row_of_context(&other, head, last,
                              context + (rows + last) * HIDDEN);
    free(context);
    arena_free(&workspace.arena);
}

static void check_lengths(struct spec spec, const struct kernels *kernels)
{
    /* 33 is the last of rows for each distance, 512 a block of keys. */
    static const size_t lengths[] = {1, 2, 9, 33, 34, 70, 150, 530};
    size_t stride = 2 * spec.relative.span + 3;
    float *keys = random_floats(HIDDEN * stride);
    float *queries = random_floats(HIDDEN * stride);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t count = (2 * lengths[i] + 1) * HIDDEN;
        float *query = random_floats(count), *key = random_floats(count);
        float *value = random_floats(count);
        struct problem problem = {.spec = spec,
                                  .layer.relative = {keys, queries, stride},
                                  .tokens = lengths[i],
                                  .query = query,
                                  .key = key,
                                  .value = value};
        check_attention(&problem, kernels, false);
        check_attention(&problem, kernels, true);
        free(query);
        free(key);
        free(value);
    }
    free(keys);
    free(queries);
}

static void test_attention(void **state)
{
    static const struct relative_spec kinds[] = {
        {.span = 64,
         .buckets = 64,
         .reach = 200,
         .content_to_position = true,
         .position_to_content = true},
        {.span = 40, .reach = 40, .content_to_position = true},
        {.span = 600, .reach = 600, .position_to_content = true},
    };
    (void)state;
    for (size_t i = 0; kernels_rung_name(i) != NULL; i++) {
        const struct kernels *kernels = kernels_rung(kernels_rung_name(i));
        for (size_t k = 0; kernels != NULL && k < 3; k++)
            check_lengths((struct spec){.layers = 1,
                                        .hidden = HIDDEN,
                                        .heads = HEADS,
                                        .head_width = WIDTH,
                                        .attention = ATTENTION_DISENTANGLED,
                                        .score_scale = 0.3f,
                                        .relative = kinds[k]},
                          kernels);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buckets),
        cmocka_unit_test(test_distances),
        cmocka_unit_test(test_reach_below_buckets),
        cmocka_unit_test(test_attention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
