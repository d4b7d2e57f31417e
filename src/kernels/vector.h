/*
 * vector.h - words that every vector_*.h and template needs.
 */
#ifndef KERNELS_VECTOR_H
#define KERNELS_VECTOR_H

#define INLINE static inline __attribute__((always_inline))

/* Before a loop over constants that must vanish, so that the arrays it walks
 * become registers. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

/* Keeps the compiler from knowing, or leaving out, a vector in a register. */
#define OPAQUE(value) __asm__ volatile("" : "+v"(value))

#endif
