/*
 * reader.h - bytes -> records: lines, NUL-ended, TSV, CSV, JSON Lines, grep's
 * output, whole files.
 *
 * A reader owns its file and buffers.  A record's slices point into them and
 * live until the next reader_next.  Memory is bounded by the longest record,
 * which is refused above a limit.  Used by one thread.
 *
 * Gzip and zstd data is read as what it holds, by its first bytes, whatever the
 * file's name.  How the input is chopped into reads never matters.  A UTF-8
 * byte order mark at a file's start belongs to the file: it is in no record and
 * no header.  An empty line is a record of one empty field.
 */
#ifndef IO_READER_H
#define IO_READER_H

#include "io/fields.h"

/* Bytes of a record; the limit where an option gives none. */
#define READER_RECORD_LIMIT ((size_t)256 << 20)

enum record_format {
    FORMAT_LINES, /* TSV too: split at `delimiter`, quotes are plain bytes */
    FORMAT_CSV,
    FORMAT_JSONL,
    FORMAT_GREP, /* a line of grep or an object of rg --json: grep_line.h */
    FORMAT_FILES /* each file is one record */
};

struct reader_options {
    enum record_format format;
    char delimiter;  /* TAB, or ',' for CSV unless -d */
    char terminator; /* '\n' or '\0' (-z) */
    bool header;     /* the first record of each file names the columns */
    const struct field_list *texts; /* -f; NULL: the whole record is a text */
    const struct field_list *group; /* -g; NULL: none */
    const struct field_list *id;    /* --id; NULL: none.  JSON Lines: the first
                                       of these keys that is there */
    /* Where a first record does not have the names of `texts` it is no header,
     * and these columns are the texts; NULL: it must have them. */
    const struct field_list *texts_without_header;
    size_t record_limit; /* bytes; 0: READER_RECORD_LIMIT */
    /* Who asks for names that a header lacks, in place of the header's place;
     * NULL: that. */
    const char *asker;
    bool optional_texts; /* JSON Lines: texts after the first may be absent or
                            null; they are {NULL, 0} */
};

struct record {
    struct slice bytes; /* untouched, without terminator (a CR before it is
                           part of bytes, not of a text) */
    const struct slice *texts; /* one per item of options.texts, or one */
    size_t text_count;
    const struct slice *group; /* one per item of options.group */
    size_t group_count;
    struct slice id;  /* {NULL, 0} without options.id */
    const char *file; /* "-" for standard input */
    uint64_t line;    /* of the record's first byte, from 1 in each file; with
                         -z the record's number */
};

enum reader_status {
    READER_RECORD,
    READER_PAUSE, /* no whole record yet and none can be had without waiting */
    READER_BAD,   /* this record is unusable (error says why); its bytes, file
                     and line are set and reading may go on after it */
    READER_END,
    READER_FAILED /* reading cannot go on: error says why */
};

struct reader;

/*
 * Files are read one after the other; "-" is standard input, no files at all
 * mean standard input.  All are checked before the first is read, so that a
 * missing one is found before any work; but of FORMAT_FILES one that cannot be
 * read is a bad record.  The names and field lists must outlive the reader.
 * JSON Lines, grep's lines and whole files have no header.
 */
struct reader *reader_open(const struct reader_options *options,
                           const char *const *files, size_t file_count,
                           struct error *error);
void reader_close(struct reader *reader);

/* Plain lines, with TABs between the fields of -f. */
extern const struct reader_options reader_lines;

/* Takes a record; false, with error, stops the reading. */
typedef bool reader_take(void *context, const struct record *record,
                         struct error *error);
/* All records of one file to `take`; a bad one is an error. */
bool reader_each(const struct reader_options *options, const char *path,
                 reader_take *take, void *context, struct error *error);

/* With wait false it gives READER_PAUSE rather than block. */
enum reader_status reader_next(struct reader *reader, bool wait,
                               struct record *record, struct error *error);

/* How much was used, as the bytes lie in the files, and their size together;
 * *total is 0 where a file's is not known. */
void reader_progress(const struct reader *reader, uint64_t *done,
                     uint64_t *total);

/* The header record of the current file, once a record of it was read;
 * {NULL, 0} without one. */
struct slice reader_header(const struct reader *reader);

#endif
