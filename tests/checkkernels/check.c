/*
 * check.c - operands between guards, random numbers, results.
 */
#include "check.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*** operands ***/

enum {
    SLOT_BYTES = 16 << 20,
    PAGE_BYTES = 4096,
    GUARD_BYTES = 256,
    GUARD_VALUE = 0xa5
};

/* A NaN with a payload that no arithmetic makes. */
static const uint32_t poison_bits = 0x7fc5ca1e;

static struct {
    unsigned char *end; /* the first byte of the unreadable page */
    unsigned char *start;
} slots[SLOT_COUNT];

static void fault(int signal_number);

void operands_prepare(void)
{
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        unsigned char *base =
            mmap(NULL, SLOT_BYTES + PAGE_BYTES, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (base == MAP_FAILED ||
            mprotect(base + SLOT_BYTES, PAGE_BYTES, PROT_NONE) != 0) {
            perror("checkkernels: mmap");
            exit(2);
        }
        slots[i].end = slots[i].start = base + SLOT_BYTES;
    }
    signal(SIGSEGV, fault);
    signal(SIGBUS, fault);
}

static void *place(enum slot slot, unsigned char *start)
{
    memset(start - GUARD_BYTES, GUARD_VALUE, GUARD_BYTES);
    slots[slot].start = start;
    return start;
}

void *operand_bytes(enum slot slot, size_t bytes)
{
    if (bytes > SLOT_BYTES - GUARD_BYTES) {
        fprintf(stderr, "checkkernels: an operand of %zu bytes\n", bytes);
        exit(2);
    }
    return place(slot, slots[slot].end - bytes);
}

float *operand_random(enum slot slot, size_t count)
{
    float *values = operand_bytes(slot, count * sizeof *values);

    for (size_t i = 0; i < count; i++)
        values[i] = random_float();
    return values;
}

float *operand_poisoned(enum slot slot, size_t count)
{
    float *values = operand_bytes(slot, count * sizeof *values);

    for (size_t i = 0; i < count; i++)
        memcpy(values + i, &poison_bits, sizeof poison_bits);
    return values;
}

void *operand_aligned(enum slot slot, size_t bytes)
{
    unsigned char *start = operand_bytes(slot, bytes);

    return place(slot, start - (uintptr_t)start % 64);
}

bool is_poison(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits == poison_bits;
}

static bool guards_whole(void)
{
    for (size_t i = 0; i < SLOT_COUNT; i++) {
        if (slots[i].start == slots[i].end)
            continue; /* not in use, or empty */
        for (size_t j = 1; j <= GUARD_BYTES; j++)
            if (slots[i].start[-(ptrdiff_t)j] != GUARD_VALUE)
                return false;
    }
    return true;
}

/*** numbers ***/

/* xorshift64*, Vigna 2016; every entry begins with the same state, so that
 * all rungs and all runs check the same cases. */
#define RANDOM_START 0x9e3779b97f4a7c15
static uint64_t state = RANDOM_START;

uint32_t random_bits(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)(state * 0x2545f4914f6cdd1d >> 32);
}

float random_float(void)
{
    return (float)(int32_t)(random_bits() & 0xffffff00) * 0x1p-31f;
}

size_t random_below(size_t bound)
{
    return random_bits() % bound;
}

bool same_bits(const float *a, const float *b, size_t count)
{
    return memcmp(a, b, count * sizeof *a) == 0;
}

bool near(double value, double expected, double tolerance)
{
    if (isnan(expected))
        return isnan(value);
    return value == expected || fabs(value - expected) <= tolerance;
}

/*** results ***/

enum { FAILURES_PRINTED = 3 };

static struct {
    const char *rung, *entry, *kernel;
    char what[200]; /* the case */
    unsigned long cases, failures;
    double worst; /* largest error as a share of its tolerance */
} now;

static unsigned long passed, failed, skipped;

void check_begin(const char *rung, const char *entry, const char *kernel)
{
    memset(&now, 0, sizeof now);
    state = RANDOM_START;
    now.rung = rung;
    now.entry = entry;
    now.kernel = kernel;
}

void check_case(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(now.what, sizeof now.what, format, arguments);
    va_end(arguments);
    now.cases++;
}

bool check_that(bool holds, const char *format, ...)
{
    if (holds)
        return true;
    if (now.failures++ < FAILURES_PRINTED) {
        va_list arguments;
        printf("%s %s, %s: ", now.rung, now.entry, now.what);
        va_start(arguments, format);
        vprintf(format, arguments);
        va_end(arguments);
        putchar('\n');
    }
    return false;
}

bool check_near(double value, double expected, double tolerance, size_t at)
{
    double share = fabs(value - expected) / tolerance;

    if (share > now.worst && isfinite(share))
        now.worst = share;
    return check_that(near(value, expected, tolerance),
                      "element %zu is %.9g, not %.9g (+- %.2g)", at, value,
                      expected, tolerance);
}

void check_surroundings(size_t rows, size_t n, const float *c, size_t ld)
{
    check_that(guards_whole(), "wrote before an operand");
    for (size_t i = 0; i + 1 < rows; i++)
        for (size_t j = n; j < ld; j++)
            if (!check_that(is_poison(c[i * ld + j]),
                            "wrote behind row %zu, column %zu of %zu", i, j, n))
                return;
}

void check_end(void)
{
    printf("%-10s  %-17s  %-24s  %6lu cases  ", now.rung, now.entry, now.kernel,
           now.cases);
    if (now.failures > 0)
        printf("FAILED %lu times\n", now.failures);
    else if (now.worst > 0)
        printf("passed, largest error %.2f of its bound\n", now.worst);
    else
        printf("passed\n");
    *(now.failures > 0 ? &failed : &passed) += 1;
    fflush(stdout);
}

void check_skip(const char *rung, const char *entry, const char *why)
{
    printf("%-10s  %-17s  skipped: %s\n", rung, entry, why);
    skipped++;
}

bool check_totals(void)
{
    printf("%lu passed, %lu failed, %lu skipped\n", passed, failed, skipped);
    return failed == 0;
}

/* Only async-signal-safe calls: the program may be anywhere. */
static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static void fault(int signal_number)
{
    (void)signal_number;
    say("checkkernels: access outside an operand: ");
    say(now.rung ? now.rung : "");
    say(" ");
    say(now.entry ? now.entry : "");
    say(", ");
    say(now.what);
    say("\n");
    _exit(2);
}
