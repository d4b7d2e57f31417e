/*
 * sweep.h - what the parts of the sweep share: faults, runs and what came of
 * them.
 */
#ifndef TESTS_FAULTS_SWEEP_H
#define TESTS_FAULTS_SWEEP_H

#include "faults.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { OUTPUT_BYTES = 1 << 20 };

struct fault {
    const char *name;
    enum fault_kind kind;
    enum fault_mode mode;
    int reason;
    unsigned at; /* of modes that change all calls; 0: each call in turn */
    bool is_harmless;
};

struct text {
    char bytes[OUTPUT_BYTES + 1];
    size_t length;
};

/* How a run ended, and what it left. */
struct outcome {
    int status; /* as waitpid gives it */
    struct text out, err, file;
    mode_t mode;       /* of the file */
    struct text names; /* in the folder */
    unsigned calls[FAULT_KINDS];
    bool struck;
};

/* Calls to strike at, in order. */
struct calls {
    unsigned *numbers, count;
};

struct sweep {
    const char *name, *output, *input, *script;
    char **arguments;   /* the program first */
    unsigned most_runs; /* of a fault; 0: all */
    bool is_verbose, tells, resumes, loads, breaks;
    int memory_descriptor, out, err;
    struct fault_memory *memory;
    struct calls chosen[FAULT_KINDS];
    struct outcome reference, now, later;
};

#define OLD_BYTES "old\n" /* of the file before each run */

_Noreturn void give_up(const char *what);

/* Runs the script that comes before each run. */
void prepare(const struct sweep *sweep);
/* One run; the fault strikes at that call, if it is a kind that does. */
void run(struct sweep *sweep, const struct fault *fault, unsigned at,
         struct outcome *outcome);
/* Removes what a run left, so that it does not count for the next one. */
void remove_others(const struct text *names, const struct text *wanted);
/* Whether a name is in a list of names, or names are that are not wanted. */
bool is_listed(const struct text *names, const char *name);
bool has_others(const struct text *names, const struct text *wanted);

bool same(const struct text *a, const struct text *b);
/* What is wrong with a run, or NULL. */
const char *judge(const struct sweep *sweep, const struct fault *fault,
                  struct outcome *outcome);

#endif
