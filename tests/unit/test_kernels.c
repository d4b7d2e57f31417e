/*
 * test_kernels.c - which kernels the environment gets.
 *
 * kernels_get() decides once per process, so every case runs in a child.
 * What the kernels compute is tests/checkkernels' work.
 */
#include "base/cpu.h"
#include "kernels/kernels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct answer {
    bool given; /* a table, not an error */
    char rung[32], gemm[64], gemm_i8[64], error[768];
    bool openblas_loaded;
};

static void set(const char *name, const char *value)
{
    if (value)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static struct answer ask_here(const char *isa, const char *gemm)
{
    struct answer answer;
    struct error error = {0};

    memset(&answer, 0, sizeof answer);
    set("XENC_ISA", isa);
    set("XENC_GEMM", gemm);
    const struct kernels *kernels = kernels_get(&error);
    answer.given = kernels != NULL;
    if (kernels) {
        snprintf(answer.rung, sizeof answer.rung, "%s", kernels->name);
        snprintf(answer.gemm, sizeof answer.gemm, "%s",
                 kernels->gemm[PRECISION_F32].name);
        snprintf(answer.gemm_i8, sizeof answer.gemm_i8, "%s",
                 kernels->gemm[PRECISION_INT8].name);
    }
    memcpy(answer.error, error.text, sizeof answer.error);
    answer.openblas_loaded = openblas_core() != NULL;
    return answer;
}

/* kernels_get() in a fresh process with these variables. */
static struct answer ask(const char *isa, const char *gemm)
{
    struct answer answer;
    int ends[2], status;

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        answer = ask_here(isa, gemm);
        bool sent =
            write(ends[1], &answer, sizeof answer) == (ssize_t)sizeof answer;
        _exit(sent ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &answer, sizeof answer), sizeof answer);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    return answer;
}

static const char *highest(void)
{
    const char *name = NULL;

    for (size_t i = 0; kernels_rung_name(i); i++)
        if (kernels_rung(kernels_rung_name(i)))
            name = kernels_rung_name(i);
    return name;
}

static void rungs_follow_the_cpu(void **state)
{
    (void)state;
    assert_string_equal(kernels_rung_name(0), "reference");
    assert_non_null(kernels_rung("reference"));
    assert_null(kernels_rung("avx9"));
#ifdef __x86_64__
    assert_int_equal(kernels_rung("avx2") != NULL, cpu_get()->avx2);
    assert_int_equal(kernels_rung("avx512") != NULL, cpu_get()->avx512);
#endif
}

/* A higher rung has every entry of the ones below it. */
static void no_rung_has_a_hole(void **state)
{
    (void)state;
    for (size_t i = 0; kernels_rung_name(i); i++) {
        const struct kernels *kernels = kernels_rung(kernels_rung_name(i));
        if (!kernels)
            continue;
        assert_string_equal(kernels->name, kernels_rung_name(i));
        assert_non_null(kernels->gemm[PRECISION_F32].run);
        assert_non_null(kernels->matmul_f32);
        assert_non_null(kernels->attention[PRECISION_F32].matmul);
        assert_non_null(kernels->attention[PRECISION_INT8].matmul);
        assert_non_null(kernels->rotate_f32);
        for (int j = 0; j < ACTIVATION_COUNT; j++)
            assert_non_null(kernels->activation_f32[j]);
        for (int j = 0; j < ELEMENT_COUNT; j++)
            assert_non_null(kernels->widen_f32[j]);
    }
}

static void unset_means_the_highest(void **state)
{
    (void)state;
    struct answer answer = ask(NULL, NULL);
    assert_true(answer.given);
    assert_string_equal(answer.rung, highest());
    answer = ask("", "");
    assert_true(answer.given);
    assert_string_equal(answer.rung, highest());
}

static void every_rung_can_be_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; kernels_rung_name(i); i++) {
        const char *name = kernels_rung_name(i);
        struct answer answer = ask(name, NULL);
        assert_int_equal(answer.given, kernels_rung(name) != NULL);
        if (!answer.given)
            assert_non_null(strstr(answer.error, name));
        else
            assert_string_equal(answer.rung, name);
    }
}

static void reference_by_name_is_itself(void **state)
{
    (void)state;
    struct answer answer = ask("reference", NULL);
    assert_string_equal(answer.gemm, "gemm_f32_reference");
    assert_string_equal(answer.gemm_i8, "gemm_i8_reference");
    assert_false(answer.openblas_loaded);
}

static void own_gemm_never_loads_openblas(void **state)
{
    (void)state;
    struct answer answer = ask(NULL, "own");
    assert_true(answer.given);
    assert_string_not_equal(answer.gemm, "gemm_f32_openblas");
    assert_string_not_equal(answer.gemm_i8, "gemm_i8_openblas");
    assert_false(answer.openblas_loaded);
}

static void openblas_can_be_asked_for(void **state)
{
    (void)state;
    struct answer answer = ask(NULL, "openblas");
    if (!answer.given) {
        assert_non_null(strstr(answer.error, "XENC_GEMM: cannot load"));
        skip(); /* not installed */
    }
    assert_string_equal(answer.rung, highest());
    assert_string_equal(answer.gemm, "gemm_f32_openblas");
    assert_string_equal(answer.gemm_i8, "gemm_i8_openblas");
    assert_true(answer.openblas_loaded);
}

static void wrong_values_are_refused(void **state)
{
    (void)state;
    struct answer answer = ask("avx9", NULL);
    assert_false(answer.given);
    assert_non_null(strstr(answer.error, "XENC_ISA: "));
    assert_non_null(strstr(answer.error, "\"avx9\""));
    assert_non_null(strstr(answer.error, "reference"));

    answer = ask(NULL, "mkl");
    assert_false(answer.given);
    assert_string_equal(answer.error,
                        "XENC_GEMM: unknown GEMM \"mkl\": use own or openblas");
}

/* The answer of the first call stays, whatever the environment becomes. */
static void the_first_answer_stays(void **state)
{
    (void)state;
    struct error error = {0};
    set("XENC_ISA", NULL);
    set("XENC_GEMM", NULL);
    const struct kernels *kernels = kernels_get(&error);
    assert_non_null(kernels);
    set("XENC_ISA", "avx9");
    assert_ptr_equal(kernels_get(&error), kernels);
    assert_false(error.set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rungs_follow_the_cpu),
        cmocka_unit_test(no_rung_has_a_hole),
        cmocka_unit_test(unset_means_the_highest),
        cmocka_unit_test(every_rung_can_be_asked_for),
        cmocka_unit_test(reference_by_name_is_itself),
        cmocka_unit_test(own_gemm_never_loads_openblas),
        cmocka_unit_test(openblas_can_be_asked_for),
        cmocka_unit_test(wrong_values_are_refused),
        cmocka_unit_test(the_first_answer_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
