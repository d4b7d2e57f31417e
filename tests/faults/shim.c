/*
 * shim.c - a library for LD_PRELOAD that lets calls to the system fail.
 *
 * faults.h says how it is told what to do.  A call that does not fail goes on
 * to the next library, which is the C library's, or a sanitizer's.  What stdio
 * reads and writes inside the C library does not come by here.
 */
#include "faults.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The function of that name behind this library. */
#define NEXT(name)                                                             \
    static __typeof__(name) *next;                                             \
    if (next == NULL)                                                          \
    next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static struct fault_memory *memory; /* NULL: nothing fails yet */
static struct {
    enum fault_kind kind;
    enum fault_mode mode;
    unsigned at;
    int reason; /* errno, or the signal */
} fault;

/* FNV-1a over the return addresses. */
static uint64_t place_of_caller(void)
{
    static __thread bool is_busy; /* unwinding may allocate */
    enum { DEEPEST = 128 };
    void *frames[DEEPEST];
    if (is_busy)
        return 0;
    is_busy = true;
    int count = backtrace(frames, DEEPEST);
    is_busy = false;
    uint64_t place = 0xcbf29ce484222325;
    for (int i = 0; i < count; i++)
        place = (place ^ (uintptr_t)frames[i]) * 0x100000001b3;
    return place;
}

__attribute__((constructor)) static void start(void)
{
    unsigned kind, mode;
    int descriptor;
    const char *text = getenv("XENC_FAULT");
    if (text == NULL || sscanf(text, "%u %u %u %d %d", &kind, &mode, &fault.at,
                               &fault.reason, &descriptor) != 5)
        return;
    fault.kind = kind;
    fault.mode = mode;
    void *shared = mmap(NULL, sizeof *memory, PROT_READ | PROT_WRITE,
                        MAP_SHARED, descriptor, 0);
    close(descriptor);
    place_of_caller(); /* the first time loads libgcc, which allocates */
    if (shared != MAP_FAILED)
        memory = shared;
}

static bool strikes(unsigned call)
{
    switch (fault.mode) {
    case FAULT_ONCE:
    case FAULT_SIGNAL:
        return call == fault.at;
    case FAULT_FROM:
        return call >= fault.at;
    case FAULT_INTERRUPT:
        return __builtin_popcount(call) % 2 == 1; /* half, without a period */
    default:
        return false;
    }
}

/* Whether this call is to fail; then errno says why. */
static bool fails(enum fault_kind kind)
{
    if (memory == NULL)
        return false;
    unsigned call = atomic_fetch_add(&memory->counts.calls[kind], 1) + 1;
    if (fault.mode == FAULT_NOTED && call <= FAULT_CALLS)
        memory->places[kind][call - 1] = place_of_caller();
    if (kind != fault.kind || !strikes(call))
        return false;
    atomic_store(&memory->counts.struck, 1);
    if (fault.mode == FAULT_SIGNAL) {
        kill(getpid(), fault.reason);
        return false;
    }
    errno = fault.reason;
    return true;
}

/* Files of megabytes are not written a byte at a time to their ends. */
static size_t shortened(enum fault_kind kind, size_t length)
{
    enum { MOST_CALLS = 20000 };
    if (memory == NULL || kind != fault.kind || fault.mode != FAULT_SHORT ||
        length < 2 || memory->counts.calls[kind] > MOST_CALLS)
        return length;
    atomic_store(&memory->counts.struck, 1);
    return length < fault.at ? length : fault.at;
}

/*** Memory ***/

/* dlsym may allocate while it looks for malloc: it gets a bit of this. */
static _Alignas(64) char early[1 << 14];
static size_t early_used;

static void *early_block(size_t bytes)
{
    size_t rounded = (bytes + 63) / 64 * 64;
    if (rounded > sizeof early - early_used)
        return NULL;
    early_used += rounded;
    return early + early_used - rounded;
}

static bool is_early(const void *block)
{
    return (uintptr_t)block - (uintptr_t)early < sizeof early;
}

/* next, or NULL while dlsym itself asks for memory. */
#define NEXT_OR_EARLY(name, bytes)                                             \
    static __typeof__(name) *next;                                             \
    static bool looks;                                                         \
    if (next == NULL) {                                                        \
        if (looks)                                                             \
            return early_block(bytes);                                         \
        looks = true;                                                          \
        next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name);                    \
    }

void *malloc(size_t bytes)
{
    NEXT_OR_EARLY(malloc, bytes)
    return fails(FAULT_MEMORY) ? NULL : next(bytes);
}

void *calloc(size_t count, size_t size)
{
    NEXT_OR_EARLY(calloc, count * size)
    return fails(FAULT_MEMORY) ? NULL : next(count, size);
}

void *realloc(void *block, size_t bytes)
{
    NEXT(realloc);
    return fails(FAULT_MEMORY) ? NULL : next(block, bytes);
}

/* dlsym frees what an earlier one had to say, a sanitizer's: that is kept. */
void free(void *block)
{
    static __typeof__(free) *next;
    static bool looks;
    if (is_early(block) || (next == NULL && looks))
        return;
    if (next == NULL) {
        looks = true;
        next = (__typeof__(free) *)dlsym(RTLD_NEXT, "free");
    }
    next(block);
}

int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    NEXT(posix_memalign);
    return fails(FAULT_MEMORY) ? ENOMEM : next(block, alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes)
{
    NEXT(aligned_alloc);
    return fails(FAULT_MEMORY) ? NULL : next(alignment, bytes);
}

void *mmap(void *at, size_t length, int protection, int flags, int descriptor,
           off_t offset)
{
    NEXT(mmap);
    return fails(FAULT_MEMORY)
               ? MAP_FAILED
               : next(at, length, protection, flags, descriptor, offset);
}

/*** Files ***/

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    NEXT(open);
    return fails(FAULT_OPEN) ? -1 : next(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    NEXT(fopen);
    return fails(FAULT_OPEN) ? NULL : next(path, mode);
}

DIR *opendir(const char *path)
{
    NEXT(opendir);
    return fails(FAULT_OPEN) ? NULL : next(path);
}

int mkstemp(char *form)
{
    NEXT(mkstemp);
    return fails(FAULT_OPEN) ? -1 : next(form);
}

int dup(int descriptor)
{
    NEXT(dup);
    return fails(FAULT_OPEN) ? -1 : next(descriptor);
}

int pipe2(int ends[2], int flags)
{
    NEXT(pipe2);
    return fails(FAULT_OPEN) ? -1 : next(ends, flags);
}

ssize_t read(int descriptor, void *room, size_t length)
{
    NEXT(read);
    return fails(FAULT_READ)
               ? -1
               : next(descriptor, room, shortened(FAULT_READ, length));
}

/* NULL with errno as it was: the end of the folder. */
struct dirent *readdir(DIR *folder)
{
    NEXT(readdir);
    return fails(FAULT_LIST) ? NULL : next(folder);
}

/* Without /proc the program does not know where it lies, and lives with it. */
ssize_t readlink(const char *path, char *room, size_t length)
{
    NEXT(readlink);
    return strncmp(path, "/proc/", 6) != 0 && fails(FAULT_LIST)
               ? -1
               : next(path, room, length);
}

ssize_t write(int descriptor, const void *bytes, size_t length)
{
    NEXT(write);
    return fails(FAULT_WRITE)
               ? -1
               : next(descriptor, bytes, shortened(FAULT_WRITE, length));
}

int stat(const char *path, struct stat *status)
{
    NEXT(stat);
    return fails(FAULT_STAT) ? -1 : next(path, status);
}

int lstat(const char *path, struct stat *status)
{
    NEXT(lstat);
    return fails(FAULT_STAT) ? -1 : next(path, status);
}

int fstat(int descriptor, struct stat *status)
{
    NEXT(fstat);
    return fails(FAULT_STAT) ? -1 : next(descriptor, status);
}

int access(const char *path, int mode)
{
    NEXT(access);
    return fails(FAULT_STAT) ? -1 : next(path, mode);
}

char *realpath(const char *path, char *room)
{
    NEXT(realpath);
    return fails(FAULT_STAT) ? NULL : next(path, room);
}

/* As on Linux, the descriptor is gone even when the close fails. */
int close(int descriptor)
{
    NEXT(close);
    bool is_lost = fails(FAULT_CLOSE);
    int reason = errno, result = next(descriptor);
    if (!is_lost)
        return result;
    errno = reason;
    return -1;
}

int fsync(int descriptor)
{
    NEXT(fsync);
    return fails(FAULT_FINISH) ? -1 : next(descriptor);
}

int fchmod(int descriptor, mode_t mode)
{
    NEXT(fchmod);
    return fails(FAULT_FINISH) ? -1 : next(descriptor, mode);
}

int ftruncate(int descriptor, off_t length)
{
    NEXT(ftruncate);
    return fails(FAULT_FINISH) ? -1 : next(descriptor, length);
}

int rename(const char *from, const char *to)
{
    NEXT(rename);
    return fails(FAULT_FINISH) ? -1 : next(from, to);
}

/*** The network ***/

int socket(int domain, int type, int protocol)
{
    NEXT(socket);
    return fails(FAULT_NETWORK) ? -1 : next(domain, type, protocol);
}

int connect(int descriptor, const struct sockaddr *address, socklen_t length)
{
    NEXT(connect);
    return fails(FAULT_NETWORK) ? -1 : next(descriptor, address, length);
}

ssize_t send(int descriptor, const void *bytes, size_t length, int flags)
{
    NEXT(send);
    return fails(FAULT_NETWORK) ? -1
                                : next(descriptor, bytes,
                                       shortened(FAULT_NETWORK, length), flags);
}

ssize_t recv(int descriptor, void *room, size_t length, int flags)
{
    NEXT(recv);
    return fails(FAULT_NETWORK) ? -1
                                : next(descriptor, room,
                                       shortened(FAULT_NETWORK, length), flags);
}

/*** The rest ***/

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*run)(void *), void *argument)
{
    NEXT(pthread_create);
    return fails(FAULT_THREAD) ? fault.reason
                               : next(thread, attributes, run, argument);
}

int poll(struct pollfd *watched, nfds_t count, int timeout)
{
    NEXT(poll);
    return fails(FAULT_WAIT) ? -1 : next(watched, count, timeout);
}

/* Nobody else is to be waited for: what failed once may be tried at once. */
int nanosleep(const struct timespec *wanted, struct timespec *left)
{
    NEXT(nanosleep);
    if (memory == NULL)
        return next(wanted, left);
    return fails(FAULT_WAIT) ? -1 : 0;
}

void *dlopen(const char *file, int mode)
{
    NEXT(dlopen);
    /* With a file that is not there, dlerror has something to say. */
    return next(fails(FAULT_LIBRARY) ? "/absent/libnone.so" : file, mode);
}
