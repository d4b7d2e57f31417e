/*
 * source.c - opens, polls and reads one file, and looks whether it is gzip's.
 */
#include "io/source.h"

#include "io/reader_gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_standard_input(const char *name)
{
    return strcmp(name, "-") == 0;
}

static bool check_descriptor(int descriptor, const char *name,
                             struct error *error)
{
    struct stat status;
    if (fstat(descriptor, &status) != 0)
        return error_system(error, name, errno);
    if (S_ISDIR(status.st_mode))
        return error_system(error, name, EISDIR);
    return true;
}

bool source_check(const char *name, struct error *error)
{
    if (is_standard_input(name))
        return check_descriptor(STDIN_FILENO, name, error);

    struct stat status;
    if (stat(name, &status) != 0)
        return error_system(error, name, errno);
    if (S_ISDIR(status.st_mode))
        return error_system(error, name, EISDIR);
    /* Opening and closing a FIFO would tell its writer that we left. */
    if (access(name, R_OK) != 0)
        return error_system(error, name, errno);
    return true;
}

bool source_open(struct source *source, const char *name, struct error *error)
{
    *source = (struct source){.name = name, .descriptor = STDIN_FILENO};
    if (is_standard_input(name))
        return true;
    source->descriptor = open(name, O_RDONLY | O_CLOEXEC);
    if (source->descriptor < 0)
        return error_system(error, name, errno);
    return check_descriptor(source->descriptor, name, error);
}

/* Regular files are always ready; so is whatever poll cannot watch. */
static bool is_ready(int descriptor, int timeout)
{
    struct pollfd watched = {.fd = descriptor, .events = POLLIN};
    int found;
    do {
        found = poll(&watched, 1, timeout);
    } while (found < 0 && errno == EINTR);
    return found != 0;
}

enum source_status source_read_raw(struct source *source, char *room,
                                   size_t room_bytes, bool wait,
                                   size_t *read_bytes, struct error *error)
{
    enum { FOREVER = -1 };
    if (!wait && !is_ready(source->descriptor, 0))
        return SOURCE_PAUSE;

    for (;;) {
        ssize_t got = read(source->descriptor, room, room_bytes);
        if (got > 0) {
            *read_bytes = (size_t)got;
            return SOURCE_BYTES;
        }
        if (got == 0)
            return SOURCE_END;
        if (errno == EINTR)
            continue;
        /* Standard input may have been made non-blocking by our parent. */
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            error_system(error, source->name, errno);
            return SOURCE_FAILED;
        }
        if (!wait)
            return SOURCE_PAUSE;
        is_ready(source->descriptor, FOREVER);
    }
}

/* The first bytes, up to the two that tell what they are.  gzip's 1F 8B begins
 * no text: 8B alone is no character of UTF-8. */
static enum source_status sniff(struct source *source, char *room,
                                size_t room_bytes, bool wait,
                                size_t *read_bytes, struct error *error)
{
    const char first = '\x1F';
    size_t limit =
        room_bytes < GUNZIP_INPUT_BYTES ? room_bytes : GUNZIP_INPUT_BYTES;
    for (;;) {
        size_t held = source->held, got = 0;
        if (held > 0)
            room[0] = first;
        enum source_status status = source_read_raw(
            source, room + held, limit - held, wait, &got, error);
        if (status != SOURCE_BYTES && status != SOURCE_END)
            return status;
        *read_bytes = held + got;
        if (status == SOURCE_END || *read_bytes > 1 || room[0] != first)
            break;
        source->held = 1;
    }
    source->sniffed = true;
    return *read_bytes > 0 ? SOURCE_BYTES : SOURCE_END;
}

enum source_status source_read(struct source *source, char *room,
                               size_t room_bytes, bool wait, size_t *read_bytes,
                               struct error *error)
{
    if (!source->sniffed) {
        enum source_status status =
            sniff(source, room, room_bytes, wait, read_bytes, error);
        if (status != SOURCE_BYTES || !gunzip_is_mark(room, *read_bytes))
            return status;
        source->gunzip = gunzip_open(error);
        if (source->gunzip == NULL)
            return SOURCE_FAILED;
        gunzip_give(source->gunzip, room, *read_bytes);
    }
    if (source->gunzip != NULL)
        return gunzip_read(source->gunzip, source, room, room_bytes, wait,
                           read_bytes, error);
    return source_read_raw(source, room, room_bytes, wait, read_bytes, error);
}

void source_close(struct source *source)
{
    gunzip_close(source->gunzip);
    source->gunzip = NULL;
    if (source->descriptor > STDIN_FILENO)
        close(source->descriptor);
    source->descriptor = -1;
}
