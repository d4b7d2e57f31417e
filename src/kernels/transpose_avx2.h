/*
 * transpose_avx2.h - a matrix turned over in blocks of 8 x 8.
 *
 * Shared by the instruction sets that have AVX2: turning is bound by loads and
 * stores, wider blocks gain nothing.
 */
#ifndef KERNELS_TRANSPOSE_AVX2_H
#define KERNELS_TRANSPOSE_AVX2_H

#include "kernels/vector.h"

#include <immintrin.h>
#include <stddef.h>

enum { BLOCK = 8 };

/* Row i of the block becomes column i. */
INLINE void turn_block(__m256 row[BLOCK])
{
    __m256 pair[BLOCK], quad[BLOCK];

    UNROLL
    for (int i = 0; i < BLOCK; i += 2) {
        pair[i] = _mm256_unpacklo_ps(row[i], row[i + 1]);
        pair[i + 1] = _mm256_unpackhi_ps(row[i], row[i + 1]);
    }
    UNROLL
    for (int i = 0; i < BLOCK; i += 4) {
        quad[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
        quad[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xee);
        quad[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
        quad[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xee);
    }
    UNROLL
    for (int i = 0; i < BLOCK / 2; i++) {
        row[i] = _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x20);
        row[i + 4] = _mm256_permute2f128_ps(quad[i], quad[i + 4], 0x31);
    }
}

/* With `adds`, a constant, onto what is there. */
INLINE void transpose_whole_block(const float *in, size_t ldin, float *out,
                                  size_t ldout, bool adds)
{
    __m256 row[BLOCK];

    UNROLL
    for (size_t i = 0; i < BLOCK; i++)
        row[i] = _mm256_loadu_ps(in + i * ldin);
    turn_block(row);
    UNROLL
    for (size_t i = 0; i < BLOCK; i++) {
        float *to = out + i * ldout;
        if (adds)
            row[i] = _mm256_add_ps(_mm256_loadu_ps(to), row[i]);
        _mm256_storeu_ps(to, row[i]);
    }
}

/* A block at the edge has fewer rows or columns; too few for vectors to pay. */
INLINE void transpose_edge_block(size_t rows, size_t columns, const float *in,
                                 size_t ldin, float *out, size_t ldout,
                                 bool adds)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            float *to = out + j * ldout + i;
            *to = adds ? *to + in[i * ldin + j] : in[i * ldin + j];
        }
}

INLINE void transpose_each_block(size_t rows, size_t columns, const float *in,
                                 size_t ldin, float *out, size_t ldout,
                                 bool adds)
{
    for (size_t i = 0; i < rows; i += BLOCK) {
        size_t block_rows = rows - i < BLOCK ? rows - i : BLOCK;
        for (size_t j = 0; j < columns; j += BLOCK) {
            size_t block_columns = columns - j < BLOCK ? columns - j : BLOCK;
            const float *from = in + i * ldin + j;
            float *to = out + j * ldout + i;
            if (block_rows == BLOCK && block_columns == BLOCK)
                transpose_whole_block(from, ldin, to, ldout, adds);
            else
                transpose_edge_block(block_rows, block_columns, from, ldin, to,
                                     ldout, adds);
        }
    }
}

static inline void transpose_blocks(size_t rows, size_t columns,
                                    const float *in, size_t ldin, float *out,
                                    size_t ldout)
{
    transpose_each_block(rows, columns, in, ldin, out, ldout, false);
}

static inline void transpose_add_blocks(size_t rows, size_t columns,
                                        const float *in, size_t ldin,
                                        float *out, size_t ldout)
{
    transpose_each_block(rows, columns, in, ldin, out, ldout, true);
}

#endif
