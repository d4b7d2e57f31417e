/*
 * f32_rows.h - template: softmax and layer norm, whole rows at a time.
 *
 * Included by an instruction set's file after f32_elementwise.h.  A row is
 * summed in an order that depends on its length only.
 */

INLINE void store_weights(float *weights, size_t i, vector value)
{
    store(weights + i, value);
}

INLINE void store_last_weights(float *weights, size_t i, size_t count,
                               vector value)
{
    store_lanes(first_lanes(count), weights + i, value);
}

#include "kernels/softmax_part.h"

static void KERNEL(softmax_f32)(size_t rows, size_t columns, float scale,
                                float *x, size_t ldx)
{
    vector slope = broadcast(scale * LOG2_E);

    for (; rows > 0 && columns > 0; rows--, x += ldx) {
        vector most = broadcast(maximum_of_row(columns, x));
        float sum = softmax_weights(columns, most, slope, x, x);
        scale_row(columns, broadcast(1 / sum), NULL, x);
    }
}

/*** layer norm ***/

/* out = x + residual, which may be NULL, and the sum of it. */
INLINE float sum_of_row(size_t n, const float *x, const float *residual,
                        float *out)
{
    vector zero = broadcast(0), sum[CHAINS] = {zero, zero, zero, zero};
    size_t i = 0;

    for (; i + CHAINS * LANES <= n; i += CHAINS * LANES) {
        UNROLL
        for (size_t chain = 0; chain < CHAINS; chain++) {
            size_t at = i + chain * LANES;
            vector value = add(load(x + at), load_if(residual, at));
            store(out + at, value);
            sum[chain] = add(sum[chain], value);
        }
    }
    for (; i < n; i += LANES) {
        lanes some = first_lanes(n - i < LANES ? n - i : LANES);
        vector value =
            add(load_lanes(some, x + i), load_lanes_if(some, residual, i));
        store_lanes(some, out + i, value);
        sum[0] = add(sum[0], value);
    }
    return sum_of_lanes(add(add(sum[0], sum[1]), add(sum[2], sum[3])));
}

INLINE vector step_squares(vector running, vector x, vector mean)
{
    vector off = subtract(x, mean);
    return multiply_add(off, off, running);
}

INLINE vector normalised(vector x, vector mean, vector inverse, vector weight,
                         vector bias)
{
    return multiply_add(multiply(subtract(x, mean), inverse), weight, bias);
}

/* x in place, which has this sum. */
INLINE void layer_norm_row(size_t n, float sum, const float *weight,
                           const float *bias, float epsilon, float *x)
{
    vector zero = broadcast(0), mean = broadcast(sum / (float)n);
    float variance =
        sum_of_lanes(fold(n, x, zero, mean, mean, step_squares, add)) /
        (float)n;
    vector inverse = broadcast(1 / sqrtf(variance + epsilon));
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        store(x + i, normalised(load(x + i), mean, inverse, load(weight + i),
                                load_if(bias, i)));
    if (i == n)
        return;
    lanes rest = first_lanes(n - i);
    store_lanes(rest, x + i,
                normalised(load_lanes(rest, x + i), mean, inverse,
                           load_lanes(rest, weight + i),
                           load_lanes_if(rest, bias, i)));
}

static void KERNEL(layer_norm_f32)(size_t rows, size_t n, const float *x,
                                   const float *residual, const float *weight,
                                   const float *bias, float epsilon, float *out)
{
    for (; rows > 0 && n > 0; rows--, x += n, out += n) {
        float sum = sum_of_row(n, x, residual, out);
        layer_norm_row(n, sum, weight, bias, epsilon, out);
        residual = residual ? residual + n : NULL;
    }
}
