/*
 * faults.h - what sweep.c and shim.c tell each other.
 *
 * The sweep names a fault in the variable XENC_FAULT, "KIND MODE AT ERRNO FD",
 * all of them numbers.  FD holds a struct fault_counts that both have mapped:
 * the shim counts the calls of each kind in it and says whether it struck.
 *
 * A place is what stands on the stack of a call, down to main, in one number:
 * the calls of a loop have one place.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include <stdatomic.h>
#include <stdint.h>

/* Calls that fail in the same way, and are counted together. */
enum fault_kind {
    FAULT_MEMORY,  /* malloc and its kin, mmap */
    FAULT_OPEN,    /* open, fopen, opendir, mkstemp, dup, pipe2 */
    FAULT_READ,    /* read */
    FAULT_LIST,    /* readdir, readlink */
    FAULT_WRITE,   /* write */
    FAULT_STAT,    /* stat and its kin, access, realpath, lseek */
    FAULT_CLOSE,   /* close, which happens all the same */
    FAULT_FINISH,  /* fsync, rename, fchmod, ftruncate */
    FAULT_THREAD,  /* pthread_create */
    FAULT_WAIT,    /* poll, nanosleep */
    FAULT_LIBRARY, /* dlopen, dlsym */
    FAULT_NETWORK, /* socket, connect, send, recv */
    FAULT_KINDS
};

enum fault_mode {
    FAULT_NEVER,     /* calls are counted alone */
    FAULT_NOTED,     /* and their places are noted */
    FAULT_ONCE,      /* call AT fails */
    FAULT_FROM,      /* call AT and all after it fail */
    FAULT_SHORT,     /* reads and writes move one byte, AT or fewer later */
    FAULT_INTERRUPT, /* half of all calls fail with EINTR */
    FAULT_SIGNAL,    /* signal ERRNO comes at call AT */
    FAULT_MODES
};

enum { FAULT_CALLS = 1 << 20 }; /* of a kind in a run, at most */

struct fault_counts {
    atomic_uint calls[FAULT_KINDS];
    atomic_uint struck;
};

/* What FD holds; pages that nobody writes take no memory. */
struct fault_memory {
    struct fault_counts counts;
    uint64_t places[FAULT_KINDS][FAULT_CALLS];
};

#endif
