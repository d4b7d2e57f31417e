/*
 * openblas.c - products by the float32 GEMM of OpenBLAS; the only door to
 * cblas.
 *
 * Loaded by name when it is asked for, never linked: a linked OpenBLAS runs
 * its constructor in every process, whether anybody multiplies or not (2 ms,
 * 36 ms from a cold disk, where a process is 1 ms).
 */
#include "config.h"

#include "base/cpu.h"
#include "kernels/i8.h"
#include "kernels/rungs.h"

#include <assert.h>
#include <cblas.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static __typeof__(cblas_sgemm) *sgemm;
static __typeof__(openblas_get_corename) *get_corename;
static const struct kernels *epilogue_kernels;

static size_t packed_bytes(size_t n, size_t k)
{
    (void)n, (void)k;
    return 0;
}

static void pack(size_t n, size_t k, const float *w, void *packed)
{
    (void)n, (void)k, (void)w, (void)packed;
}

/* c = rows . w^T; distances in elements. */
static void multiply(size_t m, size_t n, size_t k, const float *rows,
                     size_t ldrows, const float *w, float *c, size_t ldc)
{
    assert(m <= INT_MAX && n <= INT_MAX && k <= INT_MAX);
    assert(ldrows <= INT_MAX && ldc <= INT_MAX);
    if (m > 0 && n > 0)
        sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m, (int)n, (int)k,
              1, rows, ldrows > 0 ? (int)ldrows : 1, w, k > 0 ? (int)k : 1, 0,
              c, (int)ldc);
}

static void gemm_f32_openblas(size_t m, size_t n, size_t k, const void *rows,
                              size_t distance, const void *packed,
                              const float *bias, enum activation activation,
                              float *c, size_t ldc)
{
    multiply(m, n, k, rows, distance / sizeof(float), packed, c, ldc);
    if (bias || activation != ACTIVATION_NONE)
        epilogue_kernels->activation_f32[activation](m, n, bias, c, ldc);
}

/*** int8 ***/

/*
 * Sums of products of two numbers in -127 .. 127 are whole, and as long as
 * there are few of them below 2^24: float32 has them exactly, whatever the
 * order of additions.  So a product of a block of the inputs has the bits of
 * every other int8 product; blocks are added up as int32.
 *
 * Weights stay bytes and are widened for a tile, whose rows share that work:
 * as float32 they would take four times the memory for 7 % at most.  Rows are
 * widened when they are prepared.
 */
enum {
    EXACT_INPUTS = 1024,
    TILE_ROWS = 128,
    TILE_COLUMNS = 64,
};
_Static_assert(I8_MOST *I8_MOST *EXACT_INPUTS <= 1 << 24,
               "a sum of a block fits into a float's 24 bits");

struct tile {
    size_t rows, columns, inputs;
    const char *row; /* prepared, `distance` bytes apart */
    size_t distance;
    const int8_t *weights; /* [columns][inputs] */
    const float *scales;   /* of the columns */
    const float *bias;     /* of the columns; may be NULL */
    float *c;
    size_t ldc;
};

static size_t row_bytes(size_t k)
{
    return odd_lines(ROW_HEADER_BYTES + k * sizeof(float));
}

/* As the reference does, then widened in place, from the last element on. */
static void prepare(size_t rows, size_t k, const float *x, size_t ldx,
                    void *prepared)
{
    char *row = prepared;

    for (; rows > 0; rows--, x += ldx, row += row_bytes(k)) {
        gemm_i8_reference.prepare(1, k, x, ldx, row);
        for (size_t i = k; i > 0; i--) {
            float element = ((int8_t *)row)[ROW_HEADER_BYTES + i - 1];
            memcpy(row + ROW_HEADER_BYTES + (i - 1) * sizeof element, &element,
                   sizeof element);
        }
    }
}

/* Adds the products of `inputs` inputs, EXACT_INPUTS at most, from `first` on.
 */
static void add_block(const struct tile *t, size_t first, size_t inputs,
                      int32_t sums[TILE_ROWS][TILE_COLUMNS])
{
    float weights[TILE_COLUMNS * EXACT_INPUTS];
    float block[TILE_ROWS][TILE_COLUMNS];
    const float *row = (const float *)(t->row + ROW_HEADER_BYTES);

    for (size_t j = 0; j < t->columns; j++)
        epilogue_kernels->widen_f32[ELEMENT_I8](
            inputs, t->weights + j * t->inputs + first, 1,
            weights + j * inputs);
    multiply(t->rows, t->columns, inputs, row + first,
             t->distance / sizeof *row, weights, block[0], TILE_COLUMNS);
    for (size_t i = 0; i < t->rows; i++)
        for (size_t j = 0; j < t->columns; j++)
            sums[i][j] += (int32_t)block[i][j];
}

static void compute_tile(const struct tile *t)
{
    int32_t sums[TILE_ROWS][TILE_COLUMNS] = {{0}};

    for (size_t p = 0; p < t->inputs; p += EXACT_INPUTS) {
        size_t left = t->inputs - p;
        add_block(t, p, left < EXACT_INPUTS ? left : EXACT_INPUTS, sums);
    }
    for (size_t i = 0; i < t->rows; i++) {
        float scale = float_at(t->row + i * t->distance);
        for (size_t j = 0; j < t->columns; j++)
            t->c[i * t->ldc + j] =
                i8_multiply_add((float)sums[i][j] * t->scales[j], scale,
                                t->bias ? t->bias[j] : 0);
    }
}

static void gemm_i8_openblas(size_t m, size_t n, size_t k, const void *rows,
                             size_t distance, const void *packed,
                             const float *bias, enum activation activation,
                             float *c, size_t ldc)
{
    const float *scales = packed;
    const int8_t *weights = (const int8_t *)packed + i8_scale_bytes(n);

    for (size_t j = 0; j < n; j += TILE_COLUMNS)
        for (size_t i = 0; i < m; i += TILE_ROWS)
            compute_tile(&(struct tile){
                .rows = m - i < TILE_ROWS ? m - i : TILE_ROWS,
                .columns = n - j < TILE_COLUMNS ? n - j : TILE_COLUMNS,
                .inputs = k,
                .row = (const char *)rows + i * distance,
                .distance = distance,
                .weights = weights + j * k,
                .scales = scales + j,
                .bias = bias ? bias + j : NULL,
                .c = c + i * ldc + j,
                .ldc = ldc});
    if (activation != ACTIVATION_NONE)
        epilogue_kernels->activation_f32[activation](m, n, NULL, c, ldc);
}

/*** the library ***/

/*
 * Releases older than the CPU take a poor core type for it, and one that they
 * do not know falls back silently; these three are in every release since
 * 0.3.10.  The user's own choice stands.
 */
static void set_environment(void)
{
    const struct cpu *cpu = cpu_get();
    const char *core = cpu->avx512_bf16 ? "Cooperlake"
                       : cpu->avx512    ? "SkylakeX"
                       : cpu->avx2      ? "Haswell"
                                        : NULL;

    setenv("OPENBLAS_NUM_THREADS", "1", 1); /* our workers are the threads */
    if (core)
        setenv("OPENBLAS_CORETYPE", core, 0);
}

static bool load(struct error *error)
{
    if (sgemm)
        return true;

    set_environment();
    void *library = dlopen(OPENBLAS_SONAME, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return error_set(error, "cannot load %s: %s", OPENBLAS_SONAME,
                         dlerror());
    sgemm = (__typeof__(sgemm))dlsym(library, "cblas_sgemm");
    get_corename =
        (__typeof__(get_corename))dlsym(library, "openblas_get_corename");
    if (!sgemm) {
        dlclose(library);
        return error_set(error, "%s has no cblas_sgemm: it is not OpenBLAS",
                         OPENBLAS_SONAME);
    }
    return true;
}

bool openblas_add(struct kernels *table, struct error *error)
{
    static struct kernels epilogue;

    if (!load(error))
        return false;
    epilogue = *table;
    epilogue_kernels = &epilogue;
    table->gemm[PRECISION_F32] = (struct gemm){
        .name = "gemm_f32_openblas",
        .packed_bytes = packed_bytes,
        .pack = pack,
        .run = gemm_f32_openblas,
    };
    struct gemm *i8 = &table->gemm[PRECISION_INT8];
    *i8 = gemm_i8_reference;
    i8->name = "gemm_i8_openblas";
    i8->row_bytes = row_bytes;
    i8->prepare = prepare;
    i8->run = gemm_i8_openblas;
    return true;
}

const char *openblas_core(void)
{
    return get_corename ? get_corename() : NULL;
}
