/*
 * libfuzzer.c - lets libFuzzer drive the target that XENC_FUZZ_TARGET names:
 * libFuzzer has the command line for itself and starts itself anew.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const struct fuzz_target *target;

int LLVMFuzzerInitialize(int *count, char ***words)
{
    const char *name = getenv("XENC_FUZZ_TARGET");
    (void)count, (void)words;
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
    target->run(target, (struct slice){(const char *)bytes, length});
    return 0;
}
