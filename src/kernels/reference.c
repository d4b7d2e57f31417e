/*
 * reference.c - every entry of the table in plain C: what the others mean.
 *
 * Runs anywhere and is read first.  Sums that decide accuracy are kept in
 * double or in many float32 lanes, so this is also the yardstick of
 * tests/checkkernels.  The GEMM reads the weights as published.
 */
#include "kernels/rungs.h"

#include <math.h>
#include <string.h>

/*** products ***/

/*
 * Sixteen running sums: a compiler may keep them in vector registers without
 * being allowed to reorder float32 additions, and rounding errors grow with
 * k / 16 in place of k.
 */
enum { LANES = 16 };

static float dot(size_t k, const float *a, const float *b)
{
    float sum[LANES] = {0};
    size_t i = 0;

    for (; i + LANES <= k; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            sum[lane] += a[i + lane] * b[i + lane];
    for (size_t lane = 0; i < k; i++, lane++)
        sum[lane] += a[i] * b[i];
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t lane = 0; lane < half; lane++)
            sum[lane] += sum[lane + half];
    return sum[0];
}

static size_t gemm_packed_bytes(size_t n, size_t k)
{
    (void)n, (void)k;
    return 0;
}

static void gemm_pack(size_t n, size_t k, const float *w, void *packed)
{
    (void)n, (void)k, (void)w, (void)packed;
}

static void gemm_f32_reference(size_t m, size_t n, size_t k, const void *rows,
                               size_t distance, const void *packed,
                               const float *bias, enum activation activation,
                               float *c, size_t ldc)
{
    const float *a = rows, *w = packed;
    size_t lda = distance / sizeof *a;

    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            c[i * ldc + j] = dot(k, a + i * lda, w + j * k);
    reference_activate(activation, m, n, bias, c, ldc);
}

static void matmul_reference(size_t m, size_t n, size_t k, const float *a,
                             size_t lda, const float *b, size_t ldb, float *c,
                             size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        float *row = c + i * ldc;
        for (size_t j = 0; j < n; j++)
            row[j] = 0;
        for (size_t p = 0; p < k; p++)
            for (size_t j = 0; j < n; j++)
                row[j] += a[i * lda + p] * b[p * ldb + j];
    }
}

static void transpose_f32_reference(size_t rows, size_t columns,
                                    const float *in, size_t ldin, float *out,
                                    size_t ldout)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            out[j * ldout + i] = in[i * ldin + j];
}

static void transpose_add_f32_reference(size_t rows, size_t columns,
                                        const float *in, size_t ldin,
                                        float *out, size_t ldout)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            out[j * ldout + i] += in[i * ldin + j];
}

/*** rows ***/

/* The weights exp(scale * (x - most)), and the sum of them. */
static double softmax_weights(size_t n, float scale, float most, const float *x,
                              float *weights)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) {
        weights[i] = expf(scale * (x[i] - most));
        sum += (double)weights[i];
    }
    return sum;
}

static float maximum_of_row(size_t n, float most, const float *x)
{
    for (size_t i = 0; i < n; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

static void softmax_row(size_t n, float scale, float *x)
{
    double sum =
        softmax_weights(n, scale, maximum_of_row(n, -INFINITY, x), x, x);

    for (size_t i = 0; i < n; i++)
        x[i] = (float)((double)x[i] / sum);
}

static void softmax_f32_reference(size_t rows, size_t columns, float scale,
                                  float *x, size_t ldx)
{
    for (size_t i = 0; i < rows; i++)
        softmax_row(columns, scale, x + i * ldx);
}

static void softmax_part_row(size_t n, float scale, const float *x, float *most,
                             float *sum, float *shrink, float *weights)
{
    float before = *most;

    *most = maximum_of_row(n, before, x);
    *shrink = before == *most ? 1 : expf(scale * (before - *most));
    *sum = *sum * *shrink + (float)softmax_weights(n, scale, *most, x, weights);
}

static void softmax_part_reference(size_t rows, size_t columns, float scale,
                                   const float *x, size_t ldx, float *most,
                                   float *sum, float *shrink, float *weights,
                                   size_t ldweights)
{
    for (size_t i = 0; i < rows; i++)
        softmax_part_row(columns, scale, x + i * ldx, most + i, sum + i,
                         shrink + i, weights + i * ldweights);
}

static void layer_norm_row(size_t n, const float *x, const float *residual,
                           const float *weight, const float *bias,
                           float epsilon, float *out)
{
    double sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++) {
        out[i] = residual ? x[i] + residual[i] : x[i];
        sum += (double)out[i];
    }
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        double off = (double)out[i] - mean;
        squares += off * off;
    }
    double inverse = 1 / sqrt(squares / (double)n + (double)epsilon);
    for (size_t i = 0; i < n; i++) {
        float normal = (float)(((double)out[i] - mean) * inverse);
        out[i] = normal * weight[i] + (bias ? bias[i] : 0);
    }
}

static void layer_norm_f32_reference(size_t rows, size_t n, const float *x,
                                     const float *residual, const float *weight,
                                     const float *bias, float epsilon,
                                     float *out)
{
    for (size_t i = 0; i < rows; i++)
        layer_norm_row(n, x + i * n, residual ? residual + i * n : NULL, weight,
                       bias, epsilon, out + i * n);
}

/*** activations ***/

static float none(float x)
{
    return x;
}

static float gelu(float x)
{
    return x * 0.5f * (1 + erff(x * 0.70710678f));
}

static float times_sigmoid(float x, float y)
{
    return x / (1 + expf(-y));
}

/* (1 + tanh(y)) / 2 is sigmoid(2 y). */
static float gelu_tanh(float x)
{
    return times_sigmoid(x, 1.59576912f * (x + 0.044715f * x * x * x));
}

static float relu(float x)
{
    return x < 0 ? 0 : x;
}

static float silu(float x)
{
    return times_sigmoid(x, x);
}

static float quick_gelu(float x)
{
    return times_sigmoid(x, 1.702f * x);
}

static float (*const functions[ACTIVATION_COUNT])(float) = {
    [ACTIVATION_NONE] = none,
    [ACTIVATION_GELU] = gelu,
    [ACTIVATION_GELU_TANH] = gelu_tanh,
    [ACTIVATION_RELU] = relu,
    [ACTIVATION_SILU] = silu,
    [ACTIVATION_TANH] = tanhf,
    [ACTIVATION_QUICK_GELU] = quick_gelu,
};

void reference_activate(enum activation kind, size_t rows, size_t n,
                        const float *bias, float *x, size_t ldx)
{
    float (*function)(float) = functions[kind];

    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) {
            float *at = x + i * ldx + j;
            *at = function(bias ? *at + bias[j] : *at);
        }
}

#define ACTIVATION(name, kind)                                                 \
    static void name(size_t rows, size_t n, const float *bias, float *x,       \
                     size_t ldx)                                               \
    {                                                                          \
        reference_activate(kind, rows, n, bias, x, ldx);                       \
    }

ACTIVATION(none_f32_reference, ACTIVATION_NONE)
ACTIVATION(gelu_f32_reference, ACTIVATION_GELU)
ACTIVATION(gelu_tanh_f32_reference, ACTIVATION_GELU_TANH)
ACTIVATION(relu_f32_reference, ACTIVATION_RELU)
ACTIVATION(silu_f32_reference, ACTIVATION_SILU)
ACTIVATION(tanh_f32_reference, ACTIVATION_TANH)
ACTIVATION(quick_gelu_f32_reference, ACTIVATION_QUICK_GELU)

static void sum_f32_reference(size_t n, const float *a, const float *b,
                              const float *c, float *out)
{
    for (size_t i = 0; i < n; i++) {
        float sum = b ? a[i] + b[i] : a[i];
        out[i] = c ? sum + c[i] : sum;
    }
}

static void gate_f32_reference(enum activation activation, size_t rows,
                               size_t n, const float *factor, size_t ldfactor,
                               float *x, size_t ldx)
{
    reference_activate(activation, rows, n, NULL, x, ldx);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < n; i++)
            x[row * ldx + i] *= factor[row * ldfactor + i];
}

static void scale_rows_f32_reference(size_t rows, size_t n,
                                     const float *factors, const float *addend,
                                     size_t ldaddend, float *x, size_t ldx)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < n; i++) {
            float more = addend ? addend[row * ldaddend + i] : 0;
            x[row * ldx + i] = x[row * ldx + i] * factors[row] + more;
        }
}

static void rotate(size_t half, const float *turns, float *x)
{
    for (size_t i = 0; i < half; i++) {
        float a = x[i], b = x[half + i];
        float cosine = turns[i], sine = turns[half + i];
        x[i] = a * cosine - b * sine;
        x[half + i] = b * cosine + a * sine;
    }
}

static void rotate_f32_reference(size_t rows, size_t heads, size_t width,
                                 const float *turns, float *x, size_t ldx)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t head = 0; head < heads; head++)
            rotate(width / 2, turns + row * width,
                   x + row * ldx + head * width);
}

/*** stored weights to float32; the source may lie at any byte ***/

static float float_of_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint16_t load_16(const void *in, size_t i)
{
    uint16_t value;
    memcpy(&value, (const char *)in + 2 * i, sizeof value);
    return value;
}

/* IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
static float float_of_half(uint16_t half)
{
    uint32_t sign = (uint32_t)(half >> 15) << 31;
    uint32_t exponent = half >> 10 & 31, fraction = half & 1023;

    if (exponent == 0) { /* zero and subnormal: fraction / 2^24 */
        float value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    if (exponent == 31 && fraction != 0) /* a NaN, made quiet */
        fraction |= 512;
    exponent = exponent == 31 ? 255 : exponent + 127 - 15;
    return float_of_bits(sign | exponent << 23 | fraction << 13);
}

static void widen_f32_reference(size_t n, const void *in, float scale,
                                float *out)
{
    (void)scale;
    if (n > 0)
        memcpy(out, in, n * sizeof *out);
}

static void widen_f16_reference(size_t n, const void *in, float scale,
                                float *out)
{
    (void)scale;
    for (size_t i = 0; i < n; i++)
        out[i] = float_of_half(load_16(in, i));
}

static void widen_bf16_reference(size_t n, const void *in, float scale,
                                 float *out)
{
    (void)scale;
    for (size_t i = 0; i < n; i++)
        out[i] = float_of_bits((uint32_t)load_16(in, i) << 16);
}

static void widen_i8_reference(size_t n, const void *in, float scale,
                               float *out)
{
    const int8_t *values = in;

    for (size_t i = 0; i < n; i++)
        out[i] = (float)values[i] * scale;
}

static const struct attention_products attention_reference = {
    .name = "attention_f32_reference",
    .pair = 1,
    .matmul = matmul_reference,
    .softmax_part = softmax_part_reference,
};

void reference_add(struct kernels *table)
{
    *table = (struct kernels){
        .name = "reference",
        .gemm = {[PRECISION_F32] = {.name = "gemm_f32_reference",
                                    .packed_bytes = gemm_packed_bytes,
                                    .pack = gemm_pack,
                                    .run = gemm_f32_reference},
                 [PRECISION_INT8] = gemm_i8_reference},
        .matmul_f32 = matmul_reference,
        .attention = {[PRECISION_F32] = attention_reference,
                      [PRECISION_INT8] = attention_reference},
        .transpose_f32 = transpose_f32_reference,
        .transpose_add_f32 = transpose_add_f32_reference,
        .softmax_f32 = softmax_f32_reference,
        .layer_norm_f32 = layer_norm_f32_reference,
        .activation_f32 = {[ACTIVATION_NONE] = none_f32_reference,
                           [ACTIVATION_GELU] = gelu_f32_reference,
                           [ACTIVATION_GELU_TANH] = gelu_tanh_f32_reference,
                           [ACTIVATION_RELU] = relu_f32_reference,
                           [ACTIVATION_SILU] = silu_f32_reference,
                           [ACTIVATION_TANH] = tanh_f32_reference,
                           [ACTIVATION_QUICK_GELU] = quick_gelu_f32_reference},
        .sum_f32 = sum_f32_reference,
        .gate_f32 = gate_f32_reference,
        .scale_rows_f32 = scale_rows_f32_reference,
        .rotate_f32 = rotate_f32_reference,
        .widen_f32 = {[ELEMENT_F32] = widen_f32_reference,
                      [ELEMENT_F16] = widen_f16_reference,
                      [ELEMENT_BF16] = widen_bf16_reference,
                      [ELEMENT_I8] = widen_i8_reference},
    };
}
