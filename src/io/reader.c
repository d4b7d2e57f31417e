/*
 * reader.c - files one after the other through one buffer, cut into records by
 * a format.
 *
 * The buffer holds unread bytes; a format sees them as a window that begins
 * with a record.  A window without a whole record is moved to the front, and
 * the buffer doubled when it fills it, up to the limit: so each byte is
 * moved a bounded number of times, however the input is chopped.
 */
#include "io/reader.h"

#include "base/memory.h"
#include "io/reader_format.h"
#include "io/source.h"

#include <string.h>

/* Large enough that a read costs little beside its bytes, small enough to stay
 * in a core's L2: 64 KiB to 1 MiB read at the same speed. */
enum { FIRST_CAPACITY = 256 << 10 };

struct reader {
    struct reader_options options;
    const char *const *files;
    size_t file_count, next_file;

    struct source source;
    bool is_open, source_ended;
    bool at_file_start;   /* a byte order mark may come */
    bool wants_header;    /* the next record is one */
    struct place place;   /* of the next record */
    struct buffer header; /* of the current file */

    char *bytes; /* unread: start to end */
    size_t capacity, start, end;
    uint64_t total_bytes;  /* of all files; 0: not known */
    uint64_t closed_bytes; /* of the files behind us */

    struct format *format;
    struct selection selections[SELECTIONS];
    struct slice whole; /* the text of a record without -f */
};

static const char *const standard_input[] = {"-"};

static bool check_options(const struct reader_options *options,
                          struct error *error)
{
    if (options->format == FORMAT_JSONL || options->format == FORMAT_GREP ||
        options->format == FORMAT_FILES)
        return true;
    char delimiter = options->delimiter;
    bool quote = options->format == FORMAT_CSV && delimiter == '"';
    if (quote || delimiter == options->terminator || delimiter == '\n' ||
        delimiter == '\r')
        return error_set(error, "-d: %s cannot separate fields",
                         quote ? "a quote" : "what ends a record");

    const struct field_list *lists[] = {options->texts, options->group,
                                        options->id};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i] != NULL && !options->header && fields_by_name(lists[i]))
            return error_set(error, "%s: names need a header: use -H",
                             lists[i]->written);
    return true;
}

static bool check_files(const char *const *files, size_t count,
                        struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (!source_check(files[i], error))
            return false;
    return true;
}

/* Takes the numbers of the list as they are; names wait for a header. */
static void take_numbers(struct selection *selection,
                         const struct field_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        selection->items[i] = list->items[i];
        size_t needed = field_columns_needed(&list->items[i]);
        if (needed > selection->needed)
            selection->needed = needed;
    }
}

/* In place of what was selected before; list may be NULL. */
static bool begin_selection(struct selection *selection,
                            const struct field_list *list, struct error *error)
{
    memory_free(selection->items);
    memory_free(selection->texts);
    *selection = (struct selection){.list = list};
    if (list == NULL)
        return true;
    selection->items = memory_new(list->count, sizeof *list->items, error);
    selection->texts = memory_new(list->count, sizeof *selection->texts, error);
    if (selection->items == NULL || selection->texts == NULL)
        return false;
    selection->count = list->count;
    take_numbers(selection, list);
    return true;
}

static bool start(struct reader *reader, struct error *error)
{
    static struct format *(*const open_format[])(const struct reader_options *,
                                                 struct error *) = {
        [FORMAT_LINES] = format_lines_open, [FORMAT_CSV] = format_csv_open,
        [FORMAT_JSONL] = format_jsonl_open, [FORMAT_GREP] = format_grep_open,
        [FORMAT_FILES] = format_files_open,
    };
    if (reader->options.record_limit == 0)
        reader->options.record_limit = READER_RECORD_LIMIT;
    reader->format =
        open_format[reader->options.format](&reader->options, error);
    return reader->format != NULL &&
           memory_grow((void **)&reader->bytes, &reader->capacity,
                       FIRST_CAPACITY, 1, error) &&
           begin_selection(&reader->selections[SELECT_TEXTS],
                           reader->options.texts, error) &&
           begin_selection(&reader->selections[SELECT_GROUP],
                           reader->options.group, error) &&
           begin_selection(&reader->selections[SELECT_ID], reader->options.id,
                           error);
}

struct reader *reader_open(const struct reader_options *options,
                           const char *const *files, size_t file_count,
                           struct error *error)
{
    if (file_count == 0) {
        files = standard_input;
        file_count = 1;
    }
    if (!check_options(options, error) ||
        (options->format != FORMAT_FILES &&
         !check_files(files, file_count, error)))
        return NULL;

    struct reader *reader = memory_new(1, sizeof *reader, error);
    if (reader == NULL)
        return NULL;
    reader->options = *options;
    reader->files = files;
    reader->file_count = file_count;
    reader->total_bytes = source_total(files, file_count);
    if (!start(reader, error)) {
        reader_close(reader);
        return NULL;
    }
    return reader;
}

void reader_close(struct reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->is_open)
        source_close(&reader->source);
    if (reader->format != NULL)
        reader->format->functions->close(reader->format);
    for (int i = 0; i < SELECTIONS; i++) {
        memory_free(reader->selections[i].items);
        memory_free(reader->selections[i].texts);
    }
    buffer_free(&reader->header);
    memory_free(reader->bytes);
    memory_free(reader);
}

void reader_progress(const struct reader *reader, uint64_t *done,
                     uint64_t *total)
{
    *done = reader->closed_bytes + (reader->is_open ? reader->source.taken : 0);
    *total = reader->total_bytes;
}

struct slice reader_header(const struct reader *reader)
{
    return buffer_slice(&reader->header);
}

static bool open_next(struct reader *reader, struct error *error)
{
    const char *name = reader->files[reader->next_file++];
    reader->is_open = true;
    reader->source_ended = false;
    reader->at_file_start = true;
    reader->wants_header =
        reader->options.header && reader->format->functions->header != NULL;
    reader->place = (struct place){name, 1};
    return source_open(&reader->source, name, error);
}

static void close_file(struct reader *reader)
{
    reader->closed_bytes += reader->source.taken;
    source_close(&reader->source);
    reader->is_open = false;
}

static struct byte_window window_of(const struct reader *reader)
{
    return (struct byte_window){reader->bytes + reader->start,
                                reader->end - reader->start,
                                reader->source_ended};
}

/* Whether a record, or what is known of it, is not too long. */
static bool check_length(const struct reader *reader, size_t length,
                         struct error *error)
{
    size_t limit = reader->options.record_limit;
    const struct format_functions *format = reader->format->functions;
    return length <= limit ||
           error_at(error, reader->place.file, reader->place.line,
                    "record is longer than %zu bytes: %s; --max-record sets "
                    "the limit",
                    limit, format->limit_hint);
}

/* Doubles the buffer, but no further than the longest record needs. */
static bool grow(struct reader *reader, struct error *error)
{
    size_t most = reader->options.record_limit + FIRST_CAPACITY;
    size_t doubled = 2 * reader->capacity;
    size_t capacity = doubled + 2 * FIRST_CAPACITY < most ? doubled : most;
    char *bytes = memory_new(capacity, 1, error);
    if (bytes == NULL)
        return false;
    memcpy(bytes, reader->bytes, reader->end);
    memory_free(reader->bytes);
    reader->bytes = bytes;
    reader->capacity = capacity;
    return true;
}

/* Makes room behind the window. */
static bool make_room(struct reader *reader, struct error *error)
{
    if (reader->end < reader->capacity)
        return true;
    if (reader->start > 0) {
        reader->end -= reader->start;
        memmove(reader->bytes, reader->bytes + reader->start, reader->end);
        reader->start = 0;
        return true;
    }
    return grow(reader, error);
}

/* Reads more behind the window; READER_RECORD: there is news to look at. */
static enum reader_status fill(struct reader *reader, bool wait,
                               struct error *error)
{
    if (reader->start == reader->end)
        reader->start = reader->end = 0;
    if (!check_length(reader, reader->end - reader->start, error) ||
        !make_room(reader, error))
        return READER_FAILED;

    size_t got = 0;
    switch (source_read(&reader->source, reader->bytes + reader->end,
                        reader->capacity - reader->end, wait, &got, error)) {
    case SOURCE_PAUSE:
        return READER_PAUSE;
    case SOURCE_FAILED:
        return READER_FAILED;
    case SOURCE_END:
        reader->source_ended = true;
        return READER_RECORD;
    default:
        reader->end += got;
        return READER_RECORD;
    }
}

/* Steps over a UTF-8 byte order mark; false while it cannot be told. */
static bool skip_mark(struct reader *reader)
{
    static const char mark[] = {'\xEF', '\xBB', '\xBF'};
    struct byte_window window = window_of(reader);
    size_t length = window.length < sizeof mark ? window.length : sizeof mark;
    bool begins = memcmp(window.bytes, mark, length) == 0;
    if (begins && length < sizeof mark && !window.last)
        return false;
    if (begins && length == sizeof mark)
        reader->start += sizeof mark;
    reader->at_file_start = false;
    return true;
}

/* Frames the record at the window's start and steps over it. */
static enum frame_status take_frame(struct reader *reader,
                                    struct record *record, struct error *error)
{
    if (reader->at_file_start && !skip_mark(reader))
        return FRAME_MORE;
    struct byte_window window = window_of(reader);
    bool is_empty_file = window.last && reader->place.line == 1 &&
                         reader->format->functions->takes_files;
    if (window.length == 0 && !is_empty_file)
        return FRAME_MORE;

    struct frame frame;
    enum frame_status status = reader->format->functions->frame(
        reader->format, window, reader->place, &frame, error);
    if (status == FRAME_MORE || status == FRAME_FAILED)
        return status;
    /* Of a pipe the end of what is too long may not be there yet: that it is
     * too long is what is said, whatever else is wrong with it. */
    if (frame.length > reader->options.record_limit)
        *error = (struct error){0};
    if (!check_length(reader, frame.length, error))
        return FRAME_FAILED;
    *record = (struct record){.bytes = {window.bytes, frame.length},
                              .file = reader->place.file,
                              .line = reader->place.line};
    reader->start += frame.total;
    reader->place.line += frame.lines;
    return status;
}

/* One of many files cannot be read: that is one bad record. */
static enum reader_status lose_file(struct reader *reader,
                                    struct record *record)
{
    if (!reader->format->functions->takes_files)
        return READER_FAILED;
    *record = (struct record){
        .bytes = {"", 0}, .file = reader->place.file, .line = 1};
    close_file(reader);
    reader->start = reader->end = 0; /* what was read of it */
    return READER_BAD;
}

/* Reads until a whole record is there, through the ends of files. */
static enum reader_status take_record(struct reader *reader, bool wait,
                                      struct record *record,
                                      struct error *error)
{
    for (;;) {
        if (!reader->is_open && reader->next_file == reader->file_count)
            return READER_END;
        if (!reader->is_open && !open_next(reader, error))
            return lose_file(reader, record);

        switch (take_frame(reader, record, error)) {
        case FRAME_RECORD:
            return READER_RECORD;
        case FRAME_BAD:
            return READER_BAD;
        case FRAME_FAILED:
            return lose_file(reader, record);
        case FRAME_SKIP:
            continue;
        case FRAME_MORE:
            break;
        }

        if (reader->source_ended) {
            close_file(reader);
            continue;
        }
        enum reader_status status = fill(reader, wait, error);
        if (status == READER_FAILED)
            return lose_file(reader, record);
        if (status != READER_RECORD)
            return status;
    }
}

/* All columns are there by number where the first record names none. */
static bool can_do_without(const struct reader_options *options)
{
    const struct field_list *others[] = {options->group, options->id};
    for (size_t i = 0; i < 2; i++)
        if (others[i] != NULL && fields_by_name(others[i]))
            return false;
    return options->texts_without_header != NULL &&
           !fields_by_name(options->texts_without_header);
}

/* READER_END: the record is the header; READER_RECORD: there is none, and the
 * record is the first one. */
static enum reader_status keep_header(struct reader *reader,
                                      const struct record *record,
                                      struct error *error)
{
    struct slice bytes = record->bytes;
    const char *asker = reader->options.asker;
    struct place place = {asker ? asker : record->file,
                          asker ? 0 : record->line};
    struct error reason = {0};
    struct selection *texts = &reader->selections[SELECT_TEXTS];
    reader->wants_header = false;
    reader->header.length = 0;
    /* The file before may have had no header. */
    if (!begin_selection(texts, reader->options.texts, error))
        return READER_FAILED;
    if (reader->format->functions->header(reader->format, bytes,
                                          reader->selections, place, &reason))
        return buffer_append(&reader->header, bytes.bytes, bytes.length, error)
                   ? READER_END
                   : READER_FAILED;
    if (reason.no_memory || !can_do_without(&reader->options)) {
        error_pass(error, &reason);
        return READER_FAILED;
    }
    return begin_selection(texts, reader->options.texts_without_header, error)
               ? READER_RECORD
               : READER_FAILED;
}

/* The first of the ids that is there: formats leave the others {NULL, 0}. */
static struct slice find_id(const struct selection *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        if (ids->texts[i].bytes != NULL)
            return ids->texts[i];
    return (struct slice){NULL, 0};
}

static bool pick_texts(struct reader *reader, struct record *record,
                       struct error *error)
{
    struct place place = {record->file, record->line};
    struct format *format = reader->format;
    format->record = format->text = (struct slice){NULL, 0};
    if (!format->functions->pick(format, record->bytes, reader->selections,
                                 place, error))
        return false;
    if (format->record.bytes != NULL)
        record->bytes = format->record;
    const struct selection *texts = &reader->selections[SELECT_TEXTS];
    const struct selection *group = &reader->selections[SELECT_GROUP];
    reader->whole = format->text.bytes != NULL
                        ? format->text
                        : format_text(format, record->bytes);
    record->texts = texts->list ? texts->texts : &reader->whole;
    record->text_count = texts->list ? texts->count : 1;
    record->group = group->texts;
    record->group_count = group->count;
    record->id = find_id(&reader->selections[SELECT_ID]);
    return true;
}

enum reader_status reader_next(struct reader *reader, bool wait,
                               struct record *record, struct error *error)
{
    enum reader_status status = take_record(reader, wait, record, error);
    while (reader->wants_header) {
        if (status == READER_BAD)
            return READER_FAILED; /* no columns can be found without it */
        if (status != READER_RECORD)
            return status;
        status = keep_header(reader, record, error);
        if (status == READER_END)
            status = take_record(reader, wait, record, error);
    }
    if (status == READER_RECORD && !pick_texts(reader, record, error))
        return READER_BAD;
    return status;
}

const struct reader_options reader_lines = {
    .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\n'};

bool reader_each(const struct reader_options *options, const char *path,
                 reader_take *take, void *context, struct error *error)
{
    struct record record;
    struct reader *reader = reader_open(options, &path, 1, error);
    bool fine = reader != NULL;
    while (fine && reader_next(reader, true, &record, error) == READER_RECORD)
        fine = take(context, &record, error);
    reader_close(reader);
    return !error->set;
}
