/*
 * dispatch.c - which kernels this CPU gets.
 *
 * A ladder: each rung's table starts as the one below it and is overwritten by
 * its instruction set's file; a rung that the CPU lacks is left out (a server
 * may have AVX-512 without AVX-VNNI, a laptop the other way round).  XENC_ISA
 * stops the climb early, XENC_GEMM chooses between our GEMMs and OpenBLAS's.
 */
#include "base/cpu.h"
#include "kernels/rungs.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool anywhere(const struct cpu *cpu)
{
    (void)cpu;
    return true;
}

#ifdef __x86_64__
static bool has_avx2(const struct cpu *cpu)
{
    return cpu->avx2;
}

static bool has_avxvnni(const struct cpu *cpu)
{
    return cpu->avx_vnni;
}

static bool has_avx512(const struct cpu *cpu)
{
    return cpu->avx512;
}

static bool has_avx512vnni(const struct cpu *cpu)
{
    return cpu->avx512_vnni;
}

static bool has_avx512bf16(const struct cpu *cpu)
{
    return cpu->avx512_bf16;
}

static bool has_amx(const struct cpu *cpu)
{
    return cpu->amx_int8 && cpu->amx_bf16 && cpu->avx512_vnni &&
           cpu->avx512_bf16;
}
#endif

static const struct rung {
    const char *name;
    bool (*runs_on)(const struct cpu *cpu);
    void (*add)(struct kernels *table);
} rungs[] = {
    {"reference", anywhere, reference_add},
#ifdef __x86_64__
    {"avx2", has_avx2, avx2_add},
    {"avxvnni", has_avxvnni, avxvnni_add},
    {"avx512", has_avx512, avx512_add},
    {"avx512vnni", has_avx512vnni, avx512vnni_add},
    {"avx512bf16", has_avx512bf16, avx512bf16_add},
    {"amx", has_amx, amx_add},
#endif
};

enum { RUNG_COUNT = sizeof rungs / sizeof *rungs };

static struct kernels tables[RUNG_COUNT];

static void climb(void)
{
    struct kernels table;

    for (size_t i = 0; i < RUNG_COUNT; i++) {
        if (!rungs[i].runs_on(cpu_get()))
            continue;
        rungs[i].add(&table);
        table.name = rungs[i].name;
        tables[i] = table;
    }
}

const char *const precision_names[PRECISION_COUNT] = {
    [PRECISION_F32] = "f32",
    [PRECISION_INT8] = "int8",
    [PRECISION_BF16] = "bf16",
};

void kernels_list_precisions(const struct kernels *kernels,
                             char text[PRECISION_LIST_BYTES])
{
    size_t length = 0;

    for (size_t i = 0; i < PRECISION_COUNT; i++)
        if (kernels->gemm[i].name)
            length += (size_t)snprintf(
                text + length, PRECISION_LIST_BYTES - length, "%s%s",
                length > 0 ? ", " : "", precision_names[i]);
}

/* The table of rung i, NULL when this CPU lacks it. */
static const struct kernels *table_of(size_t i)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, climb);
    return tables[i].name ? &tables[i] : NULL;
}

const char *kernels_rung_name(size_t i)
{
    return i < RUNG_COUNT ? rungs[i].name : NULL;
}

const struct kernels *kernels_rung(const char *name)
{
    for (size_t i = 0; i < RUNG_COUNT; i++)
        if (strcmp(rungs[i].name, name) == 0)
            return table_of(i);
    return NULL;
}

/* "reference, avx2": the rungs that this CPU has. */
static void list_rungs(char *text, size_t size)
{
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < RUNG_COUNT && length < size; i++)
        if (table_of(i))
            length += (size_t)snprintf(text + length, size - length, "%s%s",
                                       length > 0 ? ", " : "", rungs[i].name);
}

static const struct kernels *highest_rung(void)
{
    size_t i = RUNG_COUNT - 1;

    while (!table_of(i))
        i--;
    return table_of(i);
}

static const struct kernels *asked_rung(const char *name, struct error *error)
{
    if (!name || !*name)
        return highest_rung();
    const struct kernels *table = kernels_rung(name);
    if (table)
        return table;

    char has[128];
    list_rungs(has, sizeof has);
    error_set(error,
              "XENC_ISA: this CPU has no kernels \"%.40s\": use one of %s",
              name, has);
    return NULL;
}

enum gemm_choice { GEMM_BEST, GEMM_OWN, GEMM_OPENBLAS };

static bool asked_gemm(const char *name, enum gemm_choice *choice,
                       struct error *error)
{
    *choice = GEMM_BEST;
    if (!name || !*name)
        return true;
    if (strcmp(name, "own") == 0)
        *choice = GEMM_OWN;
    else if (strcmp(name, "openblas") == 0)
        *choice = GEMM_OPENBLAS;
    else
        return error_set(
            error, "XENC_GEMM: unknown GEMM \"%.40s\": use own or openblas",
            name);
    return true;
}

/*
 * OpenBLAS's GEMMs take the place of those in plain C, if it is installed; not
 * where the reference was asked for by name, which then means itself.
 */
static bool choose(struct kernels *table, struct error *error)
{
    const char *isa = getenv("XENC_ISA");
    const struct kernels *rung = asked_rung(isa, error);
    enum gemm_choice gemm;
    if (!rung || !asked_gemm(getenv("XENC_GEMM"), &gemm, error))
        return false;

    *table = *rung;
    bool portable = rung == table_of(0) && (!isa || !*isa);
    if (gemm == GEMM_OWN || (gemm == GEMM_BEST && !portable))
        return true;

    struct error missing = {0};
    if (!openblas_add(table, &missing) && gemm == GEMM_OPENBLAS)
        return error_set(error, "XENC_GEMM: %s", missing.text);
    return true;
}

const struct kernels *kernels_get(struct error *error)
{
    static struct kernels chosen;

    if (chosen.name)
        return &chosen;
    struct kernels table;
    if (!choose(&table, error))
        return NULL;
    chosen = table;
    return &chosen;
}
