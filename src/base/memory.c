#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    ALIGNMENT = 64,
    FIRST_CHUNK_BYTES = 64 << 10,
    HUGE_PAGE_BYTES = 2 << 20
};

/* Bytes of count elements rounded up to whole lines; 0 when it overflows. */
static size_t padded_bytes(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) ||
        bytes > PTRDIFF_MAX - ALIGNMENT)
        return 0;
    return bytes == 0 ? ALIGNMENT
                      : (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void *allocate(size_t bytes)
{
    void *block = NULL;
    if (bytes == 0 || posix_memalign(&block, ALIGNMENT, bytes) != 0)
        return NULL;
    return block;
}

static void *out_of_memory(size_t count, size_t size, struct error *error)
{
    error->no_memory = error->no_memory || !error->set;
    error_set(error, "out of memory: %zu elements of %zu bytes were asked for",
              count, size);
    return NULL;
}

void *memory_new(size_t count, size_t size, struct error *error)
{
    size_t bytes = padded_bytes(count, size);
    void *block = allocate(bytes);
    if (block == NULL)
        return out_of_memory(count, size, error);
    return memset(block, 0, bytes);
}

char *memory_copy(const void *bytes, size_t length, struct error *error)
{
    char *copy = memory_new(length + 1, 1, error);
    if (copy != NULL && length > 0)
        memcpy(copy, bytes, length);
    return copy;
}

void memory_free(void *block)
{
    free(block);
}

bool memory_grow(void **block, size_t *capacity, size_t needed, size_t size,
                 struct error *error)
{
    if (needed <= *capacity)
        return true;

    size_t wanted = *capacity > SIZE_MAX / 2 ? needed : *capacity * 2;
    if (wanted < needed)
        wanted = needed;
    size_t bytes = padded_bytes(wanted, size);
    void *larger = allocate(bytes);
    if (larger == NULL) {
        out_of_memory(wanted, size, error);
        return false;
    }

    size_t used = *capacity * size;
    if (used > 0)
        memcpy(larger, *block, used);
    memset((char *)larger + used, 0, bytes - used);
    free(*block);
    *block = larger;
    *capacity = wanted;
    return true;
}

struct arena_chunk {
    struct arena_chunk *older;
    size_t used, capacity; /* bytes after the header line */
    size_t mapped;         /* bytes to unmap; 0: from malloc */
};

static char *chunk_bytes(struct arena_chunk *chunk)
{
    _Static_assert(sizeof *chunk <= ALIGNMENT, "the header is one line");
    return (char *)chunk + ALIGNMENT;
}

/*
 * Fresh zero pages, in huge ones where the system has them: opening a model
 * writes tens of megabytes, and a fault for each 4 KiB took longer than the
 * writing (bench/README).
 */
static void *map_huge(size_t bytes)
{
    size_t room = bytes + HUGE_PAGE_BYTES;
    char *start = mmap(NULL, room, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED)
        return NULL;
    size_t before = -(uintptr_t)start % HUGE_PAGE_BYTES;
    if (before > 0)
        munmap(start, before);
    munmap(start + before + bytes, room - before - bytes);
    madvise(start + before, bytes, MADV_HUGEPAGE);
    return start + before;
}

static void chunk_free(struct arena_chunk *chunk)
{
    if (chunk->mapped > 0)
        munmap(chunk, chunk->mapped);
    else
        free(chunk);
}

static struct arena_chunk *chunk_new(size_t capacity)
{
    if (capacity > PTRDIFF_MAX - 2 * HUGE_PAGE_BYTES)
        return NULL;
    size_t bytes = ALIGNMENT + capacity, mapped = 0;
    struct arena_chunk *chunk;
    if (bytes >= HUGE_PAGE_BYTES) {
        mapped =
            (bytes + HUGE_PAGE_BYTES - 1) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
        bytes = mapped;
        chunk = map_huge(bytes);
    } else {
        chunk = allocate(bytes);
    }
    if (chunk == NULL)
        return NULL;
    if (mapped == 0)
        memset(chunk, 0, bytes);
    *chunk =
        (struct arena_chunk){.capacity = bytes - ALIGNMENT, .mapped = mapped};
    return chunk;
}

void *arena_take(struct arena *arena, size_t count, size_t size,
                 struct error *error)
{
    size_t bytes = padded_bytes(count, size);
    if (bytes == 0)
        return out_of_memory(count, size, error);

    struct arena_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->capacity - chunk->used < bytes) {
        size_t capacity = chunk ? chunk->capacity * 2 : FIRST_CHUNK_BYTES;
        chunk = chunk_new(capacity < bytes ? bytes : capacity);
        if (chunk == NULL)
            return out_of_memory(count, size, error);
        chunk->older = arena->chunks;
        arena->chunks = chunk;
    }

    void *block = chunk_bytes(chunk) + chunk->used;
    chunk->used += bytes;
    return block;
}

char *arena_copy(struct arena *arena, const void *bytes, size_t length,
                 struct error *error)
{
    char *copy = arena_take(arena, length + 1, 1, error);
    if (copy == NULL)
        return NULL;
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

void arena_join(struct arena *arena, struct arena *other)
{
    struct arena_chunk **oldest = &arena->chunks;
    while (*oldest != NULL)
        oldest = &(*oldest)->older;
    *oldest = other->chunks;
    other->chunks = NULL;
}

void arena_reset(struct arena *arena)
{
    struct arena_chunk *chunk = arena->chunks;
    if (chunk == NULL)
        return;
    if (chunk->older == NULL) {
        chunk->used = 0;
        return;
    }

    /* One chunk for all next time: a worker's arena settles after a batch. */
    size_t total = 0;
    for (struct arena_chunk *c = chunk; c != NULL; c = c->older)
        total += c->capacity;
    struct arena_chunk *merged = chunk_new(total);
    if (merged == NULL) {
        chunk->used = 0;
        return;
    }
    arena_free(arena);
    arena->chunks = merged;
}

void arena_free(struct arena *arena)
{
    while (arena->chunks != NULL) {
        struct arena_chunk *older = arena->chunks->older;
        chunk_free(arena->chunks);
        arena->chunks = older;
    }
}
