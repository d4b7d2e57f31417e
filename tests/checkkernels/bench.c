/*
 * bench.c - the speed of each kernel and its share of what the core can do.
 *
 * The peak is measured again beside each reading, because machines are shared
 * and clocks move.  A reading is the best of several rounds.
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

/* Operations a second, in 1e9, of the product's own instructions on registers;
 * 0: unknown. */
static double peak(const struct gemm *gemm)
{
    double best = 0;
    const long turns = 100000;

    for (int i = 0; gemm->spin && i < 5; i++) {
        double start = seconds(), each = gemm->spin(turns);
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
    const void *rows;
    size_t distance;
    float *c;
    char *packed; /* `sets` matrices, taken in turn */
    size_t set_bytes;
};

static void do_gemm(void *argument)
{
    struct gemm_work *w = argument;

    w->set = (w->set + 1) % w->sets;
    w->gemm->run(w->m, w->n, w->k, w->rows, w->distance,
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
    w.rows = a;
    w.distance = k * sizeof *a;
    w.c = random_floats(m * n);
    float *prepared = NULL;
    if (gemm->prepare) {
        w.distance = gemm->row_bytes(k);
        w.rows = prepared = random_floats(m * w.distance / sizeof *prepared);
        gemm->prepare(m, k, a, k, prepared);
    }
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
    free(prepared);
    free(weights);
    free(w.c);
    free(w.packed);
    return 2e-9 * (double)(m * n * k) / time;
}

static void bench_shape(const struct gemm *gemm, const struct gemm *other,
                        size_t m, size_t n, size_t k)
{
    size_t bytes = gemm->packed_bytes(n, k);
    size_t sets = (12u << 20) / (bytes > 0 ? bytes : n * k * 4) + 1;
    double most = peak(gemm), own = gemm_speed(gemm, m, n, k, 1);
    double in_turn = gemm_speed(gemm, m, n, k, sets);
    double blas = other ? gemm_speed(other, m, n, k, 1) : 0;

    printf("%5zu %5zu %5zu %8.1f %7.0f%% %8.1f", m, n, k, own,
           most > 0 ? 100 * own / most : 0, in_turn);
    if (other)
        printf(" %8.1f %9.2f", blas, own / blas);
    putchar('\n');
    fflush(stdout);
}

static void bench_gemm(const struct kernels *kernels, enum precision precision)
{
    static const size_t shapes[][2] = {
        {384, 384},  {1152, 384}, {1536, 384}, {384, 1536}, {768, 768},
        {2304, 768}, {3072, 768}, {768, 3072}, {128, 128},  {512, 128},
        {128, 512},  {312, 312},  {1200, 312}, {312, 1200}};
    static const size_t rows[] = {1, 6, 96, 512};
    struct error none = {0};
    const struct gemm *gemm = &kernels->gemm[precision], *other = NULL;
    struct kernels with_openblas = *kernels;

    if (precision != PRECISION_BF16 && openblas_add(&with_openblas, &none))
        other = &with_openblas.gemm[precision];

    printf("\n%s, peak %.0f Gop/s; beside it, the weights of a model of 12 MB "
           "in turn%s%s\n",
           gemm->name, peak(gemm), other ? ", and OpenBLAS, " : "",
           other ? openblas_core() : "");
    printf("%5s %5s %5s %8s %8s %8s\n", "m", "n", "k", "Gop/s", "of peak",
           "in turn");
    for (size_t j = 0; j < sizeof rows / sizeof *rows; j++)
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
            bench_shape(gemm, other, rows[j], shapes[i][0], shapes[i][1]);
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
    w->kernels->gemm[w->parameter].pack(w->m, w->n, w->a, w->c);
}

static void do_prepare(void *argument)
{
    struct work *w = argument;
    w->kernels->gemm[w->parameter].prepare(w->m, w->n, w->a, w->n, w->c);
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
        double most = peak(&kernels->gemm[PRECISION_F32]);
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
        {"pack f32", do_pack, 1536, 384, PRECISION_F32},
        {"pack f32", do_pack, 768, 3072, PRECISION_F32},
        {"pack int8", do_pack, 1536, 384, PRECISION_INT8},
        {"prepare int8", do_prepare, 96, 384, PRECISION_INT8},
        {"prepare int8", do_prepare, 96, 1536, PRECISION_INT8},
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
    printf("%s on %s: memory %.0f GB/s\n", kernels->name, cpu_get()->name,
           read_speed());
    bench_elements(kernels);
    bench_matmul(kernels);
    for (int i = 0; i < PRECISION_COUNT; i++)
        if (kernels->gemm[i].name)
            bench_gemm(kernels, (enum precision)i);
}
