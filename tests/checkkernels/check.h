/*
 * check.h - what the checks of kernels share: operands between guards, random
 * numbers, comparison with double, one line of result per rung and entry.
 *
 * An operand ends where an unreadable page begins, so reading or writing past
 * it stops the program with the case's name, and has guard bytes before it.
 * Nothing here is thread-safe; nothing fails but by ending the program.
 */
#ifndef CHECK_H
#define CHECK_H

#include "kernels/rungs.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*** operands ***/

enum slot {
    SLOT_A,
    SLOT_B,
    SLOT_C,
    SLOT_D,
    SLOT_E,
    SLOT_PACKED,
    SLOT_ROWS,
    SLOT_COUNT
};

/* Makes the slots; before anything else. */
void operands_prepare(void);

/* `bytes` bytes whose end is the end of readable memory; NOT aligned. */
void *operand_bytes(enum slot slot, size_t bytes);

/* Floats in [-1, 1), the next of the sequence. */
float *operand_random(enum slot slot, size_t count);

/* Floats that no kernel may leave in an output. */
float *operand_poisoned(enum slot slot, size_t count);

/* 64-byte aligned, so up to 63 readable bytes may lie behind it. */
void *operand_aligned(enum slot slot, size_t bytes);

bool is_poison(float value);

/*** numbers ***/

uint32_t random_bits(void);
float random_float(void); /* [-1, 1) */
size_t random_below(size_t bound);
bool same_bits(const float *a, const float *b, size_t count);

/* Both NaN, or equal, or closer than tolerance. */
bool near(double value, double expected, double tolerance);

/* A sum of products, and the sum of their magnitudes. */
struct product {
    double value, magnitudes;
};

/* How far k products added in float32 may be off. */
double sum_tolerance(size_t k, double magnitudes);

/* The upper half of a float32, rounded to the nearest, ties to even. */
double round_bf16(float x);

void exact_softmax(size_t n, float scale, const float *x, double *out);
double exact_activation(enum activation kind, double x);

/*** results ***/

/* Starts an entry of a rung: "avx2", "gemm_f32", "gemm_f32_6x16_avx2". */
void check_begin(const char *rung, const char *entry, const char *kernel);

/* Names the case that is being checked, for messages and for faults. */
void check_case(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Records whether the case holds; the first failures are printed. */
bool check_that(bool holds, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* near(), recorded; `at` says where. */
bool check_near(double value, double expected, double tolerance, size_t at);

/*
 * An output matrix [rows][n] at distance ld: the guards before all operands
 * are whole and the bytes between its rows are still poisoned.
 */
void check_surroundings(size_t rows, size_t n, const float *c, size_t ld);

/* Prints the entry's line. */
void check_end(void);
void check_skip(const char *rung, const char *entry, const char *why);

/* Prints "N passed, N failed, N skipped"; true when none failed. */
bool check_totals(void);

/*** the checks, a function per entry of the table ***/

/* `which` selects one of an entry that is an array. */
typedef void check_function(const struct kernels *kernels, int which);

check_function check_gemm, check_gemm_rows; /* enum precision */
check_function check_matmul, check_transpose, check_transpose_add;
check_function check_attention, check_softmax_part; /* enum precision */
check_function check_softmax, check_layer_norm;
check_function check_activation; /* enum activation */
check_function check_sum, check_gate, check_scale_rows, check_rotate;
check_function check_widen; /* enum element */

/* "gelu" */
extern const char *const activation_names[ACTIVATION_COUNT];

/*** speed ***/

void bench_rung(const struct kernels *kernels);

#endif
