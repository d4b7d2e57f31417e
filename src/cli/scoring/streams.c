#include "cli/scoring/streams.h"

#include "cli/scoring/columns.h"

#include <stdio.h>

bool streams_check_keys(const struct options *options, struct error *error)
{
    if (options->format == FORMAT_JSONL && !options->has_texts)
        return error_set(error, "--jsonl: -f is needed: the keys of the texts");
    return true;
}

static bool is_taken(const struct field_list *list, size_t column)
{
    for (size_t i = 0; i < list->count; i++)
        if (column >= list->items[i].first && column <= list->items[i].last)
            return true;
    return false;
}

/* The first column that neither -g nor -f takes: the document of "query,
 * document, text, text".  Without -g a record is a text, and has no id. */
static bool guess_column(struct streams *streams, const struct options *options,
                         struct error *error)
{
    if (!options->has_group || !options->has_texts)
        return true;
    if (fields_by_name(&options->group) || fields_by_name(&options->texts))
        return error_set(error, "-c: which column is the id? choose it with "
                                "--id");
    size_t column = 1;
    while (is_taken(&options->group, column) ||
           is_taken(&options->texts, column))
        column++;
    char text[24];
    snprintf(text, sizeof text, "%zu", column);
    return fields_parse(&streams->id, "--id", text, error);
}

static bool find_id(struct streams *streams, const struct options *options,
                    const struct streams_plan *plan,
                    const struct field_list **id, struct error *error)
{
    /* The id of tokenize is a token's. */
    bool is_wanted =
        options->command->bit != FOR_TOKENIZE &&
        (form_has_ids(plan->form) || columns_ask(options->columns, COLUMN_ID));
    *id = NULL;
    if (!is_wanted || plan->takes_lines)
        return true;
    if (options->has_id) {
        *id = &options->id;
        return true;
    }
    bool fine = true;
    if (options->format == FORMAT_JSONL)
        fine = fields_parse(&streams->id, "--id", "_id,id", error);
    else if (options->format != FORMAT_GREP && options->format != FORMAT_FILES)
        fine = guess_column(streams, options, error);
    *id = streams->id.count > 0 ? &streams->id : NULL;
    return fine;
}

static bool open_reader(struct streams *streams, const struct options *options,
                        const struct streams_plan *plan, char delimiter,
                        struct error *error)
{
    const char *const *files = options->operands;
    size_t count = options->operand_count;
    struct reader_options input = {
        .format = plan->takes_lines ? FORMAT_LINES : options->format,
        .delimiter = delimiter,
        .terminator = options->zero_ended ? '\0' : '\n',
        .header = options->header,
        .texts = plan->texts,
        .texts_without_header = options->texts_without_header.count > 0
                                    ? &options->texts_without_header
                                    : NULL,
        .group = options->has_group ? &options->group : NULL,
        /* Of several files it must be told which one it is. */
        .asker = count > 1 || options->files_from != NULL
                     ? NULL
                     : options->command->name,
        .optional_texts = plan->optional_texts,
        .record_limit = options->max_record,
    };
    if (!find_id(streams, options, plan, &input.id, error))
        return false;
    if (options->files_from != NULL) {
        if (!file_list_read(&streams->files, options->files_from, error))
            return false;
        files = streams->files.names;
        count = streams->files.count;
    }
    streams->reader = reader_open(&input, files, count, error);
    return streams->reader != NULL;
}

bool streams_open(struct streams *streams, const struct options *options,
                  const struct streams_plan *plan, struct error *error)
{
    bool is_csv = options->format == FORMAT_CSV;
    bool makes_lines = plan->takes_lines || plan->form != FORM_RECORDS;
    char delimiter = options->delimiter ? options->delimiter
                     : is_csv           ? ','
                                        : '\t';
    struct writer_options output = {
        .path = options->output,
        .format = makes_lines ? FORMAT_LINES : options->format,
        .delimiter = makes_lines ? form_delimiter(plan->form)
                     : is_csv    ? delimiter
                                 : '\t',
        .terminator = options->zero_ended ? '\0' : '\n',
        .decimals = options->decimals,
        .line_buffered = options->line_buffered,
        .resumes = options->resume,
    };
    *streams = (struct streams){0};
    if (!plan->has_no_input &&
        !open_reader(streams, options, plan, delimiter, error))
        return false;
    streams->writer = writer_open(&output, error);
    return streams->writer != NULL;
}

bool streams_read(const struct streams *streams, streams_take *take,
                  streams_pause *pause, void *context, struct error *error)
{
    for (;;) {
        struct record record;
        struct error bad = {0};
        enum reader_status status =
            reader_next(streams->reader, false, &record, &bad);
        if (status == READER_PAUSE) {
            if (!pause(context, error))
                return false;
            status = reader_next(streams->reader, true, &record, &bad);
        }
        if (status == READER_END)
            return true;
        if (status == READER_FAILED)
            return error_pass(error, &bad);
        if (!take(context, &record, &bad, error))
            return false;
    }
}

/* --queries and --corpus are read when the run is known. */
struct sandbox streams_confine(const struct streams *streams,
                               const struct options *options)
{
    const char *const run[] = {options->queries, options->corpus};
    const struct sandbox_files lists[] = {
        {options->operands, options->operand_count},
        {streams->files.names, streams->files.count},
        {run, options->run != NULL ? 2 : 0},
    };
    struct sandbox_files reads[3];
    struct sandbox_plan plan = {.reads = reads,
                                .renames = writer_renames(streams->writer)};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (lists[i].count > 0)
            reads[plan.read_lists++] = lists[i];
    return options->no_sandbox ? (struct sandbox){0} : sandbox_enter(&plan);
}

void streams_flush_finished(const struct streams *streams,
                            const struct options *options)
{
    struct error later = {0};
    if (streams->writer != NULL && options->output == NULL)
        writer_flush(streams->writer, &later);
}

void streams_close(struct streams *streams)
{
    writer_close(streams->writer);
    reader_close(streams->reader);
    file_list_free(&streams->files);
    fields_free(&streams->id);
    *streams = (struct streams){0};
}
