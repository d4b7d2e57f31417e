/*
 * i8.h - how rows of float32 become 8 bits, and what every int8 product keeps
 * to, so that all of them give the same bits.  Private to the kernels.
 *
 * A row x of activations, or of weights, is scale * q with q in -127..127:
 *
 *     most  = the largest magnitude of the row
 *     scale = most / 127
 *     q     = x * (127 / most), rounded to the nearest, ties to even
 *
 * all in float32, each step rounded.  A row smaller than I8_LEAST is zeros
 * with scale 0; one with an infinity or a NaN is zeros with scale NaN, so that
 * everything made from it is NaN.  An element of a product is
 *
 *     fma((float)(sum of qa * qw) * scale_w, scale_a, bias)
 *
 * with the scales one after the other, as their product may be too small for
 * float32.
 */
#ifndef KERNELS_I8_H
#define KERNELS_I8_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define I8_LEAST 0x1p-100f

enum {
    I8_MOST = 127,
    /* Sums of so many products, none of them larger, fit into 32 bits. */
    I8_MOST_INPUTS = INT32_MAX / (I8_MOST * I8_MOST),
    STEP_BYTES = 4, /* see step_gemm.h */
    /* A prepared row: its scale, then from here its elements; rows lie an odd
     * number of cache lines apart, as a power of two would share few places
     * in the cache. */
    ROW_HEADER_BYTES = 64,
    ROW_LINE_BYTES = 64
};

static inline size_t odd_lines(size_t bytes)
{
    return ((bytes + ROW_LINE_BYTES - 1) / ROW_LINE_BYTES | 1) * ROW_LINE_BYTES;
}

/* Weights that lie as published, without panels (layout.h): their scales, in
 * so many bytes, and then the rows. */
static inline size_t i8_scale_bytes(size_t n)
{
    return (n * sizeof(float) + ROW_LINE_BYTES - 1) & -(size_t)ROW_LINE_BYTES;
}

static inline float float_at(const void *at)
{
    float value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* What to multiply the row with; sets the scale that undoes it. */
static inline float i8_inverse(float most, float *scale)
{
    if (!isfinite(most)) {
        *scale = NAN;
        return 0;
    }
    if (most < I8_LEAST) {
        *scale = 0;
        return 0;
    }
    *scale = most / I8_MOST;
    return I8_MOST / most;
}

/*
 * a * b + c, rounded once.  Where fmaf is no instruction it is a slow function:
 * in double the product is exact and the sum is rounded, and rounding that to
 * float32 gives what rounding once would give, unless the sum came to lie
 * halfway between two floats, by bits that it has lost.
 */
static inline float i8_multiply_add(float a, float b, float c)
{
#ifndef FP_FAST_FMAF
    double sum = (double)a * (double)b + (double)c;
    uint64_t bits, below_float = (1 << 29) - 1, halfway = 1 << 28;

    memcpy(&bits, &sum, sizeof bits);
    if (fabs(sum) >= (double)FLT_MIN && (bits & below_float) != halfway)
        return (float)sum;
#endif
    return fmaf(a, b, c);
}

#endif
