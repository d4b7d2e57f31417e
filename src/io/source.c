/*
 * source.c - opens, polls and reads one file, and looks whether it is
 * compressed.
 */
#include "io/source.h"

#include "base/interrupt.h"
#include "io/compressed.h"

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

uint64_t source_total(const char *const *names, size_t count)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        struct stat status;
        int failed = is_standard_input(names[i]) ? fstat(STDIN_FILENO, &status)
                                                 : stat(names[i], &status);
        if (failed != 0 || !S_ISREG(status.st_mode))
            return 0;
        total += (uint64_t)status.st_size;
    }
    return total;
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

/* Regular files are always ready; so is whatever poll cannot watch.  A signal
 * that is held ends the waiting. */
static bool is_ready(int descriptor, int timeout)
{
    struct pollfd watched[] = {
        {.fd = descriptor, .events = POLLIN},
        {.fd = interrupt_descriptor(), .events = POLLIN}};
    int found;
    do {
        found = poll(watched, 2, timeout);
    } while (found < 0 && errno == EINTR && !interrupt_seen());
    return found < 0 || watched[0].revents != 0;
}

enum source_status source_read_raw(struct source *source, char *room,
                                   size_t room_bytes, bool wait,
                                   size_t *read_bytes, struct error *error)
{
    enum { FOREVER = -1 };
    bool ready = is_ready(source->descriptor, wait ? FOREVER : 0);
    if (!ready && !wait)
        return SOURCE_PAUSE;

    for (;;) {
        if (interrupt_seen()) {
            error_set(error, "%s: interrupted", source->name);
            return SOURCE_FAILED;
        }
        ssize_t got = read(source->descriptor, room, room_bytes);
        if (got > 0) {
            *read_bytes = (size_t)got;
            source->taken += (size_t)got;
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

/* The first bytes, as many as tell what they are. */
static enum source_status sniff(struct source *source, char *room,
                                size_t room_bytes, bool wait,
                                size_t *read_bytes, const struct codec **codec,
                                struct error *error)
{
    _Static_assert(sizeof source->first >= CODEC_MARK_BYTES, "marks fit");
    size_t limit = room_bytes < COMPRESSED_INPUT_BYTES ? room_bytes
                                                       : COMPRESSED_INPUT_BYTES;
    for (bool more = true; more;) {
        size_t held = source->held, got = 0;
        memcpy(room, source->first, held);
        enum source_status status = source_read_raw(
            source, room + held, limit - held, wait, &got, error);
        if (status != SOURCE_BYTES && status != SOURCE_END)
            return status;
        *read_bytes = held + got;
        *codec = codec_find((struct slice){room, *read_bytes}, &more);
        more = more && status != SOURCE_END;
        source->held = more ? *read_bytes : 0;
        memcpy(source->first, room, source->held);
    }
    source->sniffed = true;
    return *read_bytes > 0 ? SOURCE_BYTES : SOURCE_END;
}

enum source_status source_read(struct source *source, char *room,
                               size_t room_bytes, bool wait, size_t *read_bytes,
                               struct error *error)
{
    if (!source->sniffed) {
        const struct codec *codec = NULL;
        enum source_status status =
            sniff(source, room, room_bytes, wait, read_bytes, &codec, error);
        if (status != SOURCE_BYTES || codec == NULL)
            return status;
        source->compressed =
            compressed_open(codec, (struct slice){room, *read_bytes}, error);
        if (source->compressed == NULL)
            return SOURCE_FAILED;
    }
    if (source->compressed != NULL)
        return compressed_read(source->compressed, source, room, room_bytes,
                               wait, read_bytes, error);
    return source_read_raw(source, room, room_bytes, wait, read_bytes, error);
}

void source_close(struct source *source)
{
    compressed_close(source->compressed);
    source->compressed = NULL;
    if (source->descriptor > STDIN_FILENO)
        close(source->descriptor);
    source->descriptor = -1;
}
