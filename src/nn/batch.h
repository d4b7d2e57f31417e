/*
 * batch.h - sequences laid end to end, and the memory one worker runs them in.
 */
#ifndef NN_BATCH_H
#define NN_BATCH_H

#include "base/memory.h"

#include <stddef.h>
#include <stdint.h>

/* No padding, no mask: sequence s owns tokens start[s] .. start[s+1]-1. */
struct batch {
    size_t sequences;
    const size_t *start; /* [sequences + 1], rising, start[0] = 0 */
    const int32_t *ids;  /* [start[sequences]] rows of the word table */
    const int32_t *types;
};

static inline size_t batch_tokens(const struct batch *batch)
{
    return batch->start[batch->sequences];
}

static inline size_t batch_longest(const struct batch *batch)
{
    size_t longest = 0;
    for (size_t s = 0; s < batch->sequences; s++) {
        size_t tokens = batch->start[s + 1] - batch->start[s];
        longest = tokens > longest ? tokens : longest;
    }
    return longest;
}

enum stage {
    STAGE_EMBED,
    STAGE_PROJECT, /* query, key, value, attention output */
    STAGE_ATTEND,
    STAGE_FEEDFORWARD,
    STAGE_NORM,
    STAGE_HEAD,
    STAGE_COUNT
};

/* One thread's; start as {0}.  Its arena settles after the first batches. */
struct workspace {
    struct arena arena;
    uint64_t stage_nanoseconds[STAGE_COUNT];
};

#endif
