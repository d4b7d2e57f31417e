/*
 * cpu.c - CPUID, XCR0, the AMX permission, affinity, cgroup quota, caches.
 *
 * A feature counts only when the processor has it and the operating system
 * saves its registers: both are needed before the first such instruction.
 * Sources: Intel SDM volume 2A (CPUID) and volume 1 chapter 13 (XSAVE), Linux
 * Documentation/arch/x86/xstate.rst and admin-guide/cgroup-v{1,2}.
 */
#include "base/cpu.h"

#include "base/text.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { L2_BYTES_UNKNOWN = 1 << 20 };

static struct cpu found;

static size_t l2_bytes(void)
{
#ifdef _SC_LEVEL2_CACHE_SIZE
    long bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
    if (bytes > 0)
        return (size_t)bytes;
#endif
    return L2_BYTES_UNKNOWN;
}

#ifdef __x86_64__

#include <cpuid.h>
#include <sys/syscall.h>

struct registers {
    unsigned a, b, c, d;
};

/* XCR0: which register states the system saves (SDM 1, 13.3). */
enum {
    STATE_AVX = 0x6,     /* XMM and the upper halves of YMM */
    STATE_AVX512 = 0xe6, /* with opmask and both parts of ZMM */
    STATE_AMX = 0x60000, /* tile configuration and tile data */
};

/* Zeros for a leaf that the processor does not have. */
static struct registers ask(unsigned leaf, unsigned subleaf)
{
    struct registers r = {0, 0, 0, 0};

    __get_cpuid_count(leaf, subleaf, &r.a, &r.b, &r.c, &r.d);
    return r;
}

static bool bit(unsigned word, int index)
{
    return word >> index & 1;
}

static unsigned saved_states(struct registers leaf1)
{
    unsigned low, high;

    if (!bit(leaf1.c, 27)) /* OSXSAVE: xgetbv may be used */
        return 0;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

/* Linux gives tile registers only to a process that has asked for them. */
static bool amx_granted(void)
{
#ifdef SYS_arch_prctl
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };

    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
#else
    return false;
#endif
}

static void find_name(char name[64])
{
    char brand[49] = "";

    for (unsigned i = 0; i < 3; i++) {
        struct registers r = ask(0x80000002u + i, 0);
        memcpy(brand + 16 * i, &r, sizeof r);
    }
    const char *start = brand + strspn(brand, " ");
    size_t length = strlen(start);
    while (length > 0 && start[length - 1] == ' ')
        length--;
    snprintf(name, 64, "%.*s", (int)length, start);
}

static void find_features(struct cpu *cpu)
{
    struct registers leaf1 = ask(1, 0);
    struct registers leaf7 = ask(7, 0);
    struct registers leaf7_1 = leaf7.a >= 1 ? ask(7, 1) : (struct registers){0};
    unsigned states = saved_states(leaf1);

    bool fma = bit(leaf1.c, 12), avx = bit(leaf1.c, 28),
         f16c = bit(leaf1.c, 29);
    cpu->avx2 = (states & STATE_AVX) == STATE_AVX && avx && fma && f16c &&
                bit(leaf7.b, 5);
    cpu->avx_vnni = cpu->avx2 && bit(leaf7_1.a, 4);

    bool f = bit(leaf7.b, 16), dq = bit(leaf7.b, 17), bw = bit(leaf7.b, 30),
         vl = bit(leaf7.b, 31);
    cpu->avx512 = cpu->avx2 && (states & STATE_AVX512) == STATE_AVX512 && f &&
                  dq && bw && vl;
    cpu->avx512_vnni = cpu->avx512 && bit(leaf7.c, 11);
    cpu->avx512_bf16 = cpu->avx512 && bit(leaf7_1.a, 5);

    bool tiles = bit(leaf7.d, 24) && (states & STATE_AMX) == STATE_AMX;
    if (!tiles || !amx_granted())
        return;
    cpu->amx_bf16 = bit(leaf7.d, 22);
    cpu->amx_int8 = bit(leaf7.d, 25);
}

#else

static void find_name(char name[64])
{
    snprintf(name, 64, "unknown");
}

static void find_features(struct cpu *cpu)
{
    (void)cpu;
}

#endif

static void find(void)
{
    find_name(found.name);
    find_features(&found);
    found.l2_bytes = l2_bytes();
}

const struct cpu *cpu_get(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, find);
    return &found;
}

/* The mask may be longer than cpu_set_t: grow until the kernel's fits. */
static int affinity(void)
{
    enum { MOST = 64 };
    cpu_set_t sets[MOST];
    for (size_t count = 1; count <= MOST; count *= 2)
        if (sched_getaffinity(0, count * sizeof *sets, sets) == 0)
            return CPU_COUNT_S(count * sizeof *sets, sets);
    return 1;
}

/* The first line of DIRECTORY/FILE. */
static bool read_line(const char *directory, const char *file, char *line,
                      int size)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", directory, file);
    if (length < 0 || (size_t)length >= sizeof path)
        return false;

    FILE *stream = fopen(path, "re");
    if (!stream)
        return false;
    bool read = fgets(line, size, stream) != NULL;
    fclose(stream);
    return read;
}

static int quota_workers(long long quota, long long period)
{
    if (quota <= 0 || period <= 0)
        return INT_MAX;
    long long workers = (quota - 1) / period + 1;
    return workers < INT_MAX ? (int)workers : INT_MAX;
}

/* v2: "QUOTA PERIOD" or "max PERIOD"; v1: a file each, -1 for no quota. */
static int group_workers(const char *directory)
{
    char line[128];
    long long quota = 0, period = 0;

    if (read_line(directory, "cpu.max", line, sizeof line)) {
        if (sscanf(line, "%lld %lld", &quota, &period) != 2)
            return INT_MAX;
        return quota_workers(quota, period);
    }
    if (read_line(directory, "cpu.cfs_quota_us", line, sizeof line))
        quota = atoll(line);
    if (read_line(directory, "cpu.cfs_period_us", line, sizeof line))
        period = atoll(line);
    return quota_workers(quota, period);
}

/*
 * The least of the group and its parents.  Inside a container the path may be
 * the host's, whose directories are not there; the mount's root then is the
 * container's own group.
 */
static int hierarchy_workers(const char *mount, const char *group)
{
    char directory[PATH_MAX];
    int length = snprintf(directory, sizeof directory, "%s%s", mount, group);
    if (length < 0 || (size_t)length >= sizeof directory)
        return INT_MAX;

    int workers = INT_MAX;
    size_t root = strlen(mount);
    for (;;) {
        int here = group_workers(directory);
        if (here < workers)
            workers = here;
        char *slash = strrchr(directory + root, '/');
        if (!slash)
            return workers;
        *slash = '\0';
    }
}

/* Is `name` one of the comma-separated controllers? */
static bool lists(const char *controllers, const char *name)
{
    struct slice rest = slice_of(controllers);
    while (rest.length > 0)
        if (slice_is(text_cut(&rest, ','), name))
            return true;
    return false;
}

int cpu_quota(const char *membership, const char *mount)
{
    FILE *stream = fopen(membership, "re");
    if (!stream)
        return INT_MAX;

    char line[PATH_MAX], v1[PATH_MAX];
    int workers = INT_MAX;
    snprintf(v1, sizeof v1, "%.4000s/cpu", mount);
    while (fgets(line, sizeof line, stream)) {
        line[strcspn(line, "\n")] = '\0';
        char *controllers = strchr(line, ':'); /* ID:CONTROLLERS:/GROUP */
        char *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        *group++ = '\0';
        controllers++;
        int here = INT_MAX;
        if (*controllers == '\0')
            here = hierarchy_workers(mount, group);
        else if (lists(controllers, "cpu"))
            here = hierarchy_workers(v1, group);
        if (here < workers)
            workers = here;
    }
    fclose(stream);
    return workers;
}

/* OMP_NUM_THREADS may be a list, one number per nesting level. */
static int asked_workers(void)
{
    const char *text = getenv("OMP_NUM_THREADS");
    if (!text)
        return INT_MAX;

    char *end;
    long workers = strtol(text, &end, 10);
    bool number = end != text && (*end == '\0' || *end == ',');
    return number && workers > 0 && workers < INT_MAX ? (int)workers : INT_MAX;
}

int cpu_workers(void)
{
    int limits[] = {affinity(),
                    cpu_quota("/proc/self/cgroup", "/sys/fs/cgroup"),
                    asked_workers()};
    int workers = INT_MAX;

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (limits[i] < workers)
            workers = limits[i];
    return workers > 0 ? workers : 1;
}
