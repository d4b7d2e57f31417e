/*
 * cpu.h - what this processor, its operating system and this process allow.
 *
 * The only place that asks CPUID, XCR0, the AMX permission, the affinity mask,
 * the cgroup quota and the cache sizes.  Found once, read by every thread.
 */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <stdbool.h>
#include <stddef.h>

struct cpu {
    char name[64];    /* brand string */
    bool avx2;        /* AVX2, FMA and F16C, saved by the OS */
    bool avx_vnni;    /* VEX-coded vpdpbusd, 256 bit */
    bool avx512;      /* F, BW, DQ, VL */
    bool avx512_vnni; /* vpdpbusd, 512 bit */
    bool avx512_bf16; /* vdpbf16ps */
    bool amx_bf16;    /* tiles granted by the kernel, bf16 products */
    bool amx_int8;
    size_t l2_bytes; /* per core; 1 MiB where unknown */
};

const struct cpu *cpu_get(void);

/*
 * Workers that may run at once: the affinity mask, capped by the cgroup quota
 * (cpu.max, rounded up) and by OMP_NUM_THREADS; at least 1.
 */
int cpu_workers(void);

/*
 * For tests: the workers that the cgroups named in `membership` (the form of
 * /proc/self/cgroup) may use, found below `mount`; INT_MAX without a quota.
 */
int cpu_quota(const char *membership, const char *mount);

#endif
