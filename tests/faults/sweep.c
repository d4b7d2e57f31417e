/*
 * sweep.c - runs xenc again and again while its calls to the system fail, one
 * after the other, and judges how it ends.
 *
 *   sweep [-n RUNS] [-o FILE] [-i INPUT] [-s SCRIPT] [-blrtv] NAME ARGUMENT...
 *
 * runs $XENC with the arguments in the current folder, first undisturbed, then
 * with each fault of the table below at each place that it can strike (see
 * faults.h): at the first and the last call of the place, or at RUNS of all
 * these that lie evenly.  FILE is what the command writes: it must be the old
 * one, whole, or what the undisturbed run wrote.  INPUT is the standard input.
 * The shell runs SCRIPT before each run.  -t: the command lists things, tells
 * in its output what went wrong with one of them, and may be cut anywhere.  -r:
 * it keeps what it has, for the next run to go on.  -l: it loads libraries that
 * have words and a status of their own for want of memory.  -b: one of them
 * does not survive it (libgfortran calls itself without end).  Prints a TAP
 * line without number for each fault, with the count of runs; fails when one of
 * them failed.
 *
 * A run must end by itself: with the undisturbed status and bytes where the
 * fault did no harm, else with status 2, at least one line on standard error,
 * and no more than the first whole records on standard output.  It must leave
 * no other files behind.  After a signal it must die by that signal.
 */
#include "sweep.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MOST_SHOWN = 5 /* runs of a fault that are described */
};

static const struct fault faults[] = {
    {"memory", FAULT_MEMORY, FAULT_ONCE, ENOMEM, 0, false},
    {"memory from there on", FAULT_MEMORY, FAULT_FROM, ENOMEM, 0, false},
    {"open", FAULT_OPEN, FAULT_ONCE, EMFILE, 0, false},
    {"open from there on", FAULT_OPEN, FAULT_FROM, EMFILE, 0, false},
    {"open may not", FAULT_OPEN, FAULT_ONCE, EACCES, 0, false},
    {"read", FAULT_READ, FAULT_ONCE, EIO, 0, false},
    {"read interrupted", FAULT_READ, FAULT_INTERRUPT, EINTR, 1, true},
    {"read would block", FAULT_READ, FAULT_INTERRUPT, EAGAIN, 1, false},
    {"read a byte at a time", FAULT_READ, FAULT_SHORT, 0, 1, true},
    {"read seven bytes at a time", FAULT_READ, FAULT_SHORT, 0, 7, true},
    {"folders", FAULT_LIST, FAULT_ONCE, EIO, 0, false},
    {"write", FAULT_WRITE, FAULT_ONCE, EIO, 0, false},
    {"write to a full disk", FAULT_WRITE, FAULT_FROM, ENOSPC, 0, false},
    {"write interrupted", FAULT_WRITE, FAULT_INTERRUPT, EINTR, 1, true},
    {"write a byte at a time", FAULT_WRITE, FAULT_SHORT, 0, 1, true},
    {"stat", FAULT_STAT, FAULT_ONCE, EIO, 0, false},
    {"close", FAULT_CLOSE, FAULT_ONCE, EIO, 0, false},
    {"close interrupted", FAULT_CLOSE, FAULT_ONCE, EINTR, 0, false},
    {"finish", FAULT_FINISH, FAULT_ONCE, EIO, 0, false},
    {"finish on a full disk", FAULT_FINISH, FAULT_ONCE, ENOSPC, 0, false},
    {"threads", FAULT_THREAD, FAULT_ONCE, EAGAIN, 0, false},
    {"poll interrupted", FAULT_WAIT, FAULT_INTERRUPT, EINTR, 1, true},
    {"poll", FAULT_WAIT, FAULT_ONCE, ENOMEM, 0, false},
    {"libraries", FAULT_LIBRARY, FAULT_ONCE, 0, 0, false},
    {"network", FAULT_NETWORK, FAULT_ONCE, ECONNRESET, 0, false},
    {"network from there on", FAULT_NETWORK, FAULT_FROM, ENETDOWN, 0, false},
    {"network interrupted", FAULT_NETWORK, FAULT_INTERRUPT, EINTR, 1, false},
    {"network a byte at a time", FAULT_NETWORK, FAULT_SHORT, 0, 1, true},
    {"SIGINT at memory", FAULT_MEMORY, FAULT_SIGNAL, SIGINT, 0, false},
    {"SIGTERM at read", FAULT_READ, FAULT_SIGNAL, SIGTERM, 0, false},
    {"SIGHUP at write", FAULT_WRITE, FAULT_SIGNAL, SIGHUP, 0, false},
    {"SIGTERM at finish", FAULT_FINISH, FAULT_SIGNAL, SIGTERM, 0, false},
    {"SIGTERM at network", FAULT_NETWORK, FAULT_SIGNAL, SIGTERM, 0, false},
    {"SIGPIPE at write", FAULT_WRITE, FAULT_SIGNAL, SIGPIPE, 0, false},
};

static const struct fault never = {.mode = FAULT_NEVER},
                          noted = {.mode = FAULT_NOTED};

/* Where not all was done, the next run goes on, and ends as if nothing had
 * been. */
static const char *judge_resumed(struct sweep *sweep)
{
    struct outcome *later = &sweep->later;
    if (sweep->now.status == sweep->reference.status)
        return has_others(&sweep->now.names, &sweep->reference.names)
                   ? "leaves other files"
                   : NULL;
    run(sweep, &never, 0, later);
    return same(&later->names, &sweep->reference.names) &&
                   later->status == sweep->reference.status &&
                   same(&later->file, &sweep->reference.file)
               ? NULL
               : "cannot be resumed";
}

/* Names that only one list has. */
static void describe_names(const char *what, const struct text *some,
                           const struct text *others)
{
    char copy[OUTPUT_BYTES], *rest = copy;
    memcpy(copy, some->bytes, some->length + 1);
    for (char *name; (name = strsep(&rest, " ")) != NULL;)
        if (*name != '\0' && !is_listed(others, name))
            printf("# %s: %s\n", what, name);
}

static void describe(const struct sweep *sweep, const struct fault *fault,
                     unsigned at, const char *wrong)
{
    const struct outcome *now = &sweep->now;
    printf("# XENC_FAULT='%d %d %u %d': %s: status %d, %zu bytes out\n",
           (int)fault->kind, (int)fault->mode, at, fault->reason, wrong,
           now->status, now->out.length);
    printf("# %.*s", (int)now->err.length, now->err.bytes);
    if (now->err.length == 0 || now->err.bytes[now->err.length - 1] != '\n')
        putchar('\n');
    describe_names("left", &now->names, &sweep->reference.names);
    if (!sweep->resumes)
        describe_names("missing", &sweep->reference.names, &now->names);
}

/* A call of some kind. */
struct call {
    uint64_t place;
    unsigned number;
};

static int by_place(const void *a, const void *b)
{
    const struct call *one = a, *other = b;
    if (one->place != other->place)
        return one->place < other->place ? -1 : 1;
    return one->number < other->number ? -1 : 1;
}

static int by_number(const void *a, const void *b)
{
    unsigned one = *(const unsigned *)a, other = *(const unsigned *)b;
    return one < other ? -1 : one > other;
}

static void *allocate(size_t count, size_t size)
{
    void *block = calloc(count + 1, size);
    if (block == NULL)
        give_up("calloc");
    return block;
}

/* The first and the last call of each place. */
static struct calls choose_calls(const uint64_t *places, unsigned count)
{
    struct call *calls = allocate(count, sizeof *calls);
    struct calls chosen = {allocate(count, sizeof *chosen.numbers), 0};
    for (unsigned i = 0; i < count; i++)
        calls[i] = (struct call){places[i], i + 1};
    qsort(calls, count, sizeof *calls, by_place);
    for (unsigned i = 0; i < count; i++)
        if (i == 0 || calls[i - 1].place != calls[i].place || i + 1 == count ||
            calls[i + 1].place != calls[i].place)
            chosen.numbers[chosen.count++] = calls[i].number;
    qsort(chosen.numbers, chosen.count, sizeof *chosen.numbers, by_number);
    free(calls);
    return chosen;
}

/* Where the first of the steps begins: not at the same call in all sweeps. */
static unsigned first_of(const struct sweep *sweep, unsigned step)
{
    unsigned sum = 0;
    for (const char *at = sweep->name; *at != '\0'; at++)
        sum = 31 * sum + (unsigned char)*at;
    return sum % step;
}

/* One run with the fault; whether something is wrong with it. */
static bool strike(struct sweep *sweep, const struct fault *fault, unsigned at,
                   bool describes)
{
    prepare(sweep);
    run(sweep, fault, at, &sweep->now);
    if (!sweep->now.struck)
        return false;
    const char *what = judge(sweep, fault, &sweep->now);
    if (what == NULL && sweep->resumes)
        what = judge_resumed(sweep);
    if ((what != NULL && describes) || sweep->is_verbose)
        describe(sweep, fault, at, what ? what : "fine");
    remove_others(&sweep->now.names, &sweep->reference.names);
    return what != NULL;
}

/* Strikes at each call that was chosen, in turn; gives the number of runs that
 * were wrong. */
static unsigned sweep_fault(struct sweep *sweep, const struct fault *fault)
{
    struct calls all = {(unsigned[]){fault->at}, 1};
    const struct calls *calls =
        fault->at > 0 ? &all : &sweep->chosen[fault->kind];
    unsigned wrong = 0, runs = 0;
    unsigned step =
        sweep->most_runs > 0 ? calls->count / sweep->most_runs + 1 : 1;
    for (unsigned i = first_of(sweep, step); i < calls->count; i += step) {
        wrong += strike(sweep, fault, calls->numbers[i], wrong < MOST_SHOWN);
        runs += sweep->now.struck;
    }
    if (runs > 0)
        printf("%s - %s: %s: %u runs, %u calls, %u wrong\n",
               wrong > 0 ? "not ok" : "ok", sweep->name, fault->name, runs,
               sweep->reference.calls[fault->kind], wrong);
    return wrong;
}

static bool run_reference(struct sweep *sweep)
{
    struct outcome *again = &sweep->now;
    prepare(sweep);
    run(sweep, &noted, 0, &sweep->reference);
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        unsigned count = sweep->reference.calls[kind];
        if (count > FAULT_CALLS)
            give_up("more calls than FAULT_CALLS");
        sweep->chosen[kind] = choose_calls(sweep->memory->places[kind], count);
    }
    prepare(sweep);
    run(sweep, &never, 0, again);
    if (!WIFEXITED(sweep->reference.status) ||
        WEXITSTATUS(sweep->reference.status) > 1 ||
        !same(&sweep->reference.out, &again->out)) {
        printf("not ok - %s: runs undisturbed\n# %.*s", sweep->name,
               (int)again->err.length, again->err.bytes);
        return false;
    }
    return true;
}

static void open_all(struct sweep *sweep)
{
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    sweep->memory_descriptor = memfd_create("memory", MFD_CLOEXEC);
    sweep->out = memfd_create("out", MFD_CLOEXEC);
    sweep->err = memfd_create("err", MFD_CLOEXEC);
    if (sweep->memory_descriptor < 0 || sweep->out < 0 || sweep->err < 0 ||
        ftruncate(sweep->memory_descriptor, sizeof *sweep->memory) != 0)
        give_up("memfd_create");
    sweep->memory = mmap(NULL, sizeof *sweep->memory, PROT_READ | PROT_WRITE,
                         MAP_SHARED, sweep->memory_descriptor, 0);
    if (sweep->memory == MAP_FAILED)
        give_up("mmap");
}

int main(int argc, char **argv)
{
    static struct sweep sweep;
    for (int option; (option = getopt(argc, argv, "+n:o:i:s:blrtv")) != -1;)
        switch (option) {
        case 'n':
            sweep.most_runs = (unsigned)atoi(optarg);
            break;
        case 'o':
            sweep.output = optarg;
            break;
        case 'i':
            sweep.input = optarg;
            break;
        case 's':
            sweep.script = optarg;
            break;
        case 'b':
            sweep.breaks = true;
            break;
        case 'l':
            sweep.loads = true;
            break;
        case 'r':
            sweep.resumes = true;
            break;
        case 't':
            sweep.tells = true;
            break;
        case 'v':
            sweep.is_verbose = true;
            break;
        default:
            return 99;
        }
    if (argc - optind < 2 || getenv("XENC") == NULL ||
        getenv("XENC_SHIM") == NULL)
        return 99;
    sweep.name = argv[optind];
    sweep.arguments = argv + optind;
    sweep.arguments[0] = getenv("XENC");
    open_all(&sweep);
    if (!run_reference(&sweep))
        return 1;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        wrong += sweep_fault(&sweep, &faults[i]);
    return wrong > 0;
}
