/*
 * source.c - opens, polls and reads one file.
 */
#include "io/source.h"

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
    *source = (struct source){name, STDIN_FILENO};
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

enum source_status source_read(struct source *source, char *room,
                               size_t room_bytes, bool wait, size_t *read_bytes,
                               struct error *error)
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

void source_close(struct source *source)
{
    if (source->descriptor > STDIN_FILENO)
        close(source->descriptor);
    source->descriptor = -1;
}
