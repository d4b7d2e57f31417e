/*
 * checkkernels.c - holds every kernel of every instruction set that this CPU
 * has against double, and prints their speed with --bench.
 *
 *   checkkernels [--list | --bench] [RUNG]
 *
 * One line per rung and entry, then the totals; status 1 when any failed.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

/*** one function per kind of entry, so that a table can hold them ***/

static const char *name_gemm(const struct kernels *kernels)
{
    return kernels->gemm_f32.name;
}

static void run_gemm(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_gemm(&kernels->gemm_f32, kernels);
}

static void run_independence(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_row_independence(&kernels->gemm_f32);
}

static void run_matmul(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_matmul(kernels);
}

static void run_transpose(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_transpose(kernels);
}

static void run_transpose_add(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_transpose_add(kernels);
}

static void run_softmax(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_softmax(kernels);
}

static void run_layer_norm(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_layer_norm(kernels);
}

static void run_activation(const struct kernels *kernels, int kind)
{
    check_activation(kernels, (enum activation)kind);
}

static void run_sum(const struct kernels *kernels, int unused)
{
    (void)unused;
    check_sum(kernels);
}

static void run_widen(const struct kernels *kernels, int element)
{
    check_widen(kernels, (enum element)element);
}

static const struct entry {
    const char *name;
    const char *(*kernel)(const struct kernels *kernels);
    void (*run)(const struct kernels *kernels, int parameter);
    int parameter;
} entries[] = {
    {"gemm_f32", name_gemm, run_gemm, 0},
    {"gemm_f32 rows", name_gemm, run_independence, 0},
    {"matmul_f32", NULL, run_matmul, 0},
    {"transpose_f32", NULL, run_transpose, 0},
    {"transpose_add_f32", NULL, run_transpose_add, 0},
    {"softmax_f32", NULL, run_softmax, 0},
    {"layer_norm_f32", NULL, run_layer_norm, 0},
    {"none_f32", NULL, run_activation, ACTIVATION_NONE},
    {"gelu_f32", NULL, run_activation, ACTIVATION_GELU},
    {"gelu_tanh_f32", NULL, run_activation, ACTIVATION_GELU_TANH},
    {"relu_f32", NULL, run_activation, ACTIVATION_RELU},
    {"silu_f32", NULL, run_activation, ACTIVATION_SILU},
    {"tanh_f32", NULL, run_activation, ACTIVATION_TANH},
    {"quick_gelu_f32", NULL, run_activation, ACTIVATION_QUICK_GELU},
    {"sum_f32", NULL, run_sum, 0},
    {"widen_f32", NULL, run_widen, ELEMENT_F32},
    {"widen_f16", NULL, run_widen, ELEMENT_F16},
    {"widen_bf16", NULL, run_widen, ELEMENT_BF16},
    {"widen_i8", NULL, run_widen, ELEMENT_I8},
};

enum { ENTRY_COUNT = sizeof entries / sizeof *entries };

static void check_rung(const char *rung)
{
    const struct kernels *kernels = kernels_rung(rung);

    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        const struct entry *entry = &entries[i];
        if (!kernels) {
            check_skip(rung, entry->name);
            continue;
        }
        check_begin(rung, entry->name,
                    entry->kernel ? entry->kernel(kernels) : "");
        entry->run(kernels, entry->parameter);
        check_end();
    }
}

/* OpenBLAS is no rung: it has a GEMM only, and promises no order of sums. */
static const char openblas[] = "openblas";

static void check_openblas(void)
{
    const struct kernels *kernels = kernels_rung("reference");
    struct error error = {0};
    const struct gemm_f32 *gemm = openblas_gemm(kernels, &error);
    if (!gemm) {
        check_skip(openblas, "gemm_f32");
        return;
    }
    check_begin(openblas, "gemm_f32", openblas_core());
    check_gemm(gemm, kernels);
    check_end();
}

static void list(void)
{
    for (size_t i = 0; kernels_rung_name(i); i++) {
        const char *rung = kernels_rung_name(i);
        printf("%s%s\n", rung, kernels_rung(rung) ? "" : " (not here)");
        for (size_t j = 0; j < ENTRY_COUNT; j++)
            printf("    %s\n", entries[j].name);
    }
    printf("%s\n    gemm_f32\n", openblas);
}

static bool wanted(const char *asked, const char *rung)
{
    return !asked || strcmp(asked, rung) == 0;
}

static void bench(const char *asked)
{
    for (size_t i = 0; kernels_rung_name(i); i++) {
        const struct kernels *kernels = kernels_rung(kernels_rung_name(i));
        if (kernels && wanted(asked, kernels->name))
            bench_rung(kernels);
    }
}

static bool check(const char *asked)
{
    operands_prepare();
    for (size_t i = 0; kernels_rung_name(i); i++)
        if (wanted(asked, kernels_rung_name(i)))
            check_rung(kernels_rung_name(i));
    if (wanted(asked, openblas))
        check_openblas();
    return check_totals();
}

int main(int count, char **arguments)
{
    bool listing = count > 1 && strcmp(arguments[1], "--list") == 0;
    bool benching = count > 1 && strcmp(arguments[1], "--bench") == 0;
    int first = 1 + (listing || benching);

    if (count > first + 1 || (count > first && arguments[first][0] == '-')) {
        fprintf(stderr, "usage: checkkernels [--list | --bench] [RUNG]\n");
        return 2;
    }
    if (listing)
        list();
    else if (benching)
        bench(arguments[first]);
    else if (!check(arguments[first]))
        return 1;
    return 0;
}
