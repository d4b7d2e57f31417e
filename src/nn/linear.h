/*
 * linear.h - the dense layers of the forward pass, by the kernel table.
 */
#ifndef NN_LINEAR_H
#define NN_LINEAR_H

#include "nn/weights.h"

/* For rows of so many floats: an odd number of cache lines, as rows a power of
 * two apart would share few places in the cache. */
static inline size_t row_distance(size_t floats)
{
    enum { LINE = 16 };
    return ((floats + LINE - 1) / LINE | 1) * LINE;
}

/* Rows of activations as a product reads them. */
struct operand {
    const void *rows;
    size_t distance; /* bytes from row to row */
};

static inline struct operand operand_f32(const float *x, size_t ldx)
{
    return (struct operand){x, ldx * sizeof *x};
}

/* Bytes of a prepared row; 0: the product reads float32. */
static inline size_t prepared_bytes(const struct gemm *gemm, size_t width)
{
    return gemm->prepare == NULL ? 0 : gemm->row_bytes(width);
}

/* x[rows][width] for the product: itself, or prepared in `room`, which has
 * prepared_bytes for each row. */
static inline struct operand operand_prepare(const struct gemm *gemm,
                                             size_t rows, size_t width,
                                             const float *x, size_t ldx,
                                             void *room)
{
    if (gemm->prepare == NULL)
        return operand_f32(x, ldx);
    gemm->prepare(rows, width, x, ldx, room);
    return (struct operand){room, gemm->row_bytes(width)};
}

/* y = activation(x . w^T + bias), `rows` rows; y's at distance ldy. */
static inline void linear_run(const struct linear *linear, size_t rows,
                              struct operand x, enum activation activation,
                              float *y, size_t ldy)
{
    linear->gemm->run(rows, linear->outputs, linear->inputs, x.rows, x.distance,
                      linear->packed, linear->bias, activation, y, ldy);
}

/* out = norm(x + residual); residual may be NULL, out may be x. */
static inline void norm_run(const struct kernels *kernels,
                            const struct norm *norm, size_t rows, size_t width,
                            const float *x, const float *residual,
                            float epsilon, float *out)
{
    kernels->layer_norm_f32(rows, width, x, residual, norm->weight, norm->bias,
                            epsilon, out);
}

/*
 * The same, and out prepared for a product.  A few rows at a time: preparing
 * finds them in the L1 cache, which makes it as cheap as one kernel for both.
 */
static inline struct operand
norm_prepare(const struct kernels *kernels, const struct gemm *gemm,
             const struct norm *norm, size_t rows, size_t width, const float *x,
             const float *residual, float epsilon, float *out, void *room)
{
    enum { ROWS_AT_ONCE = 4 };
    size_t bytes = prepared_bytes(gemm, width);
    if (bytes == 0) {
        norm_run(kernels, norm, rows, width, x, residual, epsilon, out);
        return operand_f32(out, width);
    }
    for (size_t at = 0, count; at < rows; at += count) {
        count = rows - at < ROWS_AT_ONCE ? rows - at : ROWS_AT_ONCE;
        float *here = out + at * width;
        norm_run(kernels, norm, count, width, x + at * width,
                 residual ? residual + at * width : NULL, epsilon, here);
        gemm->prepare(count, width, here, width, (char *)room + at * bytes);
    }
    return (struct operand){room, bytes};
}

#endif
