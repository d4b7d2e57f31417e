/*
 * bench.c - the speed of each kernel and its share of what the core can do.
 *
 * The peak is measured here too, by independent fused multiply-adds on
 * registers, and again beside each reading, because machines are shared and
 * clocks move.  A reading is the best of several rounds.
 */
#include "base/cpu.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 9, READ_BYTES = 256 << 20 };

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/*** the peak ***/

#ifdef __x86_64__

/* Twelve chains hide four or five cycles of latency on two units. */
#define CHAIN(reg)                                                             \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "2\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "3\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "4\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "5\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "6\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "7\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "8\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "9\n\t"                       \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "10\n\t"                      \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "11\n\t"                      \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "12\n\t"                      \
    "vfmadd231ps %%" reg "0, %%" reg "1, %%" reg "13\n\t"

#define CLOBBERS                                                               \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",    \
        "xmm9", "xmm10", "xmm11", "xmm12", "xmm13"

static double avx2_flops(long turns)
{
    __asm__ volatile("vzeroall\n\t"
                     "0:\n\t" CHAIN("ymm") "dec %0\n\t"
                                           "jnz 0b\n\t"
                                           "vzeroupper"
                     : "+r"(turns)
                     :
                     : CLOBBERS, "cc");
    return 12 * 8 * 2;
}

static double avx512_flops(long turns)
{
    __asm__ volatile("vzeroall\n\t"
                     "0:\n\t" CHAIN("zmm") "dec %0\n\t"
                                           "jnz 0b\n\t"
                                           "vzeroupper"
                     : "+r"(turns)
                     :
                     : CLOBBERS, "cc");
    return 12 * 16 * 2;
}

#endif

/* GFLOP/s of float32 multiply-adds with the rung's registers; 0: unknown. */
static double peak(const char *rung)
{
    double (*flops)(long) = NULL;
    double best = 0;
    const long turns = 200000;

#ifdef __x86_64__
    if (strcmp(rung, "avx2") == 0)
        flops = avx2_flops;
    else if (cpu_get()->avx512 && strcmp(rung, "reference") != 0)
        flops = avx512_flops;
#endif
    for (int i = 0; flops && i < 5; i++) {
        double start = seconds(), each = flops(turns);
        double speed = each * (double)turns / (seconds() - start) / 1e9;
        best = speed > best ? speed : best;
    }
    return best;
}

/* GB/s of reading memory once. */
static double read_speed(void)
{
    uint64_t *words = malloc(READ_BYTES), sum = 0;
    double best = 0;

    if (!words)
        return 0;
    memset(words, 1, READ_BYTES);
    for (int round = 0; round < 4; round++) {
        double start = seconds();
        for (size_t i = 0; i < READ_BYTES / sizeof *words; i += 8)
            sum += words[i]; /* one word of each line */
        double speed = READ_BYTES / (seconds() - start) / 1e9;
        best = speed > best ? speed : best;
    }
    if (sum == 1)
        puts(""); /* keeps the loop */
    free(words);
    return best;
}

/*** readings ***/

/* Seconds of the fastest of several rounds of work(argument). */
static double fastest(void (*work)(void *), void *argument)
{
    double best = 1e30, start = seconds();
    work(argument);
    double once = seconds() - start;
    int turns = once < 2e-3 ? (int)(2e-3 / once) + 1 : 1;

    for (int round = 0; round < ROUNDS; round++) {
        start = seconds();
        for (int turn = 0; turn < turns; turn++)
            work(argument);
        double each = (seconds() - start) / turns;
        best = each < best ? each : best;
    }
    return best;
}

static float *random_floats(size_t count)
{
    float *values = aligned_alloc(64, (count * sizeof *values + 127) & ~63ul);
    if (!values) {
        fprintf(stderr, "checkkernels: out of memory\n");
        exit(2);
    }
    for (size_t i = 0; i < count; i++)
        values[i] = random_float();
    return values;
}

struct gemm_work {
    const struct gemm *gemm;
    size_t m, n, k, sets, set;
    const float *a;
    float *c;
    char *packed; /* `sets` matrices, taken in turn */
    size_t set_bytes;
};

static void do_gemm(void *argument)
{
    struct gemm_work *w = argument;

    w->set = (w->set + 1) % w->sets;
    w->gemm->run(w->m, w->n, w->k, w->a, w->k * sizeof *w->a,
                 w->packed + w->set * w->set_bytes, NULL, ACTIVATION_NONE, w->c,
                 w->n);
}

/* GFLOP/s with the weights of one layer over and over, or of many in turn. */
static double gemm_speed(const struct gemm *gemm, size_t m, size_t n, size_t k,
                         size_t sets)
{
    struct gemm_work w = {.gemm = gemm, .m = m, .n = n, .k = k, .sets = sets};
    size_t packed = gemm->packed_bytes(n, k);
    float *a = random_floats(m * k), *weights = random_floats(n * k);

    w.set_bytes = packed > 0 ? packed : (n * k * sizeof(float) + 63) & ~63ul;
    w.a = a;
    w.c = random_floats(m * n);
    w.packed = aligned_alloc(64, sets * w.set_bytes);
    for (size_t i = 0; w.packed && i < sets; i++) {
        char *set = w.packed + i * w.set_bytes;
        if (packed > 0)
            gemm->pack(n, k, weights, set);
        else
            memcpy(set, weights, n * k * sizeof *weights);
    }
    double time = w.packed ? fastest(do_gemm, &w) : 1e30;
    free(a);
    free(weights);
    free(w.c);
    free(w.packed);
    return 2e-9 * (double)(m * n * k) / time;
}

static void bench_gemm(const struct kernels *kernels)
{
    static const size_t shapes[][2] = {
        {384, 384},  {1152, 384}, {1536, 384}, {384, 1536}, {768, 768},
        {2304, 768}, {3072, 768}, {768, 3072}, {128, 128},  {512, 128},
        {128, 512},  {312, 312},  {1200, 312}, {312, 1200}};
    static const size_t rows[] = {1, 6, 96, 512};
    struct error none = {0};
    const struct gemm *other = openblas_gemm(kernels, &none);

    printf("\n%s, GFLOP/s; beside it, the weights of a 48 MB model in turn, "
           "and OpenBLAS (%s)\n",
           kernels->gemm[PRECISION_F32].name,
           other ? openblas_core() : "not installed");
    printf("%5s %5s %5s %8s %8s %8s %8s %9s\n", "m", "n", "k", "", "of peak",
           "in turn", "OpenBLAS", "ratio");
    for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            size_t m = rows[j], n = shapes[i][0], k = shapes[i][1];
            size_t sets = (48u << 20) / (n * k * sizeof(float)) + 1;
            double most = peak(kernels->name);
            double own = gemm_speed(&kernels->gemm[PRECISION_F32], m, n, k, 1);
            double in_turn =
                gemm_speed(&kernels->gemm[PRECISION_F32], m, n, k, sets);
            double blas = other ? gemm_speed(other, m, n, k, 1) : 0;
            printf("%5zu %5zu %5zu %8.1f %7.0f%% %8.1f %8.1f %9.2f\n", m, n, k,
                   own, most > 0 ? 100 * own / most : 0, in_turn, blas,
                   blas > 0 ? own / blas : 0);
            fflush(stdout);
        }
}

struct work {
    const struct kernels *kernels;
    size_t m, n, k;
    int parameter;
    float *a, *b, *c;
};

static void do_matmul(void *argument)
{
    struct work *w = argument;
    w->kernels->matmul_f32(w->m, w->n, w->k, w->a, w->k, w->b, w->n, w->c,
                           w->n);
}

static void do_transpose(void *argument)
{
    struct work *w = argument;
    w->kernels->transpose_f32(w->m, w->n, w->a, w->n, w->c, w->m);
}

static void do_softmax(void *argument)
{
    struct work *w = argument;
    w->kernels->softmax_f32(w->m, w->n, 0.125f, w->c, w->n);
}

static void do_layer_norm(void *argument)
{
    struct work *w = argument;
    w->kernels->layer_norm_f32(w->m, w->n, w->a, w->b, w->b, w->b, 1e-12f,
                               w->c);
}

static void do_activation(void *argument)
{
    struct work *w = argument;
    w->kernels->activation_f32[w->parameter](w->m, w->n, NULL, w->c, w->n);
}

static void do_sum(void *argument)
{
    struct work *w = argument;
    w->kernels->sum_f32(w->m * w->n, w->a, w->b, w->b, w->c);
}

static void do_widen(void *argument)
{
    struct work *w = argument;
    w->kernels->widen_f32[w->parameter](w->m * w->n, w->a, 1, w->c);
}

static void do_pack(void *argument)
{
    struct work *w = argument;
    w->kernels->gemm[PRECISION_F32].pack(w->m, w->n, w->a, w->c);
}

static double work_time(const struct kernels *kernels, void (*work)(void *),
                        size_t m, size_t n, size_t k, int parameter)
{
    size_t count = 2 * (m > k ? m : k) * (n > k ? n : k) + 4096;
    struct work w = {
        .kernels = kernels, .m = m, .n = n, .k = k, .parameter = parameter};

    w.a = random_floats(count);
    w.b = random_floats(count);
    w.c = random_floats(count);
    double time = fastest(work, &w);
    free(w.a);
    free(w.b);
    free(w.c);
    return time;
}

static void bench_matmul(const struct kernels *kernels)
{
    static const size_t shapes[][3] = {
        {96, 96, 32}, {96, 32, 96}, {512, 512, 32}, {512, 32, 512},
        {96, 96, 64}, {96, 64, 96}, {512, 512, 64}, {512, 64, 512},
        {96, 96, 26}, {96, 26, 96}, {97, 97, 32},   {97, 32, 97}};

    printf("\nmatmul_f32 of %s, GFLOP/s\n%5s %5s %5s %8s %8s\n", kernels->name,
           "m", "n", "k", "", "of peak");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        size_t m = shapes[i][0], n = shapes[i][1], k = shapes[i][2];
        double most = peak(kernels->name);
        double time = work_time(kernels, do_matmul, m, n, k, 0);
        double speed = 2e-9 * (double)(m * n * k) / time;
        printf("%5zu %5zu %5zu %8.1f %7.0f%%\n", m, n, k, speed,
               most > 0 ? 100 * speed / most : 0);
    }
}

static void bench_elements(const struct kernels *kernels)
{
    static const struct {
        const char *name;
        void (*work)(void *);
        size_t m, n;
        int parameter;
    } all[] = {
        {"gelu", do_activation, 96, 1536, ACTIVATION_GELU},
        {"gelu, 48 wide", do_activation, 8, 48, ACTIVATION_GELU},
        {"gelu_tanh", do_activation, 96, 1536, ACTIVATION_GELU_TANH},
        {"silu", do_activation, 96, 1536, ACTIVATION_SILU},
        {"tanh", do_activation, 96, 384, ACTIVATION_TANH},
        {"relu", do_activation, 96, 1536, ACTIVATION_RELU},
        {"softmax", do_softmax, 96, 96, 0},
        {"softmax", do_softmax, 96, 97, 0},
        {"softmax", do_softmax, 96, 512, 0},
        {"layer_norm", do_layer_norm, 96, 384, 0},
        {"layer_norm", do_layer_norm, 96, 768, 0},
        {"layer_norm", do_layer_norm, 96, 312, 0},
        {"transpose", do_transpose, 96, 32, 0},
        {"transpose", do_transpose, 512, 64, 0},
        {"sum", do_sum, 96, 384, 0},
        {"widen_f16", do_widen, 96, 1536, ELEMENT_F16},
        {"widen_bf16", do_widen, 96, 1536, ELEMENT_BF16},
        {"widen_i8", do_widen, 96, 1536, ELEMENT_I8},
        {"gemm pack", do_pack, 1536, 384, 0},
        {"gemm pack", do_pack, 768, 3072, 0},
    };

    printf("\nrows and elements of %s, ns per element\n", kernels->name);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        double time = work_time(kernels, all[i].work, all[i].m, all[i].n, 0,
                                all[i].parameter);
        printf("%-14s %5zu x %-5zu %8.3f\n", all[i].name, all[i].m, all[i].n,
               1e9 * time / (double)(all[i].m * all[i].n));
    }
}

void bench_rung(const struct kernels *kernels)
{
    printf("%s on %s: peak %.0f GFLOP/s, memory %.0f GB/s\n", kernels->name,
           cpu_get()->name, peak(kernels->name), read_speed());
    bench_elements(kernels);
    bench_matmul(kernels);
    bench_gemm(kernels);
}
