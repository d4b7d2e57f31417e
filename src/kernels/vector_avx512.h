/*
 * vector_avx512.h - sixteen float32 lanes: the words that the f32_*.h
 * templates are written in.  vector_avx2.h has the same words for eight.
 *
 * A `lanes` value selects the first lanes of a vector, for the ends of rows.
 * Where an operand is NaN, maximum and minimum give the second one.
 */
#ifndef KERNELS_VECTOR_AVX512_H
#define KERNELS_VECTOR_AVX512_H

#include "kernels/vector.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef __m512 vector;
typedef __m512i integers; /* of 32 bits */
typedef __mmask16 lanes;

enum { LANES = 16 };

INLINE vector load(const float *at)
{
    return _mm512_loadu_ps(at);
}

INLINE void store(float *at, vector value)
{
    _mm512_storeu_ps(at, value);
}

INLINE vector broadcast(float value)
{
    return _mm512_set1_ps(value);
}

/* The first `count` lanes, 0..LANES. */
INLINE lanes first_lanes(size_t count)
{
    return (lanes)((1u << count) - 1);
}

/* Reads only the selected lanes; the others are zero. */
INLINE vector load_lanes(lanes selected, const float *at)
{
    return _mm512_maskz_loadu_ps(selected, at);
}

INLINE void store_lanes(lanes selected, float *at, vector value)
{
    _mm512_mask_storeu_ps(at, selected, value);
}

/* value in the selected lanes, other elsewhere. */
INLINE vector choose_lanes(lanes selected, vector value, vector other)
{
    return _mm512_mask_blend_ps(selected, other, value);
}

INLINE vector add(vector a, vector b)
{
    return _mm512_add_ps(a, b);
}

INLINE vector subtract(vector a, vector b)
{
    return _mm512_sub_ps(a, b);
}

INLINE vector multiply(vector a, vector b)
{
    return _mm512_mul_ps(a, b);
}

INLINE vector divide(vector a, vector b)
{
    return _mm512_div_ps(a, b);
}

/* a * b + c, rounded once. */
INLINE vector multiply_add(vector a, vector b, vector c)
{
    return _mm512_fmadd_ps(a, b, c);
}

/* c - a * b, rounded once. */
INLINE vector multiply_subtract_from(vector a, vector b, vector c)
{
    return _mm512_fnmadd_ps(a, b, c);
}

INLINE vector maximum(vector a, vector b)
{
    return _mm512_max_ps(a, b);
}

INLINE vector minimum(vector a, vector b)
{
    return _mm512_min_ps(a, b);
}

INLINE vector magnitude(vector value)
{
    return _mm512_andnot_ps(_mm512_set1_ps(-0.0f), value);
}

/* The low bits of each lane as the exponent of a float. */
INLINE vector exponent_of_low_bits(vector value)
{
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_castps_si512(value), 23));
}

INLINE float first_lane(vector value)
{
    return _mm512_cvtss_f32(value);
}

INLINE float sum_of_lanes(vector value)
{
    return _mm512_reduce_add_ps(value);
}

INLINE float maximum_of_lanes(vector value)
{
    return _mm512_reduce_max_ps(value);
}

/* LANES stored weights at any byte address, exactly. */

INLINE vector load_f16(const void *at)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256(at));
}

INLINE vector load_bf16(const void *at)
{
    __m512i wide = _mm512_cvtepu16_epi32(_mm256_loadu_si256(at));
    return _mm512_castsi512_ps(_mm512_slli_epi32(wide, 16));
}

INLINE vector load_i8(const void *at)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(at)));
}

/*** integers ***/

INLINE integers load_integers(const void *at)
{
    return _mm512_loadu_si512(at);
}

INLINE void store_integers(void *at, integers value)
{
    _mm512_storeu_si512(at, value);
}

INLINE integers broadcast_integer(int32_t value)
{
    return _mm512_set1_epi32(value);
}

/* Four bytes at any address, in each lane. */
INLINE integers broadcast_bytes(const char *at)
{
    int32_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return _mm512_set1_epi32(bytes);
}

INLINE integers add_integers(integers a, integers b)
{
    return _mm512_add_epi32(a, b);
}

INLINE integers multiply_integers(integers a, integers b)
{
    return _mm512_mullo_epi32(a, b);
}

INLINE integers maximum_integers(integers a, integers b)
{
    return _mm512_max_epi32(a, b);
}

INLINE int32_t maximum_of_integers(integers value)
{
    return _mm512_reduce_max_epi32(value);
}

/* The bits of |value|: larger for larger magnitudes, largest for NaN. */
INLINE integers magnitude_bits(vector value)
{
    return _mm512_castps_si512(magnitude(value));
}

/* To the nearest, ties to even; what does not fit becomes INT32_MIN. */
INLINE integers integers_of_float(vector value)
{
    return _mm512_cvtps_epi32(value);
}

INLINE vector float_of_integers(integers value)
{
    return _mm512_cvtepi32_ps(value);
}

/* Each lane's low byte, or low half. */
INLINE void store_bytes(char *at, integers value)
{
    _mm_storeu_si128((__m128i *)at, _mm512_cvtepi32_epi8(value));
}

INLINE void store_shorts(char *at, integers value)
{
    _mm256_storeu_si256((__m256i *)at, _mm512_cvtepi32_epi16(value));
}

#endif
