/*
 * libfuzzer.c - lets libFuzzer drive the target that XENC_FUZZ_TARGET names:
 * libFuzzer has the command line for itself and starts itself anew.
 *
 * libFuzzer's limits are of the clock on the wall, which goes on while others
 * have the processor: run.sh puts them out of the way.  Here they are processor
 * time: XENC_FUZZ_SECONDS in all, then libFuzzer ends as it does by itself; and
 * MOST_SECONDS for one input, which is a find.
 */
#include "fuzz.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum {
    MOST_SECONDS = 10 /* with sanitizers; the slowest seed takes 0.3 */
};

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct fuzz_target *target;
static double seconds; /* 0: until something else ends it */

static double seconds_used(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

/* libFuzzer keeps what it was at when a program aborts. */
static void end_slow(int number)
{
    static const char message[] = "fuzz: this input takes too long\n";
    (void)number;
    if (write(STDERR_FILENO, message, strlen(message)) < 0)
        _exit(2);
    abort();
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    const char *name = getenv("XENC_FUZZ_TARGET");
    const char *limit = getenv("XENC_FUZZ_SECONDS");
    (void)count, (void)words;
    seconds = limit != NULL ? atof(limit) : 0;
    signal(SIGPROF, end_slow);
    target = name != NULL ? fuzz_find(name) : NULL;
    if (target != NULL)
        return 0;
    fprintf(stderr, "fuzz: XENC_FUZZ_TARGET was expected to be one of");
    for (size_t i = 0; i < fuzz_target_count; i++)
        fprintf(stderr, " %s", fuzz_targets[i].name);
    fprintf(stderr, "\n");
    exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct itimerval most = {.it_value.tv_sec = MOST_SECONDS}, none = {0};
    setitimer(ITIMER_PROF, &most, NULL);
    target->run(target, (struct slice){(const char *)bytes, length});
    setitimer(ITIMER_PROF, &none, NULL);
    if (seconds > 0 && seconds_used() >= seconds)
        raise(SIGUSR1); /* libFuzzer: stop when this input is done with */
    return 0;
}
