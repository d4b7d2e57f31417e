/*
 * memory.h - all allocation of the program: checked blocks and arenas.
 *
 * Every size is count * size with the overflow checked; a failure fills the
 * struct error and returns NULL.  All blocks are aligned to 64 bytes (a cache
 * line, the widest vector) and start as zeros, but for arena_take after a
 * reset, which returns used bytes.
 *
 * An arena gives memory that lives and dies together: one for a model, one for
 * a worker, reset for each batch.  Not thread-safe: one thread, one arena.
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/error.h"

#include <stddef.h>

/* A zeroed block of count elements of size bytes; memory_free releases it. */
void *memory_new(size_t count, size_t size, struct error *error);
/* A zero-ended copy of length bytes in a block. */
char *memory_copy(const void *bytes, size_t length, struct error *error);
void memory_free(void *block);

/*
 * Makes room for `needed` elements of `size` bytes in a block that has room
 * for *capacity; at least doubles it, so that appending is linear.  Keeps the
 * first *capacity elements.  On failure the block stays as it was.
 */
bool memory_grow(void **block, size_t *capacity, size_t needed, size_t size,
                 struct error *error);

struct arena_chunk;
struct arena {
    struct arena_chunk *chunks; /* newest first */
};

void *arena_take(struct arena *arena, size_t count, size_t size,
                 struct error *error);
/* A zero-ended copy of length bytes. */
char *arena_copy(struct arena *arena, const void *bytes, size_t length,
                 struct error *error);
/* Takes over another arena's blocks and leaves it empty. */
void arena_join(struct arena *arena, struct arena *other);
/* Forgets all blocks and keeps one chunk as large as all of them together. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

#endif
