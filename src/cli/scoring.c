#include "cli/scoring.h"

#include "base/cpu.h"
#include "base/files.h"
#include "base/memory.h"
#include "cli/message.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* -q's text, or -Q's whole file without its last newlines. */
static bool open_query(struct scoring *scoring, struct error *error)
{
    const struct options *options = scoring->options;
    scoring->has_query = options->query != NULL || options->query_file != NULL;
    if (options->query != NULL)
        return buffer_append(&scoring->query, options->query,
                             strlen(options->query), error);
    if (options->query_file == NULL)
        return true;

    struct buffer *query = &scoring->query;
    if (!file_read(query, options->query_file, error))
        return false;
    while (query->length > 0 && (query->bytes[query->length - 1] == '\n' ||
                                 query->bytes[query->length - 1] == '\r'))
        query->length--;
    return true;
}

/* Which texts a record must have: one with a query, else two. */
static bool check_texts(struct scoring *scoring,
                        const struct field_list **texts, struct error *error)
{
    const struct options *options = scoring->options;
    *texts = options->has_texts ? &options->texts : NULL;
    if (options->format == FORMAT_JSONL && !options->has_texts)
        return error_set(error, "--jsonl: -f is needed: the keys of the texts");
    if (scoring->has_query)
        return true;
    if (*texts == NULL) {
        *texts = &scoring->default_texts;
        return fields_parse(&scoring->default_texts, "-f", "1,2", error);
    }
    return options->texts.count >= 2 ||
           error_set(error, "-f: one text: two are needed, or a query with -q");
}

static bool open_streams(struct scoring *scoring, struct error *error)
{
    const struct options *options = scoring->options;
    bool is_csv = options->format == FORMAT_CSV;
    char delimiter = options->delimiter ? options->delimiter
                     : is_csv           ? ','
                                        : '\t';
    struct reader_options input = {
        .format = options->format,
        .delimiter = delimiter,
        .terminator = options->zero_ended ? '\0' : '\n',
        .header = options->header,
        .group = options->has_group ? &options->group : NULL,
    };
    struct writer_options output = {
        .path = options->output,
        .format = options->format,
        .delimiter = is_csv ? delimiter : '\t',
        .terminator = input.terminator,
        .decimals = options->decimals,
        .line_buffered = options->line_buffered,
    };
    if (!check_texts(scoring, &input.texts, error))
        return false;
    scoring->reader =
        reader_open(&input, options->operands, options->operand_count, error);
    if (scoring->reader == NULL)
        return false;
    scoring->writer = writer_open(&output, error);
    return scoring->writer != NULL;
}

static bool open_scorer(struct scoring *scoring, scorer_emit *emit,
                        struct error *error)
{
    const struct options *options = scoring->options;
    struct scorer_options how = {
        .workers = options->jobs > 0 ? options->jobs : cpu_workers(),
        .token_limit = scoring->model.token_limit,
        .truncation = options->truncation,
        .refuses_long = options->long_texts == LONG_ERROR,
    };
    scoring->scorer =
        scorer_open(scoring->model.encoder, scoring->model.tokenizer, &how,
                    emit, scoring, error);
    return scoring->scorer != NULL;
}

bool scoring_open(struct scoring *scoring, const struct options *options,
                  scoring_columns *columns, bool needs_one, scorer_emit *emit,
                  struct error *error)
{
    *scoring = (struct scoring){.options = options, .started = now()};
    if (!open_query(scoring, error) || !open_streams(scoring, error) ||
        !model_open(&scoring->model, options, error) ||
        !verdict_rule_make(&scoring->rule, options, &scoring->model.task,
                           needs_one, error))
        return false;
    const char *list = options->columns
                           ? options->columns
                           : columns(options, scoring->model.task.labels);
    return columns_open(&scoring->columns, list, &scoring->rule, error) &&
           open_scorer(scoring, emit, error);
}

/* Several fields are one text with a space between them (title, body). */
static bool join_texts(struct scoring *scoring, const struct slice *texts,
                       size_t count, struct slice *joined, struct error *error)
{
    *joined = count > 0 ? texts[0] : (struct slice){"", 0};
    if (count < 2)
        return true;
    scoring->joined.length = 0;
    for (size_t i = 0; i < count; i++)
        if ((i > 0 && !buffer_append(&scoring->joined, " ", 1, error)) ||
            !buffer_append(&scoring->joined, texts[i].bytes, texts[i].length,
                           error))
            return false;
    *joined = buffer_slice(&scoring->joined);
    return true;
}

static bool pass_unscored(struct scoring *scoring,
                          const struct record_facts *facts,
                          struct error *reason, struct error *error)
{
    if (!scoring->options->keep_going)
        return error_set(error, "%s", reason->text);
    if (scoring->bad++ == 0)
        complain(reason);
    return scorer_add_unscored(scoring->scorer, facts, error);
}

static bool score_record(struct scoring *scoring, const struct record *record,
                         struct record_facts *facts, struct error *error)
{
    size_t first_text = scoring->has_query ? 0 : 1;
    struct slice query =
        scoring->has_query ? buffer_slice(&scoring->query) : record->texts[0];
    struct slice text;
    struct error reason = {0};
    if (!join_texts(scoring, record->texts + first_text,
                    record->text_count - first_text, &text, error))
        return false;

    if (columns_have(&scoring->columns, COLUMN_QUERY))
        facts->query = query;
    switch (scorer_add(scoring->scorer, facts, query, text, &reason)) {
    case SCORER_FINE:
        return true;
    case SCORER_BAD_RECORD:
        return pass_unscored(scoring, facts, &reason, error);
    case SCORER_FAILED:
        break;
    }
    return error_set(error, "%s", reason.text);
}

/* A group's key: its fields with a TAB between them; -g has one, mostly. */
static struct slice group_key(const struct record *record)
{
    return record->group_count > 0 ? record->group[0] : (struct slice){"", 0};
}

static bool read_records(struct scoring *scoring, struct error *error)
{
    for (;;) {
        struct record record;
        struct error reason = {0};
        enum reader_status status =
            reader_next(scoring->reader, false, &record, &reason);
        if (status == READER_PAUSE) {
            if (!scorer_drain(scoring->scorer, error) ||
                !writer_flush(scoring->writer, error))
                return false;
            status = reader_next(scoring->reader, true, &record, &reason);
        }
        if (status == READER_END)
            return true;
        if (status == READER_FAILED)
            return error_set(error, "%s", reason.text);

        struct record_facts facts = {
            .bytes = record.bytes,
            .group = group_key(&record),
            .file = record.file,
            .line = record.line,
            .index = scoring->records++,
        };
        if (!(status == READER_BAD
                  ? pass_unscored(scoring, &facts, &reason, error)
                  : score_record(scoring, &record, &facts, error)))
            return false;
    }
}

bool scoring_run(struct scoring *scoring, struct error *error)
{
    bool fine = read_records(scoring, error);
    /* Results before a bad record are not lost with it. */
    struct error later = {0};
    if (!scorer_drain(scoring->scorer, &later) && fine)
        return error_set(error, "%s", later.text);
    return fine;
}

bool scoring_passes(const struct scoring *scoring, float score)
{
    const struct options *options = scoring->options;
    return !options->has_min || (double)score >= options->min;
}

static bool put_header(struct scoring *scoring, const struct value *values,
                       struct error *error)
{
    struct slice header = reader_header(scoring->reader);
    if (header.bytes == NULL || scoring->has_header)
        return true;
    scoring->has_header = true;
    return writer_header(scoring->writer, header, values,
                         scoring->columns.count, error);
}

bool scoring_put(struct scoring *scoring, const struct record_facts *facts,
                 const float *logits, size_t rank, struct error *error)
{
    const struct value *values =
        columns_values(&scoring->columns, facts, logits, rank);
    if (!put_header(scoring, values, error))
        return false;
    scoring->printed++;
    return writer_put(scoring->writer, facts->bytes, values,
                      scoring->columns.count, error);
}

static void say_counts(const struct scoring *scoring)
{
    const struct options *options = scoring->options;
    const struct scorer_counts *counts = scorer_counts(scoring->scorer);
    unsigned long long records = counts->records;
    if (counts->cut > 0)
        warn(options,
             "%llu of %llu records were cut to %zu tokens (longest %zu)",
             (unsigned long long)counts->cut, records,
             scoring->model.token_limit, counts->longest_tokens);
    if (counts->invalid_utf8 > 0)
        warn(options,
             "%llu of %llu records are not UTF-8: their broken bytes were "
             "scored as U+FFFD",
             (unsigned long long)counts->invalid_utf8, records);
    if (counts->nan > 0)
        warn(options,
             "%llu of %llu records have a score of nan: the model's weights "
             "are damaged",
             (unsigned long long)counts->nan, records);
    if (scoring->bad > 0)
        warn(options, "%llu of %llu records could not be scored: nan",
             (unsigned long long)scoring->bad, records);
}

static void say_stats(const struct scoring *scoring)
{
    const struct scorer_counts *counts = scorer_counts(scoring->scorer);
    double seconds = now() - scoring->started;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr,
            "records %llu, distinct pairs %llu, tokens %llu, cut %llu, "
            "seconds %.3f, tokens/s %.0f, peak memory %.1f MiB\n",
            (unsigned long long)counts->records,
            (unsigned long long)counts->sequences,
            (unsigned long long)counts->tokens, (unsigned long long)counts->cut,
            seconds, (double)counts->tokens / seconds,
            (double)usage.ru_maxrss / 1024);
}

/* A header comes out even if no record does. */
static bool finish_output(struct scoring *scoring, struct error *error)
{
    static const struct record_facts none = {.file = "-"};
    const struct value *values =
        columns_values(&scoring->columns, &none, NULL, 0);
    return put_header(scoring, values, error) &&
           writer_commit(scoring->writer, error);
}

static void free_all(struct scoring *scoring)
{
    scorer_close(scoring->scorer);
    columns_close(&scoring->columns);
    model_close(&scoring->model);
    writer_close(scoring->writer);
    reader_close(scoring->reader);
    fields_free(&scoring->default_texts);
    buffer_free(&scoring->query);
    buffer_free(&scoring->joined);
}

int scoring_close(struct scoring *scoring, bool nothing_is_done,
                  struct error *error)
{
    const struct options *options = scoring->options;
    int status = EXIT_DONE;
    if (error->set && scoring->writer != NULL && options->output == NULL) {
        struct error later = {0};
        writer_flush(scoring->writer, &later);
    } else if (!error->set) {
        finish_output(scoring, error);
    }
    if (scoring->scorer != NULL) {
        say_counts(scoring);
        if (options->stats)
            say_stats(scoring);
    }
    if (scoring->printed == 0 && !nothing_is_done)
        status = EXIT_NOTHING;
    if (scoring->bad > 0 ||
        (scoring->scorer != NULL && scorer_counts(scoring->scorer)->nan > 0))
        status = EXIT_TROUBLE;
    if (error->set)
        status = complain(error);
    free_all(scoring);
    return status;
}
