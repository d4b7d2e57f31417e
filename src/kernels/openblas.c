/*
 * openblas.c - the float32 GEMM of OpenBLAS; the only door to cblas.
 *
 * Loaded by name when it is asked for, never linked: a linked OpenBLAS runs
 * its constructor in every process, whether anybody multiplies or not (2 ms,
 * 36 ms from a cold disk, where a process is 1 ms).
 */
#include "config.h"

#include "base/cpu.h"
#include "kernels/rungs.h"

#include <assert.h>
#include <cblas.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>

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

static void gemm_f32_openblas(size_t m, size_t n, size_t k, const void *rows,
                              size_t distance, const void *packed,
                              const float *bias, enum activation activation,
                              float *c, size_t ldc)
{
    size_t lda = distance / sizeof(float);
    assert(m <= INT_MAX && n <= INT_MAX && k <= INT_MAX);
    assert(lda <= INT_MAX && ldc <= INT_MAX);
    if (m == 0 || n == 0)
        return;

    sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)m, (int)n, (int)k, 1,
          rows, lda > 0 ? (int)lda : 1, packed, k > 0 ? (int)k : 1, 0, c,
          (int)ldc);
    if (bias || activation != ACTIVATION_NONE)
        epilogue_kernels->activation_f32[activation](m, n, bias, c, ldc);
}

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

const struct gemm *openblas_gemm(const struct kernels *epilogue,
                                 struct error *error)
{
    static const struct gemm gemm = {
        .name = "gemm_f32_openblas",
        .packed_bytes = packed_bytes,
        .pack = pack,
        .run = gemm_f32_openblas,
    };

    epilogue_kernels = epilogue;
    return load(error) ? &gemm : NULL;
}

const char *openblas_core(void)
{
    return get_corename ? get_corename() : NULL;
}
