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

static const struct entry {
    const char *name;
    check_function *check;
    int which;
} entries[] = {
    {"gemm f32", check_gemm, PRECISION_F32},
    {"gemm f32 rows", check_gemm_rows, PRECISION_F32},
    {"gemm int8", check_gemm, PRECISION_INT8},
    {"gemm int8 rows", check_gemm_rows, PRECISION_INT8},
    {"gemm bf16", check_gemm, PRECISION_BF16},
    {"gemm bf16 rows", check_gemm_rows, PRECISION_BF16},
    {"attention f32", check_attention, PRECISION_F32},
    {"attention f32 softmax", check_softmax_part, PRECISION_F32},
    {"attention bf16", check_attention, PRECISION_BF16},
    {"attention bf16 softmax", check_softmax_part, PRECISION_BF16},
    {"matmul_f32", check_matmul, 0},
    {"transpose_f32", check_transpose, 0},
    {"transpose_add_f32", check_transpose_add, 0},
    {"softmax_f32", check_softmax, 0},
    {"layer_norm_f32", check_layer_norm, 0},
    {"none_f32", check_activation, ACTIVATION_NONE},
    {"gelu_f32", check_activation, ACTIVATION_GELU},
    {"gelu_tanh_f32", check_activation, ACTIVATION_GELU_TANH},
    {"relu_f32", check_activation, ACTIVATION_RELU},
    {"silu_f32", check_activation, ACTIVATION_SILU},
    {"tanh_f32", check_activation, ACTIVATION_TANH},
    {"quick_gelu_f32", check_activation, ACTIVATION_QUICK_GELU},
    {"sum_f32", check_sum, 0},
    {"gate none_f32", check_gate, ACTIVATION_NONE},
    {"gate gelu_f32", check_gate, ACTIVATION_GELU},
    {"gate gelu_tanh_f32", check_gate, ACTIVATION_GELU_TANH},
    {"gate relu_f32", check_gate, ACTIVATION_RELU},
    {"gate silu_f32", check_gate, ACTIVATION_SILU},
    {"gate tanh_f32", check_gate, ACTIVATION_TANH},
    {"gate quick_gelu_f32", check_gate, ACTIVATION_QUICK_GELU},
    {"scale_rows_f32", check_scale_rows, 0},
    {"rotate_f32", check_rotate, 0},
    {"widen_f32", check_widen, ELEMENT_F32},
    {"widen_f16", check_widen, ELEMENT_F16},
    {"widen_bf16", check_widen, ELEMENT_BF16},
    {"widen_i8", check_widen, ELEMENT_I8},
};

enum { ENTRY_COUNT = sizeof entries / sizeof *entries };

/* "" for an entry that all tables have; NULL: not in this one. */
static const char *kernel_name(const struct kernels *kernels,
                               const struct entry *entry)
{
    if (strncmp(entry->name, "gemm", 4) == 0)
        return kernels->gemm[entry->which].name;
    if (strncmp(entry->name, "attention", 9) == 0)
        return kernels->attention[entry->which].name;
    return "";
}

static void check_entry(const char *rung, const struct kernels *kernels,
                        const struct entry *entry)
{
    if (!kernels) {
        check_skip(rung, entry->name, "not on this machine");
        return;
    }
    const char *kernel = kernel_name(kernels, entry);
    if (!kernel) {
        check_skip(rung, entry->name, "not in this instruction set");
        return;
    }
    check_begin(rung, entry->name, kernel);
    entry->check(kernels, entry->which);
    check_end();
}

static void check_rung(const char *rung)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++)
        check_entry(rung, kernels_rung(rung), &entries[i]);
}

/* OpenBLAS is no rung: it has products only, and promises no order of sums but
 * those of integers. */
static const char openblas[] = "openblas";

static const struct entry openblas_entries[] = {
    {"gemm f32", check_gemm, PRECISION_F32},
    {"gemm int8", check_gemm, PRECISION_INT8},
    {"gemm int8 rows", check_gemm_rows, PRECISION_INT8},
};

enum { OPENBLAS_COUNT = sizeof openblas_entries / sizeof *openblas_entries };

static const struct kernels *openblas_kernels(void)
{
    static struct kernels kernels;
    struct error error = {0};

    kernels = *kernels_rung("reference");
    kernels.name = openblas;
    return openblas_add(&kernels, &error) ? &kernels : NULL;
}

static void check_openblas(void)
{
    const struct kernels *kernels = openblas_kernels();

    for (size_t i = 0; i < OPENBLAS_COUNT; i++)
        check_entry(openblas, kernels, &openblas_entries[i]);
}

static void list_entries(const struct entry *entry, size_t count)
{
    for (; count > 0; count--, entry++)
        printf("    %s\n", entry->name);
}

static void list(void)
{
    for (size_t i = 0; kernels_rung_name(i); i++) {
        const char *rung = kernels_rung_name(i);
        printf("%s%s\n", rung, kernels_rung(rung) ? "" : " (not here)");
        list_entries(entries, ENTRY_COUNT);
    }
    printf("%s\n", openblas);
    list_entries(openblas_entries, OPENBLAS_COUNT);
}

static bool is_wanted(const char *asked, const char *rung)
{
    return !asked || strcmp(asked, rung) == 0;
}

static void bench(const char *asked)
{
    for (size_t i = 0; kernels_rung_name(i); i++) {
        const struct kernels *kernels = kernels_rung(kernels_rung_name(i));
        if (kernels && is_wanted(asked, kernels->name))
            bench_rung(kernels);
    }
}

static bool check(const char *asked)
{
    operands_prepare();
    for (size_t i = 0; kernels_rung_name(i); i++)
        if (is_wanted(asked, kernels_rung_name(i)))
            check_rung(kernels_rung_name(i));
    if (is_wanted(asked, openblas))
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
