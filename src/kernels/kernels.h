/*
 * kernels.h - the table of everything that touches numbers in bulk.
 *
 * reference.c gives every entry and its meaning; each instruction set's file
 * overwrites the entries it does better (dispatch.c, once, before any thread).
 * tests/checkkernels holds every entry of every set against the reference and
 * against double.
 *
 * All matrices are row-major float32 unless said otherwise; `ld` is the
 * distance of rows in elements.  No alignment is asked of operands; packed
 * weights are 64-byte aligned.  Every output element is accumulated in one
 * order that depends on the widths only, never on the number of rows, so a
 * text's numbers do not change with its neighbours (but for OpenBLAS's float32,
 * which promises no order). Nothing allocates, nothing fails, everything is
 * thread-safe.
 */
#ifndef KERNELS_KERNELS_H
#define KERNELS_KERNELS_H

#include "base/error.h"
#include "kernels/layout.h"

#include <stddef.h>
#include <stdint.h>

enum activation {
    ACTIVATION_NONE,
    ACTIVATION_GELU,      /* x/2 (1 + erf(x / sqrt 2)) */
    ACTIVATION_GELU_TANH, /* gelu_new, gelu_pytorch_tanh */
    ACTIVATION_RELU,
    ACTIVATION_SILU,
    ACTIVATION_TANH,
    ACTIVATION_QUICK_GELU, /* x sigmoid(1.702 x) */
    ACTIVATION_COUNT
};

/* Element types of stored weights that can be widened to float32. */
enum element {
    ELEMENT_F32,
    ELEMENT_F16,
    ELEMENT_BF16,
    ELEMENT_I8, /* times the scale of its row */
    ELEMENT_COUNT
};

/*
 * What the big products of a model are computed in.  int8: weights with a
 * scale for each output, activations with a scale for each row, found anew for
 * each; sums are exact, so that every instruction set gives the same bits.
 */
enum precision {
    PRECISION_F32,
    PRECISION_INT8,
    PRECISION_BF16,
    PRECISION_COUNT
};

/*
 * c[m][n] = activation(rows[m][k] . w[n][k]^T + bias[n]); bias may be NULL.
 *
 * w is given once, as published ([outputs][inputs]), to pack, or to pack_i8
 * when it has been quantised already (NULL: float32 is wanted); run gets what
 * they made.  A pack of zero packed_bytes means: run reads w itself.
 *
 * The rows are given to prepare, which makes of each what run reads, row_bytes
 * of it, aligned to 64; several products may read the same.  Where row_bytes
 * and prepare are NULL, run reads float32 rows.  `distance` is from row to row
 * in bytes.
 */
struct gemm {
    const char *name;   /* gemm_f32_8x48_avx512; NULL: not on this CPU */
    size_t most_inputs; /* the largest k whose sums are exact; 0: any */
    size_t (*packed_bytes)(size_t n, size_t k);
    struct layout layout; /* of what pack makes */
    void (*pack)(size_t n, size_t k, const float *w, void *packed);
    void (*pack_i8)(size_t n, size_t k, const int8_t *w, const float *scales,
                    void *packed);
    size_t (*row_bytes)(size_t k);
    void (*prepare)(size_t rows, size_t k, const float *x, size_t ldx,
                    void *prepared);
    void (*run)(size_t m, size_t n, size_t k, const void *rows, size_t distance,
                const void *packed, const float *bias,
                enum activation activation, float *c, size_t ldc);
    /* Turns through the instructions that run is made of, on registers alone:
     * the most that this core can do.  Gives the operations of one turn. */
    double (*spin)(long turns);
};

/*
 * Attention's products, of small operands in cache that nobody packs: scores
 * are queries times keys transposed, contexts are weights times values.
 *
 * Both sum over words of 32 bits, which lie and move as float: a float32, or a
 * `pair` of bf16, the first in the low half; where elements are odd in number
 * the last word ends in a zero.  Results are float32.
 */
struct attention_products {
    const char *name; /* attention_bf16_8x48_avx512bf16 */
    size_t pair;      /* elements in a word; of one, words are what is given */

    /* out[rows][words]: pairs of a row's neighbours; rounded to the nearest,
     * ties to even.  NULL where a word has one element. */
    void (*pair_columns)(size_t rows, size_t columns, const float *in,
                         size_t ldin, float *out, size_t ldout);
    /* out[words][columns]: pairs of a column's neighbours. */
    void (*pair_rows)(size_t rows, size_t columns, const float *in, size_t ldin,
                      float *out, size_t ldout);

    /* c[m][n] = a[m][words] . b[words][n] */
    void (*matmul)(size_t m, size_t n, size_t words, const float *a, size_t lda,
                   const float *b, size_t ldb, float *c, size_t ldc);

    /*
     * One part of the columns of a softmax that is taken in parts, each row:
     * weights[rows][words] = exp(scale * (x - most')), most' the larger of
     * most[row] and this part's maximum.  most[row] and sum[row] are brought
     * up to date (before the first part: -INFINITY and 0) and shrink[row] =
     * exp(scale * (most - most')) is what the products of earlier parts must
     * be multiplied with.  In the end everything is divided by the sum.
     * Weights of one element may be x itself.
     */
    void (*softmax_part)(size_t rows, size_t columns, float scale,
                         const float *x, size_t ldx, float *most, float *sum,
                         float *shrink, float *weights, size_t ldweights);
};

struct kernels {
    const char *name; /* "avx512", ... : the highest rung taken */

    struct gemm gemm[PRECISION_COUNT];

    /* Beside the products of each precision. */
    struct attention_products attention[PRECISION_COUNT];

    /* c[m][n] = a[m][k] . b[k][n]; small operands in cache, nothing packed. */
    void (*matmul_f32)(size_t m, size_t n, size_t k, const float *a, size_t lda,
                       const float *b, size_t ldb, float *c, size_t ldc);

    /* out[columns][rows] = in[rows][columns] */
    void (*transpose_f32)(size_t rows, size_t columns, const float *in,
                          size_t ldin, float *out, size_t ldout);

    /* out[columns][rows] += in[rows][columns] */
    void (*transpose_add_f32)(size_t rows, size_t columns, const float *in,
                              size_t ldin, float *out, size_t ldout);

    /* Each row: x = softmax(scale * x), the maximum subtracted first;
     * scale > 0. */
    void (*softmax_f32)(size_t rows, size_t columns, float scale, float *x,
                        size_t ldx);

    /* Each row of width n: x = x * factors[row] + addend; addend may be NULL.
     */
    void (*scale_rows_f32)(size_t rows, size_t n, const float *factors,
                           const float *addend, size_t ldaddend, float *x,
                           size_t ldx);

    /*
     * Rotary positions: each row of x is `heads` heads of `width` columns, and
     * turns[row] has a cosine and then a sine for each of half as many angles.
     * Columns m and m + width / 2 of every head are turned by angle m, as a
     * point of a plane.
     */
    void (*rotate_f32)(size_t rows, size_t heads, size_t width,
                       const float *turns, float *x, size_t ldx);

    /* Each row of width n, dense: out = (y - mean) / sqrt(variance + epsilon)
     * * weight + bias, y = x + residual; two passes, biased variance.
     * residual and bias may be NULL; out may be x. */
    void (*layer_norm_f32)(size_t rows, size_t n, const float *x,
                           const float *residual, const float *weight,
                           const float *bias, float epsilon, float *out);

    /* x = activation(x + bias) in place, rows of width n at distance ldx;
     * bias may be NULL. */
    void (*activation_f32[ACTIVATION_COUNT])(size_t rows, size_t n,
                                             const float *bias, float *x,
                                             size_t ldx);

    /* out = (a + b) + c; b and c may be NULL (then they add nothing). */
    void (*sum_f32)(size_t n, const float *a, const float *b, const float *c,
                    float *out);

    /* x = activation(x) * factor, element by element, rows of width n. */
    void (*gate_f32)(enum activation activation, size_t rows, size_t n,
                     const float *factor, size_t ldfactor, float *x,
                     size_t ldx);

    /* out = in as float32, times scale for ELEMENT_I8 (1 for the others). */
    void (*widen_f32[ELEMENT_COUNT])(size_t n, const void *in, float scale,
                                     float *out);
};

/*
 * The table for this CPU, made at the first call, which must come before
 * threads are started; later calls only read.  NULL with error when the
 * environment asks for what is not there:
 *   XENC_ISA=reference|avx2|...       climb no higher than this rung
 *   XENC_GEMM=own|openblas           whose GEMM, float32 and int8; unset:
 *                                    ours, or on a CPU that gets no further
 *                                    than reference, OpenBLAS's if it is
 *                                    installed
 */
const struct kernels *kernels_get(struct error *error);

/* "int8"; and the precisions that a table has: "f32, int8". */
extern const char *const precision_names[PRECISION_COUNT];
enum { PRECISION_LIST_BYTES = 32 };
void kernels_list_precisions(const struct kernels *kernels,
                             char text[PRECISION_LIST_BYTES]);

/* Rungs by name, NULL when this CPU or build lacks it; for tests and info. */
const struct kernels *kernels_rung(const char *name);
const char *kernels_rung_name(size_t i); /* lowest first; NULL past the end */

/* OpenBLAS's core type, "Cooperlake"; NULL while it is not loaded. */
const char *openblas_core(void);

#endif
