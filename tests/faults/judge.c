/*
 * judge.c - what a run may do while calls fail; sweep.c says it in words.
 */
#include "sweep.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

enum { TROUBLE = 2 };

bool same(const struct text *a, const struct text *b)
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
    return file->length == strlen(OLD_BYTES) &&
           memcmp(file->bytes, OLD_BYTES, file->length) == 0;
}

/* Sentences: "xenc: " and words, no reason that is none. */
static const char *judge_message(const struct sweep *sweep, struct text *err)
{
    static const char *const empty[] = {": \n", ":\n", "(null)", "Success"};
    err->bytes[err->length] = '\0';
    if (err->length == 0)
        return "fails without a word";
    for (char *line = err->bytes; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strchr(line, '\n') == NULL ||
            (strncmp(line, "xenc: ", 6) != 0 && !sweep->loads))
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
    const char *wrong = judge_message(sweep, &outcome->err);
    if (wrong == NULL && fault->kind == FAULT_MEMORY && !sweep->loads &&
        strstr(outcome->err.bytes, "memory") == NULL)
        wrong = "does not say that memory ended";
    return wrong;
}

/* glibc ends a program at once when the thread-local variables of a library
 * that it loaded find no memory, in exit(3) too; its word is not ours. */
static bool is_ended_by_libc(struct outcome *outcome)
{
    static const char word[] =
        "cannot allocate memory for thread-local data: ABORT\n";
    size_t length = strlen(word);
    struct text *err = &outcome->err;
    if (WEXITSTATUS(outcome->status) != 127 || err->length < length ||
        memcmp(err->bytes + err->length - length, word, length) != 0)
        return false;
    err->length -= length;
    return true;
}

/* Another signal may be ignored by nobody; libcurl ignores SIGPIPE while it
 * calls back. */
static bool is_unharmed(const struct outcome *outcome,
                        const struct outcome *reference)
{
    return outcome->status == reference->status &&
           same(&outcome->out, &reference->out) &&
           same(&outcome->file, &reference->file);
}

static const char *judge_signal(const struct sweep *sweep,
                                const struct fault *fault,
                                const struct outcome *outcome)
{
    if (fault->reason == SIGPIPE && is_unharmed(outcome, &sweep->reference))
        return NULL;
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
const char *judge(const struct sweep *sweep, const struct fault *fault,
                  struct outcome *outcome)
{
    const struct outcome *reference = &sweep->reference;
    if (!sweep->resumes && !same(&outcome->names, &reference->names))
        return "leaves other files";
    if ((outcome->mode & ~reference->mode) != 0)
        return "opens the file to others";
    if (fault->mode == FAULT_SIGNAL)
        return judge_signal(sweep, fault, outcome);
    if (sweep->breaks && fault->kind == FAULT_MEMORY &&
        WIFSIGNALED(outcome->status) && WTERMSIG(outcome->status) == SIGSEGV)
        return NULL;
    if (WIFSIGNALED(outcome->status))
        return WTERMSIG(outcome->status) == SIGALRM ? "hangs" : "crashes";
    if (is_unharmed(outcome, reference))
        return same(&outcome->err, &reference->err) || !fault->is_harmless
                   ? NULL
                   : "says what it should not";
    if (sweep->tells && WEXITSTATUS(outcome->status) == 0 &&
        tells_reason(outcome, fault))
        return NULL;
    if (fault->is_harmless)
        return "is harmed";
    if (fault->kind == FAULT_MEMORY && is_ended_by_libc(outcome))
        return outcome->err.length > 0 ? judge_failed(sweep, fault, outcome)
                                       : NULL;
    /* libgfortran, which OpenBLAS brings, has a status of its own. */
    if (fault->kind == FAULT_MEMORY && sweep->loads && outcome->err.length > 0)
        return judge_failed(sweep, fault, outcome);
    if (WEXITSTATUS(outcome->status) != TROUBLE)
        return "has a wrong status";
    return judge_failed(sweep, fault, outcome);
}
