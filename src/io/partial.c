/*
 * partial.c - FILE.part and FILE.resume.
 *
 * FILE.resume is a line that names the format, two lines of equal length for
 * marks, and the identity.  A mark overwrites the older one and ends with its
 * checksum: one that was torn by a crash leaves the other.
 */
#include "io/partial.h"

#include "base/checksum.h"
#include "base/clock.h"
#include "base/files.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char magic[] = "xenc resume 1\n";

#define MARK_NUMBERS                                                           \
    "mark %020" PRIu64 " %020" PRIu64 " %020" PRIu64 " %020" PRIu64            \
    " %016" PRIx64
enum {
    MAGIC_BYTES = sizeof magic - 1,
    MARKS = 2,
    MARK_BYTES = 4 + 4 * 21 + 17 + 17 + 1,
    HEAD_BYTES = MAGIC_BYTES + MARKS * MARK_BYTES
};

struct partial {
    char *path, *part, *resume;
    int data, log; /* FILE.part and FILE.resume */

    struct buffer old;  /* FILE.resume as it was */
    bool had_part;      /* FILE.part was there, */
    uint64_t old_bytes; /* of this length */
    bool is_locked, has_begun;

    struct partial_mark mark; /* the last one */
    unsigned marks;           /* the next one's place */
    double marked, cost;      /* when, and how long that took: seconds */
};

/*** Marks as text ***/

static void print_mark(const struct partial_mark *mark,
                       char line[MARK_BYTES + 1])
{
    int length = snprintf(line, MARK_BYTES + 1, MARK_NUMBERS, mark->records,
                          mark->bytes, mark->printed, mark->bad, mark->digest);
    snprintf(line + length, (size_t)(MARK_BYTES + 1 - length),
             " %016" PRIx64 "\n", checksum_xxh64(line, (size_t)length));
}

/* What is not exactly as it is printed is no mark. */
static bool read_mark(const char *bytes, struct partial_mark *mark)
{
    char line[MARK_BYTES + 1], again[MARK_BYTES + 1];
    memcpy(line, bytes, MARK_BYTES);
    line[MARK_BYTES] = '\0';
    int read = sscanf(line,
                      "mark %20" SCNu64 " %20" SCNu64 " %20" SCNu64
                      " %20" SCNu64 " %16" SCNx64,
                      &mark->records, &mark->bytes, &mark->printed, &mark->bad,
                      &mark->digest);
    if (read != 5)
        return false;
    print_mark(mark, again);
    return memcmp(line, again, MARK_BYTES) == 0;
}

static bool find_last_mark(struct partial *partial)
{
    struct partial_mark *last = &partial->mark;
    bool found = false;
    for (size_t i = 0; i < MARKS; i++) {
        struct partial_mark mark;
        const char *at = partial->old.bytes + MAGIC_BYTES + i * MARK_BYTES;
        if (!read_mark(at, &mark) || (found && mark.records < last->records))
            continue;
        *last = mark;
        partial->marks = (unsigned)i + 1;
        found = true;
    }
    return found;
}

/*** Opening ***/

static char *with_suffix(const char *path, const char *suffix,
                         struct error *error)
{
    size_t bytes = strlen(path) + strlen(suffix) + 1;
    char *whole = memory_new(bytes, 1, error);
    if (whole != NULL)
        snprintf(whole, bytes, "%s%s", path, suffix);
    return whole;
}

static bool name_files(struct partial *partial, const char *path,
                       struct error *error)
{
    struct stat status;
    bool is_there = stat(path, &status) == 0;
    if (!is_there && errno != ENOENT)
        return error_system(error, path, errno);
    if (is_there && !S_ISREG(status.st_mode))
        return error_set(error,
                         "%s: not a regular file: --resume expects one, which "
                         "can be cut and renamed",
                         path);
    partial->path = file_resolve(path, error);
    if (partial->path == NULL)
        return false;
    partial->part = with_suffix(partial->path, ".part", error);
    partial->resume = with_suffix(partial->path, ".resume", error);
    return partial->part != NULL && partial->resume != NULL;
}

/* Names that others can foresee, in /tmp for one: links are not followed. */
static int open_file(const char *path, mode_t mode, struct error *error)
{
    int descriptor =
        open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0)
        error_system(error, path, errno);
    else if (!S_ISREG(status.st_mode))
        error_set(error, "%s: not a regular file", path);
    return descriptor;
}

/* Locks of fcntl(2) end with the process, however that ends. */
static bool lock(struct partial *partial, struct error *error)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat status;
    if (fcntl(partial->log, F_SETLK, &whole) != 0)
        return errno == EACCES || errno == EAGAIN
                   ? error_set(error, "%s: another run is writing it",
                               partial->part)
                   : error_system(error, partial->resume, errno);
    /* It may have come to its end between our opening and locking. */
    if (fstat(partial->log, &status) != 0 || status.st_nlink == 0)
        return error_set(error, "%s: another run has just finished it",
                         partial->path);
    partial->is_locked = true;
    return true;
}

/* Files of others that happen to have these names are left alone. */
static bool check_owner(const struct partial *partial, struct error *error)
{
    struct slice old = buffer_slice(&partial->old);
    size_t length = old.length < MAGIC_BYTES ? old.length : MAGIC_BYTES;
    if (length > 0 && memcmp(old.bytes, magic, length) != 0)
        return error_set(error,
                         "%s: not a file of --resume: move it away, for that "
                         "name is needed",
                         partial->resume);
    if (old.length < HEAD_BYTES && partial->old_bytes > 0)
        return error_set(error,
                         "%s: there are records, but %s does not say whose: "
                         "move them away",
                         partial->part, partial->resume);
    return true;
}

static bool open_files(struct partial *partial, const char *path,
                       struct error *error)
{
    struct stat status;
    if (!name_files(partial, path, error))
        return false;
    mode_t mode = file_wanted_mode(partial->path);
    partial->log = open_file(partial->resume, mode, error);
    if (error->set || !lock(partial, error) ||
        !file_read_descriptor(&partial->old, partial->log, partial->resume,
                              FILE_READ_MOST, error))
        return false;
    partial->had_part = file_exists(partial->part, error);
    partial->data = open_file(partial->part, mode, error);
    if (error->set)
        return false;
    if (fstat(partial->data, &status) != 0)
        return error_system(error, partial->part, errno);
    partial->old_bytes = (uint64_t)status.st_size;
    return check_owner(partial, error);
}

struct partial *partial_open(const char *path, struct error *error)
{
    struct partial *partial = memory_new(1, sizeof *partial, error);
    if (partial == NULL)
        return NULL;
    partial->data = partial->log = -1;
    if (open_files(partial, path, error))
        return partial;
    partial_close(partial);
    return NULL;
}

/* What no run has put anything into, and this one has made. */
static void remove_unused(const struct partial *partial)
{
    bool is_open = partial->data >= 0;
    bool is_empty = partial->has_begun && partial->mark.records == 0;
    if (!partial->is_locked)
        return;
    if (is_empty || (!partial->has_begun && is_open && !partial->had_part))
        unlink(partial->part);
    if (is_empty || (!partial->has_begun && partial->old.length == 0))
        unlink(partial->resume);
}

void partial_close(struct partial *partial)
{
    if (partial == NULL)
        return;
    remove_unused(partial);
    if (partial->data >= 0)
        close(partial->data);
    if (partial->log >= 0)
        close(partial->log);
    buffer_free(&partial->old);
    memory_free(partial->path);
    memory_free(partial->part);
    memory_free(partial->resume);
    memory_free(partial);
}

/*** Going on, or beginning ***/

/* The first line in which the identity is another, for the message. */
static bool same_identity(const struct partial *partial, struct slice identity,
                          struct error *error)
{
    char was[TEXT_QUOTE_BYTES], is[TEXT_QUOTE_BYTES];
    struct slice old = buffer_slice(&partial->old);
    old.bytes += HEAD_BYTES;
    old.length -= HEAD_BYTES;
    while (old.length > 0 || identity.length > 0) {
        struct slice before = text_cut(&old, '\n');
        struct slice line = text_cut(&identity, '\n');
        if (!slice_equal(before, line))
            return error_set(error,
                             "%s: the run that began it had '%s', this one has "
                             "'%s': remove it to begin anew",
                             partial->part, text_quote(before, was),
                             text_quote(line, is));
    }
    return true;
}

static bool begin_anew(struct partial *partial, struct slice identity,
                       struct error *error)
{
    char head[HEAD_BYTES + 1];
    memcpy(head, magic, MAGIC_BYTES);
    for (size_t i = 0; i < MARKS; i++)
        print_mark(&partial->mark, head + MAGIC_BYTES + i * MARK_BYTES);
    if (ftruncate(partial->data, 0) != 0)
        return error_system(error, partial->part, errno);
    if (ftruncate(partial->log, 0) != 0 ||
        lseek(partial->log, 0, SEEK_SET) != 0)
        return error_system(error, partial->resume, errno);
    return file_write(partial->log, head, HEAD_BYTES, partial->resume, error) &&
           file_write(partial->log, identity.bytes, identity.length,
                      partial->resume, error);
}

static bool go_on(struct partial *partial, struct slice identity,
                  struct error *error)
{
    uint64_t bytes = partial->mark.bytes;
    if (!same_identity(partial, identity, error))
        return false;
    if (bytes > partial->old_bytes)
        return error_set(error,
                         "%s: %" PRIu64 " bytes, where %s counts %" PRIu64
                         ": remove it to begin anew",
                         partial->part, partial->old_bytes, partial->resume,
                         bytes);
    if (ftruncate(partial->data, (off_t)bytes) != 0 ||
        lseek(partial->data, (off_t)bytes, SEEK_SET) < 0)
        return error_system(error, partial->part, errno);
    return true;
}

bool partial_begin(struct partial *partial, struct slice identity,
                   struct partial_mark *mark, struct error *error)
{
    bool has_old = partial->had_part && partial->old.length >= HEAD_BYTES;
    if (has_old && !find_last_mark(partial) && partial->old_bytes > 0)
        return error_set(error, "%s: damaged: remove it and %s to begin anew",
                         partial->resume, partial->part);
    if (!(partial->mark.records > 0 ? go_on(partial, identity, error)
                                    : begin_anew(partial, identity, error)))
        return false;
    partial->has_begun = true;
    partial->marked = clock_seconds();
    *mark = partial->mark;
    return true;
}

int partial_descriptor(const struct partial *partial)
{
    return partial->data;
}

const char *partial_path(const struct partial *partial)
{
    return partial->part;
}

/*** Marks ***/

bool partial_is_due(const struct partial *partial)
{
    static const double least = 0.05, share = 0.01;
    double passed = clock_seconds() - partial->marked;
    return passed >= least && passed * share >= partial->cost;
}

/* A file system that cannot sync says EINVAL: then it is as good as it gets. */
static bool sync_data(int descriptor, const char *path, struct error *error)
{
    return fdatasync(descriptor) == 0 || errno == EINVAL ||
           error_system(error, path, errno);
}

bool partial_set_mark(struct partial *partial, const struct partial_mark *mark,
                      struct error *error)
{
    char line[MARK_BYTES + 1];
    double started = clock_seconds();
    off_t end = lseek(partial->data, 0, SEEK_CUR);
    off_t place = MAGIC_BYTES + (partial->marks % MARKS) * MARK_BYTES;
    if (end < 0)
        return error_system(error, partial->part, errno);
    struct partial_mark next = *mark;
    next.bytes = (uint64_t)end;
    print_mark(&next, line);
    if (!sync_data(partial->data, partial->part, error))
        return false;
    if (lseek(partial->log, place, SEEK_SET) < 0)
        return error_system(error, partial->resume, errno);
    if (!file_write(partial->log, line, MARK_BYTES, partial->resume, error) ||
        !sync_data(partial->log, partial->resume, error))
        return false;
    partial->mark = next;
    partial->marks++;
    partial->marked = clock_seconds();
    partial->cost = partial->marked - started;
    return true;
}

bool partial_commit(struct partial *partial, struct error *error)
{
    bool synced = fsync(partial->data) == 0 || errno == EINVAL;
    if (!synced)
        return error_system(error, partial->part, errno);
    bool closed = close(partial->data) == 0;
    partial->data = -1;
    if (!closed)
        return error_system(error, partial->part, errno);
    if (rename(partial->part, partial->path) != 0)
        return error_system(error, partial->path, errno);
    partial->is_locked = false; /* both names are free again */
    return unlink(partial->resume) == 0 ||
           error_system(error, partial->resume, errno);
}
