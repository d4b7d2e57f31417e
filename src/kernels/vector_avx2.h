/*
 * vector_avx2.h - eight float32 lanes: the words that the f32_*.h templates
 * are written in.  vector_avx512.h has the same words for sixteen lanes.
 *
 * A `lanes` value selects the first lanes of a vector, for the ends of rows.
 * Where an operand is NaN, maximum and minimum give the second one.
 */
#ifndef KERNELS_VECTOR_AVX2_H
#define KERNELS_VECTOR_AVX2_H

#include "kernels/vector.h"

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef __m256 vector;
typedef __m256i integers; /* of 32 bits */
typedef __m256i lanes;

enum { LANES = 8 };

INLINE vector load(const float *at)
{
    return _mm256_loadu_ps(at);
}

INLINE void store(float *at, vector value)
{
    _mm256_storeu_ps(at, value);
}

INLINE vector broadcast(float value)
{
    return _mm256_set1_ps(value);
}

/* The first `count` lanes, 0..LANES. */
INLINE lanes first_lanes(size_t count)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* Reads only the selected lanes; the others are zero. */
INLINE vector load_lanes(lanes selected, const float *at)
{
    return _mm256_maskload_ps(at, selected);
}

INLINE void store_lanes(lanes selected, float *at, vector value)
{
    _mm256_maskstore_ps(at, selected, value);
}

/* value in the selected lanes, other elsewhere. */
INLINE vector choose_lanes(lanes selected, vector value, vector other)
{
    return _mm256_blendv_ps(other, value, _mm256_castsi256_ps(selected));
}

INLINE vector add(vector a, vector b)
{
    return _mm256_add_ps(a, b);
}

INLINE vector subtract(vector a, vector b)
{
    return _mm256_sub_ps(a, b);
}

INLINE vector multiply(vector a, vector b)
{
    return _mm256_mul_ps(a, b);
}

INLINE vector divide(vector a, vector b)
{
    return _mm256_div_ps(a, b);
}

/* a * b + c, rounded once. */
INLINE vector multiply_add(vector a, vector b, vector c)
{
    return _mm256_fmadd_ps(a, b, c);
}

/* c - a * b, rounded once. */
INLINE vector multiply_subtract_from(vector a, vector b, vector c)
{
    return _mm256_fnmadd_ps(a, b, c);
}

INLINE vector maximum(vector a, vector b)
{
    return _mm256_max_ps(a, b);
}

INLINE vector minimum(vector a, vector b)
{
    return _mm256_min_ps(a, b);
}

INLINE vector magnitude(vector value)
{
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), value);
}

/* The low bits of each lane as the exponent of a float. */
INLINE vector exponent_of_low_bits(vector value)
{
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_castps_si256(value), 23));
}

INLINE float first_lane(vector value)
{
    return _mm256_cvtss_f32(value);
}

INLINE float sum_of_lanes(vector value)
{
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(value),
                             _mm256_extractf128_ps(value, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

INLINE float maximum_of_lanes(vector value)
{
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(value),
                             _mm256_extractf128_ps(value, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
}

/* LANES stored weights at any byte address, exactly. */

INLINE vector load_f16(const void *at)
{
    return _mm256_cvtph_ps(_mm_loadu_si128(at));
}

INLINE vector load_bf16(const void *at)
{
    __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128(at));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
}

INLINE vector load_i8(const void *at)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(at)));
}

/*** integers ***/

INLINE integers load_integers(const void *at)
{
    return _mm256_loadu_si256(at);
}

INLINE void store_integers(void *at, integers value)
{
    _mm256_storeu_si256(at, value);
}

INLINE integers broadcast_integer(int32_t value)
{
    return _mm256_set1_epi32(value);
}

/* Four bytes at any address, in each lane. */
INLINE integers broadcast_bytes(const char *at)
{
    int32_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    return _mm256_set1_epi32(bytes);
}

INLINE integers add_integers(integers a, integers b)
{
    return _mm256_add_epi32(a, b);
}

INLINE integers multiply_integers(integers a, integers b)
{
    return _mm256_mullo_epi32(a, b);
}

INLINE integers maximum_integers(integers a, integers b)
{
    return _mm256_max_epi32(a, b);
}

INLINE int32_t maximum_of_integers(integers value)
{
    __m128i four = _mm_max_epi32(_mm256_castsi256_si128(value),
                                 _mm256_extracti128_si256(value, 1));
    __m128i two = _mm_max_epi32(four, _mm_shuffle_epi32(four, 0x4e));
    return _mm_cvtsi128_si32(_mm_max_epi32(two, _mm_shuffle_epi32(two, 0xb1)));
}

/* The bits of |value|: larger for larger magnitudes, largest for NaN. */
INLINE integers magnitude_bits(vector value)
{
    return _mm256_castps_si256(magnitude(value));
}

/* To the nearest, ties to even; what does not fit becomes INT32_MIN. */
INLINE integers integers_of_float(vector value)
{
    return _mm256_cvtps_epi32(value);
}

INLINE vector float_of_integers(integers value)
{
    return _mm256_cvtepi32_ps(value);
}

/* Each lane's low half, or low byte. */
INLINE __m128i low_shorts(integers value)
{
    __m256i low = _mm256_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1,
                                   -1, -1, -1, 0, 1, 4, 5, 8, 9, 12, 13, -1, -1,
                                   -1, -1, -1, -1, -1, -1);
    __m256i halves = _mm256_shuffle_epi8(value, low);
    return _mm256_castsi256_si128(_mm256_permute4x64_epi64(halves, 0x08));
}

INLINE void store_shorts(char *at, integers value)
{
    _mm_storeu_si128((__m128i *)at, low_shorts(value));
}

INLINE void store_bytes(char *at, integers value)
{
    __m128i low = _mm_and_si128(low_shorts(value), _mm_set1_epi16(0xff));
    _mm_storel_epi64((__m128i *)at, _mm_packus_epi16(low, low));
}

#endif
