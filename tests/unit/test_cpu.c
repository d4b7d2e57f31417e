/*
 * test_cpu.c - worker counts from cgroup files and OMP_NUM_THREADS.
 *
 * The cgroup trees are made in a temporary directory; the processor's own
 * features are compared with what /proc/cpuinfo says of the same machine.
 */
#include "base/cpu.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static int make_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/xenc-test-cpu-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind,
                        struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Writes root/path, making its directories. */
static void put(const char *path, const char *text)
{
    char full[PATH_MAX];
    snprintf(full, sizeof full, "%s/%s", root, path);
    for (char *slash = strchr(full + strlen(root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0777);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int quota(const char *membership)
{
    char file[PATH_MAX], mount[PATH_MAX];

    put("membership", membership);
    snprintf(file, sizeof file, "%s/membership", root);
    snprintf(mount, sizeof mount, "%s/mount", root);
    return cpu_quota(file, mount);
}

static void no_quota_means_no_cap(void **state)
{
    (void)state;
    assert_int_equal(quota(""), INT_MAX);
    assert_int_equal(quota("0::/\n"), INT_MAX);
    assert_int_equal(cpu_quota("/nonexistent", root), INT_MAX);
    put("mount/cpu.max", "max 100000\n");
    assert_int_equal(quota("0::/\n"), INT_MAX);
}

static void version_2_quota_is_rounded_up(void **state)
{
    (void)state;
    put("mount/cpu.max", "150000 100000\n");
    assert_int_equal(quota("0::/\n"), 2);
    put("mount/cpu.max", "200000 100000\n");
    assert_int_equal(quota("0::/\n"), 2);
    put("mount/cpu.max", "1000 100000\n");
    assert_int_equal(quota("0::/\n"), 1);
}

static void a_parent_caps_its_children(void **state)
{
    (void)state;
    put("mount/a/cpu.max", "300000 100000\n");
    put("mount/a/b/cpu.max", "max 100000\n");
    put("mount/a/b/c/cpu.max", "500000 100000\n");
    assert_int_equal(quota("0::/a/b/c\n"), 3);
    assert_int_equal(quota("0::/a/b\n"), 3);
    assert_int_equal(quota("0::/other\n"), INT_MAX);
}

static void a_foreign_path_falls_back_to_the_mount(void **state)
{
    (void)state;
    put("mount/cpu.max", "400000 100000\n");
    assert_int_equal(quota("0::/docker/0123abcd\n"), 4);
}

static void version_1_needs_the_cpu_controller(void **state)
{
    (void)state;
    put("mount/cpu/x/cpu.cfs_quota_us", "250000\n");
    put("mount/cpu/x/cpu.cfs_period_us", "100000\n");
    assert_int_equal(quota("3:cpu,cpuacct:/x\n"), 3);
    assert_int_equal(quota("3:cpuset:/x\n"), INT_MAX);
    assert_int_equal(quota("4:memory:/x\n3:cpuacct,cpu:/x\n0::/\n"), 3);
    put("mount/cpu/x/cpu.cfs_quota_us", "-1\n");
    assert_int_equal(quota("3:cpu:/x\n"), INT_MAX);
}

static void omp_num_threads_caps_the_workers(void **state)
{
    (void)state;
    unsetenv("OMP_NUM_THREADS");
    int all = cpu_workers();
    assert_true(all >= 1);

    setenv("OMP_NUM_THREADS", "1", 1);
    assert_int_equal(cpu_workers(), 1);
    setenv("OMP_NUM_THREADS", "1,4", 1);
    assert_int_equal(cpu_workers(), 1);
    const char *ignored[] = {"", "0", "-3", "many", "1x", "99999999999999999"};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++) {
        setenv("OMP_NUM_THREADS", ignored[i], 1);
        assert_int_equal(cpu_workers(), all);
    }
    unsetenv("OMP_NUM_THREADS");
}

static void the_affinity_mask_caps_the_workers(void **state)
{
    (void)state;
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    size_t first = 0;
    while (!CPU_ISSET(first, &before))
        first++;
    CPU_ZERO(&one);
    CPU_SET(first, &one);

    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    assert_int_equal(cpu_workers(), 1);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

/* Whatever emulates another processor shows its host's file. */
#ifdef __x86_64__
static const char cpuinfo[] = "/proc/cpuinfo";
#else
static const char cpuinfo[] = "/dev/null";
#endif

/* The kernel hides from this line what it does not save. */
static bool cpuinfo_has(const char *flag)
{
    FILE *file = fopen(cpuinfo, "r");
    char line[1 << 14], word[64];
    bool has = false;

    if (!file)
        return false;
    snprintf(word, sizeof word, " %s ", flag);
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "flags", 5) != 0)
            continue;
        line[strcspn(line, "\n")] = ' ';
        has = strstr(line, word) != NULL;
        break;
    }
    fclose(file);
    return has;
}

static void features_agree_with_the_system(void **state)
{
    (void)state;
    const struct cpu *cpu = cpu_get();

    assert_ptr_equal(cpu, cpu_get());
    assert_true(cpu->l2_bytes >= 64 << 10);
    assert_true(strlen(cpu->name) > 0);
    assert_int_equal(cpu->avx2, cpuinfo_has("avx2") && cpuinfo_has("fma") &&
                                    cpuinfo_has("f16c"));
    assert_int_equal(cpu->avx512,
                     cpuinfo_has("avx512f") && cpuinfo_has("avx512bw") &&
                         cpuinfo_has("avx512dq") && cpuinfo_has("avx512vl"));
    assert_int_equal(cpu->avx512_vnni,
                     cpu->avx512 && cpuinfo_has("avx512_vnni"));
    assert_int_equal(cpu->avx512_bf16,
                     cpu->avx512 && cpuinfo_has("avx512_bf16"));
    assert_true(!cpu->amx_int8 || cpuinfo_has("amx_int8"));
    assert_true(!cpu->amx_bf16 || cpuinfo_has("amx_bf16"));
}

#define CGROUP_TEST(name)                                                      \
    cmocka_unit_test_setup_teardown(name, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CGROUP_TEST(no_quota_means_no_cap),
        CGROUP_TEST(version_2_quota_is_rounded_up),
        CGROUP_TEST(a_parent_caps_its_children),
        CGROUP_TEST(a_foreign_path_falls_back_to_the_mount),
        CGROUP_TEST(version_1_needs_the_cpu_controller),
        cmocka_unit_test(omp_num_threads_caps_the_workers),
        cmocka_unit_test(the_affinity_mask_caps_the_workers),
        cmocka_unit_test(features_agree_with_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
