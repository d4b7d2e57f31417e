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

/* y = activation(x . w^T + bias), `rows` rows at distances ldx and ldy. */
static inline void linear_run(const struct kernels *kernels,
                              const struct linear *linear, size_t rows,
                              const float *x, size_t ldx,
                              enum activation activation, float *y, size_t ldy)
{
    kernels->gemm_f32.run(rows, linear->outputs, linear->inputs, x, ldx,
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

#endif
