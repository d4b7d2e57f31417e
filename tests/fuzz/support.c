/*
 * support.c - files, pipes and directories that hold an input.
 */
#include "fuzz.h"

#include "base/files.h"
#include "base/memory.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

_Noreturn void fuzz_fail(const char *file, int line, const char *condition)
{
    fflush(stdout);
    fprintf(stderr, "%s:%d: required: %s\n", file, line, condition);
    abort();
}

bool fuzz_agrees(bool fine, const struct error *error)
{
    if (getenv("XENC_FUZZ_VERBOSE") != NULL)
        printf("#   %s\n", fine ? "accepted" : error->text);
    return fine == !error->set && (fine || error->text[0] != '\0');
}

const char *fuzz_source(const char *path)
{
    static char whole[PATH_MAX];
    const char *top = getenv("top_srcdir");
    snprintf(whole, sizeof whole, "%s/%s", top ? top : ".", path);
    return whole;
}

void fuzz_touch(const void *bytes, size_t length)
{
    static volatile unsigned char sum;
    const unsigned char *at = bytes;
    for (size_t i = 0; i < length; i++)
        sum = sum ^ at[i];
}

/*** Mapped files ***/

#ifdef FUZZ_WRAP
/*
 * A mapping ends at a page, long behind the file: what reads too far reads
 * zeros and no sanitizer minds.  So the linker puts these in the place of
 * file_map and file_release, and a file is a block of exactly its length.  It
 * begins as aligned as any part of it asks for.
 */
bool __wrap_file_map(struct file *file, const char *path, struct error *error);
void __wrap_file_release(struct file *file);
bool __real_file_map(struct file *file, const char *path, struct error *error);
void __real_file_release(struct file *file);

bool __wrap_file_map(struct file *file, const char *path, struct error *error)
{
    struct file mapping;
    if (!__real_file_map(&mapping, path, error))
        return false;
    *file = (struct file){"", mapping.length, mapping.length > 0};
    if (file->mapped) {
        enum { ALIGNMENT = 64 };
        void *bytes;
        fuzz_require(posix_memalign(&bytes, ALIGNMENT, mapping.length) == 0);
        memcpy(bytes, mapping.bytes, mapping.length);
        file->bytes = bytes;
    }
    __real_file_release(&mapping);
    return true;
}

void __wrap_file_release(struct file *file)
{
    if (file->mapped)
        free((void *)(uintptr_t)file->bytes);
    *file = (struct file){"", 0, false};
}
#endif

/*** Files and pipes ***/

static char directory[PATH_MAX]; /* of all files; "": not made yet */
static const char *const *directory_names;

/* DIRECTORY/NAME, until the next call. */
static char *path_of(const char *name)
{
    static char path[PATH_MAX + NAME_MAX + 2];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void name_file(char name[16], size_t slot)
{
    snprintf(name, 16, "input%zu", slot);
}

static void remove_directory(void)
{
    char name[16];
    fuzz_directory_clear();
    for (size_t i = 0; i < FUZZ_FILES; i++) {
        name_file(name, i);
        unlink(path_of(name));
    }
    rmdir(directory);
}

static void make_directory(void)
{
    const char *parent = getenv("TMPDIR");
    if (directory[0] != '\0')
        return;
    snprintf(directory, sizeof directory, "%s/xenc-fuzz-XXXXXX",
             parent ? parent : "/tmp");
    fuzz_require(mkdtemp(directory) != NULL);
    atexit(remove_directory);
}

static void put_file(const char *path, struct slice bytes)
{
    struct error error = {0};
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    fuzz_require(descriptor >= 0);
    fuzz_require(
        file_write(descriptor, bytes.bytes, bytes.length, path, &error));
    close(descriptor);
}

/* A name that is free, until the next call of the slot. */
static const char *new_path(size_t slot)
{
    static char paths[FUZZ_FILES][PATH_MAX + 16];
    char name[16];
    fuzz_require(slot < FUZZ_FILES);
    make_directory();
    name_file(name, slot);
    snprintf(paths[slot], sizeof *paths, "%s/%s", directory, name);
    unlink(paths[slot]);
    return paths[slot];
}

const char *fuzz_file(size_t slot, struct slice bytes)
{
    const char *path = new_path(slot);
    put_file(path, bytes);
    return path;
}

const char *fuzz_pipe_open(struct fuzz_pipe *ends, size_t slot)
{
    int descriptors[2];
    char device[32];
    const char *path = new_path(slot);
    fuzz_require(pipe(descriptors) == 0);
    *ends = (struct fuzz_pipe){descriptors[0], descriptors[1]};
    snprintf(device, sizeof device, "/dev/fd/%d", ends->reading);
    fuzz_require(symlink(device, path) == 0);
    return path;
}

void fuzz_pipe_feed(struct fuzz_pipe *ends, struct slice bytes)
{
    struct error error = {0};
    fuzz_require(
        file_write(ends->writing, bytes.bytes, bytes.length, "pipe", &error));
}

void fuzz_pipe_end(struct fuzz_pipe *ends)
{
    close(ends->writing);
    ends->writing = -1;
}

void fuzz_pipe_close(struct fuzz_pipe *ends)
{
    if (ends->writing >= 0)
        close(ends->writing);
    close(ends->reading);
}

/*** Several files in one input ***/

struct slice fuzz_line(struct slice *input)
{
    struct slice line = text_cut(input, '\n');
    return line.bytes != NULL ? line : (struct slice){"", 0};
}

/* The name of a line "-- NAME --", else {NULL, 0}. */
static struct slice marked_name(struct slice line)
{
    if (line.length < 7 || memcmp(line.bytes, "-- ", 3) != 0 ||
        memcmp(line.bytes + line.length - 3, " --", 3) != 0)
        return (struct slice){NULL, 0};
    return (struct slice){line.bytes + 3, line.length - 6};
}

bool fuzz_next_member(struct slice *input, struct slice *name,
                      struct slice *bytes)
{
    do {
        if (input->bytes == NULL)
            return false;
        *name = marked_name(text_cut(input, '\n'));
    } while (name->bytes == NULL);
    *bytes = input->bytes != NULL ? *input : (struct slice){"", 0};
    struct slice rest = *input;
    bytes->length = 0;
    while (rest.bytes != NULL) {
        struct slice line = text_cut(&rest, '\n');
        if (marked_name(line).bytes != NULL)
            break;
        bytes->length = (size_t)(line.bytes + line.length - bytes->bytes) +
                        (rest.bytes != NULL);
        *input = rest;
    }
    return true;
}

struct slice fuzz_member(struct slice input, const char *name)
{
    struct slice found, bytes;
    while (fuzz_next_member(&input, &found, &bytes))
        if (slice_is(found, name))
            return bytes;
    return (struct slice){NULL, 0};
}

/*** Directories ***/

const char *fuzz_directory(struct slice input, const char *const *names)
{
    make_directory();
    fuzz_directory_clear();
    directory_names = names;
    for (; *names != NULL; names++) {
        struct error error = {0};
        struct slice bytes = fuzz_member(input, *names);
        if (bytes.bytes == NULL)
            continue;
        const char *path = path_of(*names);
        fuzz_require(file_make_folders_above(path, &error));
        put_file(path, bytes);
    }
    return directory;
}

void fuzz_directory_clear(void)
{
    const char *const *names = directory_names;
    for (; names != NULL && *names != NULL; names++) {
        char *path = path_of(*names);
        unlink(path);
        *strrchr(path, '/') = '\0';
        if (strcmp(path, directory) != 0)
            rmdir(path); /* once it is empty */
    }
    directory_names = NULL;
}
