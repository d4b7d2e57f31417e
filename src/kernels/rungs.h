/*
 * rungs.h - what the files of this folder owe each other; private to it and
 * to tests/checkkernels.
 *
 * Each instruction set's file has one public function, which fills in the
 * entries that it does better and leaves the others.  dispatch.c calls them
 * upward and only where the CPU has the instructions.
 */
#ifndef KERNELS_RUNGS_H
#define KERNELS_RUNGS_H

#include "kernels/kernels.h"

void reference_add(struct kernels *table);
void avx2_add(struct kernels *table);
void avxvnni_add(struct kernels *table);
void avx512_add(struct kernels *table);
void avx512vnni_add(struct kernels *table);
void avx512bf16_add(struct kernels *table);
void amx_add(struct kernels *table);

/* The int8 products of these, in files of their own. */
void avx2_add_i8(struct kernels *table);
void avx512_add_i8(struct kernels *table);
void amx_add_i8(struct kernels *table);

/* Attention's products of these, too. */
void avx512bf16_add_attention(struct kernels *table);

/* reference_i8.c */
extern const struct gemm gemm_i8_reference;

/* reference.c: rows of width n in place. */
void reference_activate(enum activation kind, size_t rows, size_t n,
                        const float *bias, float *x, size_t ldx);

/*
 * OpenBLAS's sgemm for the products of float32 and of int8, with the table's
 * activations.  Loaded at the first call (so before threads start): its core
 * type is chosen by its constructor, from variables that must be set before.
 * False with error, and the table as it was, when it is not installed.
 */
bool openblas_add(struct kernels *table, struct error *error);

#endif
