/*
 * sweep.c - runs xenc again and again while its calls to the system fail, one
 * after the other, and judges how it ends.
 *
 *   sweep [-n RUNS] [-o FILE] [-i INPUT] [-rtv] NAME ARGUMENT...
 *
 * runs $XENC with the arguments in the current folder, first undisturbed, then
 * with each fault of the table below at each call that it can strike, or at
 * RUNS of them that lie evenly.  FILE is what the command writes: it must be
 * the old one, whole, or what the undisturbed run wrote.  INPUT is the standard
 * input.  -t: the command lists things, tells in its output what went wrong
 * with one of them, and may be cut anywhere.  -r: it keeps what it has, for the
 * next run to go on.  Prints a TAP line without number for each fault, with the
 * count of runs; fails when one of them failed.
 *
 * A run must end by itself: with the undisturbed status and bytes where the
 * fault did no harm, else with status 2, at least one line on standard error,
 * and no more than the first whole records on standard output.  It must leave
 * no other files behind.  After a signal it must die by that signal.
 */
#include "faults.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATIENCE_SECONDS = 20,
    TROUBLE = 2,
    MOST_SHOWN = 5, /* runs of a fault that are described */
    OUTPUT_BYTES = 1 << 20,
    DESCRIPTORS_LEFT = 100 /* where the shim finds the counts */
};

static const char old_bytes[] = "old\n";

struct fault {
    const char *name;
    enum fault_kind kind;
    enum fault_mode mode;
    int reason;
    unsigned at; /* of modes that change all calls; 0: each call in turn */
    bool is_harmless;
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
    {"SIGINT at memory", FAULT_MEMORY, FAULT_SIGNAL, SIGINT, 0, false},
    {"SIGTERM at read", FAULT_READ, FAULT_SIGNAL, SIGTERM, 0, false},
    {"SIGHUP at write", FAULT_WRITE, FAULT_SIGNAL, SIGHUP, 0, false},
    {"SIGTERM at finish", FAULT_FINISH, FAULT_SIGNAL, SIGTERM, 0, false},
    {"SIGPIPE at write", FAULT_WRITE, FAULT_SIGNAL, SIGPIPE, 0, false},
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

struct sweep {
    const char *name, *output, *input;
    char **arguments;   /* the program first */
    unsigned most_runs; /* of a fault; 0: all */
    bool is_verbose, tells, resumes;
    int counts_descriptor, out, err;
    struct fault_counts *counts;
    struct outcome reference, now, later;
};

static void give_up(const char *what)
{
    perror(what);
    exit(99);
}

/*** One run ***/

static void read_text(int descriptor, struct text *text)
{
    text->length = 0;
    ssize_t got;
    while ((got = pread(descriptor, text->bytes + text->length,
                        OUTPUT_BYTES - text->length, (off_t)text->length)) > 0)
        text->length += (size_t)got;
}

static void write_old(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(old_bytes, file) < 0 || fclose(file) != 0 ||
        chmod(path, 0640) != 0)
        give_up(path);
}

static void read_file(const char *path, struct outcome *outcome)
{
    struct stat status;
    int descriptor = open(path, O_RDONLY);
    outcome->file.length = 0;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        return;
    outcome->mode = status.st_mode;
    read_text(descriptor, &outcome->file);
    close(descriptor);
}

static void list_folder(struct text *names)
{
    struct dirent **list;
    int count = scandir(".", &list, NULL, alphasort);
    names->length = 0;
    for (int i = 0; i < count; i++) {
        names->length += (size_t)snprintf(names->bytes + names->length,
                                          sizeof names->bytes - names->length,
                                          "%s ", list[i]->d_name);
        free(list[i]);
    }
    free(list);
}

/* Whether a name is in the list, between blanks. */
static bool is_listed(const struct text *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names->bytes; (at = strstr(at, name)) != NULL; at++)
        if ((at == names->bytes || at[-1] == ' ') && at[length] == ' ')
            return true;
    return false;
}

/* What a run left behind must not count for the next one. */
static void remove_others(const struct text *names, const struct text *wanted)
{
    char copy[OUTPUT_BYTES], *rest = copy;
    memcpy(copy, names->bytes, names->length + 1);
    for (char *name; (name = strsep(&rest, " ")) != NULL;)
        if (*name != '\0' && !is_listed(wanted, name))
            unlink(name);
}

static void run_child(const struct sweep *sweep, const struct fault *fault,
                      unsigned at)
{
    char text[80];
    snprintf(text, sizeof text, "%d %d %u %d %d", fault ? (int)fault->kind : 0,
             fault ? (int)fault->mode : FAULT_NEVER, at,
             fault ? fault->reason : 0, DESCRIPTORS_LEFT);
    int input = open(sweep->input ? sweep->input : "/dev/null", O_RDONLY);
    if (input < 0 || dup2(input, 0) < 0 || dup2(sweep->out, 1) < 0 ||
        dup2(sweep->err, 2) < 0 ||
        dup2(sweep->counts_descriptor, DESCRIPTORS_LEFT) < 0)
        give_up("dup2");
    close(input);
    setenv("XENC_FAULT", text, 1);
    setenv("LD_PRELOAD", getenv("XENC_SHIM"), 1);
    for (int number = 1; number < SIGRTMIN; number++)
        signal(number, SIG_DFL); /* a shell's background jobs ignore some */
    alarm(PATIENCE_SECONDS);
    execv(sweep->arguments[0], sweep->arguments);
    give_up(sweep->arguments[0]);
}

static void run(struct sweep *sweep, const struct fault *fault, unsigned at,
                struct outcome *outcome)
{
    memset(sweep->counts, 0, sizeof *sweep->counts);
    if (ftruncate(sweep->out, 0) != 0 || ftruncate(sweep->err, 0) != 0 ||
        lseek(sweep->out, 0, SEEK_SET) != 0 ||
        lseek(sweep->err, 0, SEEK_SET) != 0)
        give_up("memfd");
    if (sweep->output != NULL)
        write_old(sweep->output);
    fflush(stdout);
    pid_t child = fork();
    if (child < 0)
        give_up("fork");
    if (child == 0)
        run_child(sweep, fault, at);
    if (waitpid(child, &outcome->status, 0) != child)
        give_up("waitpid");
    read_text(sweep->out, &outcome->out);
    read_text(sweep->err, &outcome->err);
    if (sweep->output != NULL)
        read_file(sweep->output, outcome);
    list_folder(&outcome->names);
    for (int i = 0; i < FAULT_KINDS; i++)
        outcome->calls[i] = atomic_load(&sweep->counts->calls[i]);
    outcome->struck = atomic_load(&sweep->counts->struck) != 0;
}

/*** The judgement ***/

static bool same(const struct text *a, const struct text *b)
{
    return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* Whether the text is the first records of the whole one. */
static bool begins(const struct text *text, const struct text *whole)
{
    size_t length = text->length;
    return length <= whole->length &&
           memcmp(text->bytes, whole->bytes, length) == 0 &&
           (length == 0 || text->bytes[length - 1] == '\n' ||
            length == whole->length);
}

static bool is_old(const struct text *file)
{
    return file->length == strlen(old_bytes) &&
           memcmp(file->bytes, old_bytes, file->length) == 0;
}

/* Sentences: "xenc: " and words, no reason that is none. */
static const char *judge_message(struct text *err)
{
    static const char *const empty[] = {": \n", ":\n", "(null)", "Success"};
    err->bytes[err->length] = '\0';
    if (err->length == 0)
        return "fails without a word";
    for (char *line = err->bytes; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strncmp(line, "xenc: ", 6) != 0 || strchr(line, '\n') == NULL)
            return "has a message of another form";
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
        if (strstr(err->bytes, empty[i]) != NULL)
            return "has a message without a reason";
    return NULL;
}

static const char *judge_failed(const struct sweep *sweep,
                                const struct fault *fault,
                                struct outcome *outcome)
{
    if (!sweep->tells && !begins(&outcome->out, &sweep->reference.out))
        return "prints what it should not";
    if (sweep->output != NULL && !is_old(&outcome->file))
        return "has changed the old file";
    const char *wrong = judge_message(&outcome->err);
    if (wrong == NULL && fault->kind == FAULT_MEMORY &&
        strstr(outcome->err.bytes, "memory") == NULL)
        wrong = "does not say that memory ended";
    return wrong;
}

static const char *judge_signal(const struct sweep *sweep,
                                const struct fault *fault,
                                const struct outcome *outcome)
{
    if (!WIFSIGNALED(outcome->status) ||
        WTERMSIG(outcome->status) != fault->reason)
        return "does not die by the signal";
    if (!sweep->tells && !begins(&outcome->out, &sweep->reference.out))
        return "prints what it should not";
    if (sweep->output != NULL && !is_old(&outcome->file) &&
        !same(&outcome->file, &sweep->reference.file))
        return "leaves a file that is not whole";
    return NULL;
}

static bool tells_reason(struct outcome *outcome, const struct fault *fault)
{
    const char *reason =
        fault->kind == FAULT_MEMORY ? "memory" : strerror(fault->reason);
    outcome->out.bytes[outcome->out.length] = '\0';
    return strstr(outcome->out.bytes, reason) != NULL;
}

/* What is wrong with a run, or NULL. */
static const char *judge(const struct sweep *sweep, const struct fault *fault,
                         struct outcome *outcome)
{
    const struct outcome *reference = &sweep->reference;
    if (!sweep->resumes && !same(&outcome->names, &reference->names))
        return "leaves other files";
    if ((outcome->mode & ~reference->mode) != 0)
        return "opens the file to others";
    if (fault->mode == FAULT_SIGNAL)
        return judge_signal(sweep, fault, outcome);
    if (WIFSIGNALED(outcome->status))
        return WTERMSIG(outcome->status) == SIGALRM ? "hangs" : "crashes";
    if (outcome->status == reference->status &&
        same(&outcome->out, &reference->out) &&
        same(&outcome->file, &reference->file))
        return same(&outcome->err, &reference->err) || !fault->is_harmless
                   ? NULL
                   : "says what it should not";
    if (sweep->tells && WEXITSTATUS(outcome->status) == 0 &&
        tells_reason(outcome, fault))
        return NULL;
    if (fault->is_harmless)
        return "is harmed";
    if (WEXITSTATUS(outcome->status) != TROUBLE)
        return "has a wrong status";
    return judge_failed(sweep, fault, outcome);
}

/* With --resume the next run goes on, and ends as if nothing had been. */
static const char *judge_resumed(struct sweep *sweep)
{
    struct outcome *later = &sweep->later;
    run(sweep, NULL, 0, later);
    return same(&later->names, &sweep->reference.names) &&
                   later->status == sweep->reference.status &&
                   same(&later->file, &sweep->reference.file)
               ? NULL
               : "cannot be resumed";
}

/*** The sweep ***/

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
    if (!same(&now->names, &sweep->reference.names))
        printf("# %s\n", now->names.bytes);
}

/* Where the first of the steps begins: not at the same call in all sweeps. */
static unsigned first_of(const struct sweep *sweep, unsigned step)
{
    unsigned sum = 0;
    for (const char *at = sweep->name; *at != '\0'; at++)
        sum = 31 * sum + (unsigned char)*at;
    return sum % step;
}

/* Strikes at every call in turn; gives the number of runs that were wrong. */
static unsigned sweep_fault(struct sweep *sweep, const struct fault *fault)
{
    unsigned wrong = 0, runs = 0;
    unsigned calls = sweep->reference.calls[fault->kind];
    unsigned step = sweep->most_runs > 0 ? calls / sweep->most_runs + 1 : 1;
    unsigned at = fault->at > 0 ? fault->at : 1 + first_of(sweep, step);
    for (;; at += step) {
        run(sweep, fault, at, &sweep->now);
        if (!sweep->now.struck)
            break;
        runs++;
        const char *what = judge(sweep, fault, &sweep->now);
        if (what == NULL && sweep->resumes)
            what = judge_resumed(sweep);
        if ((what != NULL || sweep->is_verbose) && wrong < MOST_SHOWN)
            describe(sweep, fault, at, what ? what : "fine");
        remove_others(&sweep->now.names, &sweep->reference.names);
        wrong += what != NULL;
        if (fault->at > 0)
            break;
    }
    if (runs > 0)
        printf("%s - %s: %s: %u runs, %u wrong\n", wrong > 0 ? "not ok" : "ok",
               sweep->name, fault->name, runs, wrong);
    return wrong;
}

static bool run_reference(struct sweep *sweep)
{
    struct outcome *again = &sweep->now;
    run(sweep, NULL, 0, &sweep->reference);
    run(sweep, NULL, 0, again);
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
    sweep->counts_descriptor = memfd_create("counts", MFD_CLOEXEC);
    sweep->out = memfd_create("out", MFD_CLOEXEC);
    sweep->err = memfd_create("err", MFD_CLOEXEC);
    if (sweep->counts_descriptor < 0 || sweep->out < 0 || sweep->err < 0 ||
        ftruncate(sweep->counts_descriptor, sizeof *sweep->counts) != 0)
        give_up("memfd_create");
    sweep->counts = mmap(NULL, sizeof *sweep->counts, PROT_READ | PROT_WRITE,
                         MAP_SHARED, sweep->counts_descriptor, 0);
    if (sweep->counts == MAP_FAILED)
        give_up("mmap");
}

int main(int argc, char **argv)
{
    static struct sweep sweep;
    for (int option; (option = getopt(argc, argv, "+n:o:i:rtv")) != -1;)
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
