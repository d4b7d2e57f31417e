/*
 * run.c - one run of the program, and what it left.
 */
#include "sweep.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATIENCE_SECONDS = 60,
    DESCRIPTORS_LEFT = 100 /* where the shim finds its memory */
};

void give_up(const char *what)
{
    perror(what);
    exit(99);
}

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
    if (file == NULL || fputs(OLD_BYTES, file) < 0 || fclose(file) != 0 ||
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

static int is_entry(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* Adds the paths below a folder, which ends in a slash or is "". */
static void list_below(const char *folder, struct text *names)
{
    struct dirent **list;
    int count = scandir(*folder ? folder : ".", &list, is_entry, alphasort);
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s%s%s", folder, list[i]->d_name,
                 list[i]->d_type == DT_DIR ? "/" : "");
        names->length +=
            (size_t)snprintf(names->bytes + names->length,
                             sizeof names->bytes - names->length, "%s ", path);
        if (list[i]->d_type == DT_DIR)
            list_below(path, names);
        free(list[i]);
    }
    if (count >= 0)
        free(list);
}

static void list_folder(struct text *names)
{
    names->length = 0;
    names->bytes[0] = '\0';
    list_below("", names);
}

/* Whether a name is in the list, between blanks. */
bool is_listed(const struct text *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names->bytes; (at = strstr(at, name)) != NULL; at++)
        if ((at == names->bytes || at[-1] == ' ') && at[length] == ' ')
            return true;
    return false;
}

bool has_others(const struct text *names, const struct text *wanted)
{
    char copy[OUTPUT_BYTES], *rest = copy;
    memcpy(copy, names->bytes, names->length + 1);
    for (char *name; (name = strsep(&rest, " ")) != NULL;)
        if (*name != '\0' && !is_listed(wanted, name))
            return true;
    return false;
}

/* What a run left behind must not count for the next one. */
void remove_others(const struct text *names, const struct text *wanted)
{
    char copy[OUTPUT_BYTES], *rest = copy;
    memcpy(copy, names->bytes, names->length + 1);
    for (char *name; (name = strsep(&rest, " ")) != NULL;)
        if (*name != '\0' && !is_listed(wanted, name))
            remove(name);
}

static void run_child(const struct sweep *sweep, const struct fault *fault,
                      unsigned at)
{
    char text[80];
    snprintf(text, sizeof text, "%d %d %u %d %d", (int)fault->kind,
             (int)fault->mode, at, fault->reason, DESCRIPTORS_LEFT);
    int input = open(sweep->input ? sweep->input : "/dev/null", O_RDONLY);
    if (input < 0 || dup2(input, 0) < 0 || dup2(sweep->out, 1) < 0 ||
        dup2(sweep->err, 2) < 0 ||
        dup2(sweep->memory_descriptor, DESCRIPTORS_LEFT) < 0)
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

void run(struct sweep *sweep, const struct fault *fault, unsigned at,
         struct outcome *outcome)
{
    memset(&sweep->memory->counts, 0, sizeof sweep->memory->counts);
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
        outcome->calls[i] = atomic_load(&sweep->memory->counts.calls[i]);
    outcome->struck = atomic_load(&sweep->memory->counts.struck) != 0;
}

void prepare(const struct sweep *sweep)
{
    if (sweep->script != NULL && system(sweep->script) != 0)
        give_up(sweep->script);
}
