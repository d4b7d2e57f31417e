/*
 * bf16_steps.h - template: the words of step_pack.h and step_gemm.h for bf16,
 * and the rows that such a product reads: each element of a row or a weight is
 * rounded to the nearest bf16, ties to even.
 *
 * Included by an instruction set's file after vector_avx512.h and after KERNEL
 * and TILE_VECTORS are defined.  The instructions take what is smaller than the
 * least normal number for zero.
 */

enum { HEADER_BYTES = 0, STEP_ELEMENTS = 2, TAIL_VECTORS = 0 };

typedef vector sums;

INLINE sums no_sums(void)
{
    return broadcast(0);
}

INLINE sums first_sums(const char *tail, size_t vectors, size_t v)
{
    (void)tail, (void)vectors, (void)v;
    return broadcast(0);
}

INLINE vector finish(sums sum, const char *row, const char *tail,
                     size_t vectors, size_t v, vector bias)
{
    (void)row, (void)tail, (void)vectors, (void)v;
    return add(sum, bias);
}

INLINE sums dot(sums sum, integers row, integers weights)
{
    return _mm512_dpbf16_ps(sum, (__m512bh)row, (__m512bh)weights);
}

/* n elements, and nothing behind them. */
INLINE void round_row(size_t n, const float *x, char *out)
{
    size_t i = 0;

    for (; i + LANES <= n; i += LANES, out += LANES * sizeof(uint16_t))
        _mm256_storeu_si256((__m256i *)out,
                            (__m256i)_mm512_cvtneps_pbh(load(x + i)));
    if (i == n)
        return;
    lanes rest = first_lanes(n - i);
    _mm256_mask_storeu_epi16(
        out, rest, (__m256i)_mm512_cvtneps_pbh(load_lanes(rest, x + i)));
}

static size_t row_bytes(size_t k)
{
    return odd_lines(k * sizeof(uint16_t));
}

static void KERNEL(prepare_bf16)(size_t rows, size_t k, const float *x,
                                 size_t ldx, void *prepared)
{
    size_t bytes = row_bytes(k), used = k * sizeof(uint16_t);
    char *row = prepared;

    for (; rows > 0; rows--, x += ldx, row += bytes) {
        round_row(k, x, row);
        memset(row + used, 0, bytes - used);
    }
}

/*** weights ***/

struct weights_source {
    size_t k;
    const float *f32;
};

static void open_columns(struct weights_source *source, size_t columns,
                         size_t k)
{
    (void)source, (void)columns, (void)k;
}

static void read_weights(const struct weights_source *source, size_t column,
                         size_t p, size_t elements, void *out)
{
    round_row(elements, source->f32 + column * source->k + p, out);
}

static void close_columns(const struct weights_source *source, size_t columns,
                          size_t steps, size_t vectors, const char *panel,
                          char *tail)
{
    (void)source, (void)columns, (void)steps, (void)vectors;
    (void)panel, (void)tail;
}

static void next_columns(struct weights_source *source, size_t columns)
{
    source->f32 += columns * source->k;
}
