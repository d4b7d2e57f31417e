#include "base/files.h"

#include "base/interrupt.h"
#include "base/mapping.h"
#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool map_descriptor(struct file *file, int descriptor, const char *path,
                           struct error *error)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return error_system(error, path, errno);
    if (!S_ISREG(status.st_mode))
        return error_set(error, "%s: not a regular file", path);
    if (status.st_size == 0)
        return true;

    size_t length = (size_t)status.st_size;
    void *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED)
        return error_system(error, path, errno);
    *file = (struct file){bytes, length, true};
    if (mapping_add(bytes, length, path, error))
        return true;
    file_release(file);
    return false;
}

bool file_map(struct file *file, const char *path, struct error *error)
{
    *file = (struct file){"", 0, false};
    /* A pipe is refused below: its opening must not wait for a writer. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0)
        return error_system(error, path, errno);
    bool mapped = map_descriptor(file, descriptor, path, error);
    close(descriptor);
    return mapped;
}

bool file_read_descriptor(struct buffer *bytes, int descriptor,
                          const char *name, size_t most, struct error *error)
{
    enum { STEP_BYTES = 64 << 10 };
    for (size_t before = bytes->length;;) {
        if (bytes->length - before > most)
            return error_set(error,
                             "%s: more than %zu bytes: it is held in "
                             "memory",
                             name, most);
        if (!buffer_reserve(bytes, STEP_BYTES, error))
            return false;
        ssize_t got =
            read(descriptor, bytes->bytes + bytes->length, STEP_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system(error, name, errno);
        if (got == 0)
            return true;
        bytes->length += (size_t)got;
    }
}

bool file_read(struct buffer *bytes, const char *path, size_t most,
               struct error *error)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return error_system(error, path, errno);
    bool fine = file_read_descriptor(bytes, descriptor, path, most, error);
    close(descriptor);
    return fine;
}

void file_release(struct file *file)
{
    if (file->mapped) {
        mapping_remove(file->bytes);
        munmap((void *)(uintptr_t)file->bytes, file->length);
    }
    *file = (struct file){"", 0, false};
}

/* The kind of what is at the path; 0: nothing, or it cannot be found out. */
static mode_t kind_of(const char *path, struct error *error)
{
    /* A folder that may not be searched has nothing for us. */
    static const int absent[] = {ENOENT, ENOTDIR, EACCES, ENAMETOOLONG, ELOOP};
    struct stat status;
    if (stat(path, &status) == 0)
        return status.st_mode & S_IFMT;
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (errno == absent[i])
            return 0;
    error_system(error, path, errno);
    return 0;
}

bool file_exists(const char *path, struct error *error)
{
    return kind_of(path, error) == S_IFREG;
}

bool file_is_folder(const char *path, struct error *error)
{
    return kind_of(path, error) == S_IFDIR;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool add_name(struct file_names *names, const char *name,
                     struct error *error)
{
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return true;
    if (!memory_grow((void **)&names->list, &names->capacity, names->count + 1,
                     sizeof *names->list, error))
        return false;
    char *copy = memory_copy(name, strlen(name), error);
    if (copy != NULL)
        names->list[names->count++] = copy;
    return copy != NULL;
}

/* readdir alone tells by errno whether it failed or has come to the end. */
static bool read_names(struct file_names *names, DIR *folder, const char *path,
                       struct error *error)
{
    struct dirent *entry;
    bool fine = true;
    while (errno = 0, fine && (entry = readdir(folder)) != NULL)
        fine = add_name(names, entry->d_name, error);
    return fine && (errno == 0 || error_system(error, path, errno));
}

bool file_names_read(struct file_names *names, const char *folder,
                     struct error *error)
{
    *names = (struct file_names){0};
    DIR *open = opendir(folder);
    if (open == NULL)
        return errno == ENOENT || errno == ENOTDIR ||
               error_system(error, folder, errno);
    bool fine = read_names(names, open, folder, error);
    closedir(open);
    if (names->count > 1)
        qsort(names->list, names->count, sizeof *names->list, by_name);
    return fine;
}

void file_names_free(struct file_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        memory_free(names->list[i]);
    memory_free(names->list);
    *names = (struct file_names){0};
}

char *file_join(const char *directory, const char *name, struct error *error)
{
    size_t length = strlen(directory) + strlen(name) + 2;
    char *path = memory_new(length, 1, error);
    if (path != NULL)
        snprintf(path, length, "%s/%s", directory, name);
    return path;
}

/* The first `length` bytes of the path as a folder. */
static bool make_one(char *path, size_t length, struct error *error)
{
    struct stat status;
    char end = path[length];
    path[length] = '\0';
    int reason = mkdir(path, 0777) == 0 ? 0 : errno;
    /* Where something is, mkdir may say EEXIST, or that it may not write. */
    if (reason != 0 && stat(path, &status) == 0)
        reason = S_ISDIR(status.st_mode) ? 0 : ENOTDIR;
    if (reason != 0)
        error_system(error, path, reason);
    path[length] = end;
    return reason == 0;
}

/* All folders whose name a slash ends. */
static bool make_each(char *path, struct error *error)
{
    for (size_t i = 1; path[0] != '\0' && path[i] != '\0'; i++)
        if (path[i] == '/' && !make_one(path, i, error))
            return false;
    return true;
}

/* What is there, on a disk that cannot be written to for one, is not made
 * again. */
bool file_make_folders_above(const char *path, struct error *error)
{
    struct stat status;
    char *copy = memory_copy(path, strlen(path), error);
    if (copy == NULL)
        return false;
    char *slash = strrchr(copy, '/');
    size_t above = slash != NULL ? (size_t)(slash - copy) : 0;
    copy[above] = '\0';
    bool fine = stat(copy, &status) == 0 && S_ISDIR(status.st_mode);
    copy[above] = path[above];
    fine = fine || make_each(copy, error);
    memory_free(copy);
    return fine;
}

bool file_make_folder(const char *path, struct error *error)
{
    char *below = file_join(path, "", error);
    bool fine = below != NULL && file_make_folders_above(below, error);
    memory_free(below);
    return fine;
}

char *file_resolve(const char *path, struct error *error)
{
    char *real = realpath(path, NULL);
    if (real == NULL && errno != ENOENT) {
        error_system(error, path, errno);
        return NULL;
    }
    const char *source = real ? real : path;
    char *copy = memory_copy(source, strlen(source), error);
    free(real);
    return copy;
}

mode_t file_wanted_mode(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return status.st_mode & 0777;
    if (errno != ENOENT)
        return 0600; /* what cannot be known may be a secret */
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* No signal may come between the file and the note that it is to go. */
static bool open_temporary(struct new_file *file)
{
    sigset_t all, old;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &old);
    file->descriptor = mkstemp(file->temporary);
    int reason = errno;
    if (file->descriptor >= 0)
        interrupt_unlink(file->temporary);
    sigprocmask(SIG_SETMASK, &old, NULL);
    errno = reason;
    return file->descriptor >= 0;
}

bool file_create(struct new_file *file, const char *path, struct error *error)
{
    static const char suffix[] = ".XXXXXX";
    *file = (struct new_file){.descriptor = -1};
    file->path = file_resolve(path, error);
    if (file->path == NULL)
        return false;
    size_t length = strlen(file->path);
    file->temporary = memory_new(length + sizeof suffix, 1, error);
    if (file->temporary == NULL) {
        file_abandon(file);
        return false;
    }
    memcpy(file->temporary, file->path, length);
    memcpy(file->temporary + length, suffix, sizeof suffix);
    if (!open_temporary(file)) {
        error_system(error, path, errno);
        memory_free(file->temporary);
        file->temporary = NULL;
        file_abandon(file);
        return false;
    }
    fchmod(file->descriptor, file_wanted_mode(file->path)); /* mkstemp: 0600 */
    return true;
}

bool file_commit(struct new_file *file, struct error *error)
{
    bool synced = fsync(file->descriptor) == 0 || errno == EINVAL;
    int reason = errno;
    bool closed = close(file->descriptor) == 0;
    if (synced && !closed)
        reason = errno;
    file->descriptor = -1;
    if (!synced || !closed || rename(file->temporary, file->path) != 0) {
        error_system(error, file->path, synced && closed ? errno : reason);
        file_abandon(file);
        return false;
    }
    interrupt_unlink(NULL);
    memory_free(file->temporary);
    file->temporary = NULL;
    file_abandon(file);
    return true;
}

void file_abandon(struct new_file *file)
{
    if (file->descriptor >= 0)
        close(file->descriptor);
    if (file->temporary != NULL) {
        unlink(file->temporary);
        interrupt_unlink(NULL);
    }
    memory_free(file->temporary);
    memory_free(file->path);
    *file = (struct new_file){.descriptor = -1};
}

bool file_write(int descriptor, const void *bytes, size_t length,
                const char *name, struct error *error)
{
    const char *at = bytes;
    while (length > 0) {
        ssize_t written = write(descriptor, at, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_system(error, name, errno);
        at += written;
        length -= (size_t)written;
    }
    return true;
}
