/*
 * writer.c - the output: buffered, counted, checked, put in place at the end.
 *
 * Whole records only are in the buffer, and the place where each ends is kept:
 * so a disk that fills up in the middle of a write still gives the exact number
 * of records that are out.
 */
#include "io/writer.h"

#include "base/files.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "io/writer_format.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FLUSH_BYTES = 256 << 10 };

struct writer {
    struct writer_options options;
    const struct writer_format *format;

    const char *name; /* for messages */
    int descriptor;
    bool opened;             /* by us: a FIFO or a device */
    bool replaces;           /* a file to be put in place */
    struct new_file file;    /* where it does */
    struct partial *partial; /* of one that resumes; else NULL */

    bool failed;
    struct buffer out;
    size_t *ends; /* of the records in out */
    size_t end_count, end_capacity;
    uint64_t written;
};

static bool is_standard_output(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

/* A device or FIFO keeps its place: renaming a file over /dev/null would be a
 * disaster. */
static bool open_path(struct writer *writer, const char *path,
                      struct error *error)
{
    struct stat status;
    writer->name = path;
    if (writer->options.resumes) {
        writer->partial = partial_open(path, error);
        if (writer->partial == NULL)
            return false;
        writer->name = partial_path(writer->partial);
        writer->descriptor = partial_descriptor(writer->partial);
        return true;
    }
    bool is_there = stat(path, &status) == 0;
    if (!is_there && errno != ENOENT)
        return error_system(error, path, errno);
    bool special = is_there && !S_ISREG(status.st_mode);
    if (!special) {
        writer->replaces = file_create(&writer->file, path, error);
        writer->descriptor = writer->file.descriptor;
        return writer->replaces;
    }
    writer->descriptor = open(path, O_WRONLY | O_CLOEXEC);
    writer->opened = writer->descriptor >= 0;
    return writer->opened || error_system(error, path, errno);
}

struct writer *writer_open(const struct writer_options *options,
                           struct error *error)
{
    static const struct writer_format *const formats[] = {
        [FORMAT_LINES] = &writer_lines, [FORMAT_CSV] = &writer_csv,
        [FORMAT_JSONL] = &writer_jsonl, [FORMAT_GREP] = &writer_lines,
        [FORMAT_FILES] = &writer_lines,
    };
    struct writer *writer = memory_new(1, sizeof *writer, error);
    if (writer == NULL)
        return NULL;
    writer->options = *options;
    writer->format = formats[options->format];
    writer->name = "standard output";
    writer->descriptor = STDOUT_FILENO;
    if (!is_standard_output(options->path) &&
        !open_path(writer, options->path, error)) {
        memory_free(writer);
        return NULL;
    }
    if (isatty(writer->descriptor))
        writer->options.line_buffered = true;
    return writer;
}

/* The system's reason, and what that means for the output. */
static bool fail(struct writer *writer, int reason, struct error *error)
{
    writer->failed = true;
    if (writer->replaces)
        return error_set(error, "%s: %s: nothing there was changed",
                         writer->name, strerror(reason));
    return error_set(error, "%s: %s: %" PRIu64 " record%s written",
                     writer->name, strerror(reason), writer->written,
                     writer->written == 1 ? " was" : "s were");
}

/* Counts the records in the first bytes of the buffer, which are out, and
 * forgets the buffer: after an error nobody will want the rest. */
static void count_written(struct writer *writer, size_t bytes)
{
    size_t records = 0;
    while (records < writer->end_count && writer->ends[records] <= bytes)
        records++;
    writer->written += records;
    writer->out.length = writer->end_count = 0;
}

/* How much the next write takes.  After a signal it must not block for a reader
 * that sleeps: a pipe that poll finds writable takes PIPE_BUF bytes. */
static size_t next_length(const struct writer *writer, size_t rest)
{
    enum { PATIENCE_MS = 200 };
    if (!interrupt_seen())
        return rest;
    struct pollfd watched = {writer->descriptor, POLLOUT, 0};
    if (poll(&watched, 1, PATIENCE_MS) == 0)
        return 0;
    return rest < PIPE_BUF ? rest : PIPE_BUF;
}

/* Unlike file_write it must know how far it came. */
static bool drain(struct writer *writer, struct error *error)
{
    size_t done = 0;
    while (done < writer->out.length) {
        size_t length = next_length(writer, writer->out.length - done);
        if (length == 0) {
            count_written(writer, done);
            return fail(writer, EINTR, error);
        }
        ssize_t wrote =
            write(writer->descriptor, writer->out.bytes + done, length);
        if (wrote >= 0) {
            done += (size_t)wrote;
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            /* A parent made the descriptor non-blocking: wait for room. */
            struct pollfd watched = {writer->descriptor, POLLOUT, 0};
            poll(&watched, 1, -1);
        } else if (errno != EINTR) {
            int reason = errno;
            count_written(writer, done);
            return fail(writer, reason, error);
        }
    }
    count_written(writer, done);
    return true;
}

bool writer_flush(struct writer *writer, struct error *error)
{
    if (writer->failed)
        return error_set(error, "%s: a former write failed", writer->name);
    return drain(writer, error);
}

/* Ends what was appended since `start`, or takes it back. */
static bool finish(struct writer *writer, size_t start, bool appended,
                   bool is_record, struct error *error)
{
    struct buffer *out = &writer->out;
    appended =
        appended && writer_append_byte(out, writer->options.terminator, error);
    if (appended && is_record)
        appended =
            memory_grow((void **)&writer->ends, &writer->end_capacity,
                        writer->end_count + 1, sizeof *writer->ends, error);
    if (!appended) {
        out->length = start;
        return false;
    }
    if (is_record)
        writer->ends[writer->end_count++] = out->length;
    if (writer->options.line_buffered || out->length >= FLUSH_BYTES)
        return writer_flush(writer, error);
    return true;
}

static bool append(struct writer *writer, const struct row *row,
                   struct error *error)
{
    if (writer->failed)
        return writer_flush(writer, error);
    size_t start = writer->out.length;
    bool appended =
        writer->format->append(&writer->options, &writer->out, row, error);
    return finish(writer, start, appended, !row->is_header, error);
}

bool writer_put(struct writer *writer, struct slice record,
                const struct value *values, size_t count, struct error *error)
{
    struct row row = {
        .record = record,
        .values = values,
        .count = count,
    };
    return append(writer, &row, error);
}

bool writer_header(struct writer *writer, struct slice header,
                   const struct value *values, size_t count,
                   struct error *error)
{
    struct row row = {
        .record = header,
        .values = values,
        .count = count,
        .is_header = true,
    };
    return !writer->format->has_header || append(writer, &row, error);
}

bool writer_begin(struct writer *writer, struct slice identity,
                  struct partial_mark *mark, struct error *error)
{
    return partial_begin(writer->partial, identity, mark, error);
}

bool writer_mark(struct writer *writer, const struct partial_mark *mark,
                 bool now, struct error *error)
{
    if (!now && !partial_is_due(writer->partial))
        return true;
    struct partial_mark next = *mark;
    if (!writer_flush(writer, error))
        return false;
    next.printed += writer->written;
    return partial_set_mark(writer->partial, &next, error);
}

const char *writer_partial_path(const struct writer *writer)
{
    return partial_path(writer->partial);
}

const char *writer_renames(const struct writer *writer)
{
    if (writer->partial != NULL)
        return partial_path(writer->partial);
    return writer->replaces ? writer->file.path : NULL;
}

/* Some file systems tell only at the close that bytes were lost.  Standard
 * output is closed through a copy, for it is not ours to close. */
static bool check_close(struct writer *writer, struct error *error)
{
    int descriptor = writer->descriptor;
    if (!writer->opened) {
        descriptor = dup(writer->descriptor);
        if (descriptor < 0 && errno == EBADF)
            return true; /* closed from the start, and nothing to write */
    }
    writer->opened = false;
    return (descriptor >= 0 && close(descriptor) == 0) ||
           fail(writer, errno, error);
}

bool writer_commit(struct writer *writer, struct error *error)
{
    if (!writer_flush(writer, error))
        return false;
    if (writer->partial != NULL)
        return partial_commit(writer->partial, error);
    if (!writer->replaces)
        return check_close(writer, error);
    writer->replaces = false;
    return file_commit(&writer->file, error);
}

void writer_close(struct writer *writer)
{
    if (writer == NULL)
        return;
    if (writer->replaces)
        file_abandon(&writer->file);
    partial_close(writer->partial);
    if (writer->opened)
        close(writer->descriptor);
    buffer_free(&writer->out);
    memory_free(writer->ends);
    memory_free(writer);
}
