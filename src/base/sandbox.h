/*
 * sandbox.h - least privilege: a process that has opened what it needs gives up
 * the rest, so that a bug in the reading of hostile data cannot open other
 * files, write to any, start programs or talk to the network.
 *
 * Linux alone: Landlock (from 5.13) for paths, seccomp (on x86-64 and aarch64)
 * for system calls.  What the system does not offer, or a container forbids, is
 * left out without an error.  Threads that are started later inherit all of it,
 * so it is entered before workers are; nothing of it can be undone.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

struct sandbox {
    int landlock; /* its version; 0: not in force */
    bool seccomp;
};

/* A list of paths; NULL and "-" among them are skipped. */
struct sandbox_files {
    const char *const *paths;
    size_t count;
};

/* What is still to be done.  Open descriptors keep their rights. */
struct sandbox_plan {
    const struct sandbox_files *reads; /* files to be opened for reading */
    size_t read_lists;
    const char *renames; /* a file to be put in place, by a rename inside its
                            folder; NULL: none */
};

/* Gives the rest up, and says what is in force. */
struct sandbox sandbox_enter(const struct sandbox_plan *plan);

/* What sandbox_enter could put in force here. */
struct sandbox sandbox_offered(void);

/* "Landlock 7 and seccomp" */
enum { SANDBOX_TEXT_BYTES = 48 };
const char *sandbox_print(struct sandbox sandbox, char out[SANDBOX_TEXT_BYTES]);

/* The parts; sandbox.c alone calls them.  Landlock's version, or 0. */
int landlock_offered(void);
int landlock_enter(const struct sandbox_plan *plan);
bool seccomp_offered(void);
bool seccomp_enter(const struct sandbox_plan *plan);

#endif
