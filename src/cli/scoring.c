#include "cli/scoring.h"

#include "base/cpu.h"
#include "base/files.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "cli/message.h"

#include <stdio.h>
#include <stdlib.h>
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
    if (!streams_check_keys(options, error))
        return false;
    if (scoring->has_query)
        return true;
    if (options->format == FORMAT_GREP || options->format == FORMAT_FILES)
        return error_set(error,
                         "%s: a record is one text: give the other one "
                         "with -q",
                         options->format == FORMAT_GREP ? "--grep"
                                                        : "--files0-from");
    if (*texts == NULL) {
        *texts = &scoring->default_texts;
        return fields_parse(&scoring->default_texts, "-f", "1,2", error);
    }
    return options->texts.count >= 2 ||
           error_set(error, "-f: one text: two are needed, or a query with -q");
}

static bool open_streams(struct scoring *scoring,
                         const struct scoring_plan *plan, struct error *error)
{
    struct streams_plan streams = {.takes_lines = plan->takes_lines,
                                   .form = scoring->form};
    if (!plan->takes_lines && !check_texts(scoring, &streams.texts, error))
        return false;
    return streams_open(&scoring->streams, scoring->options, &streams, error);
}

static bool open_scorer(struct scoring *scoring, scorer_emit *emit,
                        struct error *error)
{
    const struct options *options = scoring->options;
    struct scorer_options how = {
        .workers = options->jobs > 0 ? options->jobs : cpu_workers(),
        .token_limit = scoring->model.token_limit,
        .truncation = options->truncation,
        .long_texts = options->long_texts,
    };
    scoring->scorer =
        scorer_open(scoring->model.encoder, scoring->model.tokenizer, &how,
                    emit, scoring, error);
    return scoring->scorer != NULL;
}

static bool open_model(struct scoring *scoring, bool needs_one,
                       struct error *error)
{
    return model_open(&scoring->model, scoring->options, error) &&
           verdict_rule_make(&scoring->rule, scoring->options,
                             &scoring->model.task, needs_one, error);
}

bool scoring_open_model(struct scoring *scoring, const struct options *options,
                        bool needs_one, scorer_emit *emit, struct error *error)
{
    *scoring = (struct scoring){.options = options, .started = now()};
    return open_model(scoring, needs_one, error) &&
           open_scorer(scoring, emit, error);
}

static const char *column_list(const struct scoring *scoring,
                               const struct scoring_plan *plan)
{
    const struct options *options = scoring->options;
    if (scoring->form != FORM_RECORDS)
        return "score"; /* a form prints itself */
    return options->columns
               ? options->columns
               : plan->columns(options, scoring->model.task.labels);
}

static bool open_columns(struct scoring *scoring,
                         const struct scoring_plan *plan, struct error *error)
{
    const struct options *options = scoring->options;
    struct columns *columns = &scoring->columns;
    if (!columns_open(columns, column_list(scoring, plan), &scoring->rule,
                      error))
        return false;
    columns->has_grep_lines = options->format == FORMAT_GREP;
    scoring->needs_bytes =
        columns_have(columns, COLUMN_LINE) || columns->has_grep_lines ||
        options->format == FORMAT_CSV || options->format == FORMAT_JSONL;
    return true;
}

bool scoring_open(struct scoring *scoring, const struct options *options,
                  const struct scoring_plan *plan, struct error *error)
{
    enum form form =
        plan->form != FORM_RECORDS ? plan->form : form_find(options->columns);
    *scoring =
        (struct scoring){.options = options, .form = form, .started = now()};
    if (form != FORM_RECORDS && options->command->bit != FOR_RERANK)
        return error_set(error, "-c %s: only rerank has this form",
                         options->columns);
    interrupt_open();
    painter_open(&scoring->painter, options);
    return open_query(scoring, error) && open_streams(scoring, plan, error) &&
           open_model(scoring, plan->needs_one, error) &&
           open_columns(scoring, plan, error) &&
           open_scorer(scoring, plan->emit, error);
}

/* Several fields are one text with a space between them (title, body) and none
 * at its ends, as BEIR makes it: an empty title leaves no trace. */
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
    *joined = text_trim(buffer_slice(&scoring->joined));
    return true;
}

bool scoring_pass_bad(struct scoring *scoring, const struct record_facts *facts,
                      struct error *reason, struct error *error)
{
    if (!scoring->options->keep_going)
        return error_set(error, "%s", reason->text);
    if (scoring->bad++ == 0)
        complain(reason);
    return scorer_add_unscored(scoring->scorer, facts, error);
}

bool scoring_add(struct scoring *scoring, struct record_facts *facts,
                 struct slice first, struct slice second, struct error *error)
{
    struct error reason = {0};
    if (columns_have(&scoring->columns, COLUMN_QUERY))
        facts->query = first;
    switch (scorer_add(scoring->scorer, facts, first, second, &reason)) {
    case SCORER_FINE:
        return true;
    case SCORER_BAD_RECORD:
        return scoring_pass_bad(scoring, facts, &reason, error);
    case SCORER_FAILED:
        break;
    }
    return error_set(error, "%s", reason.text);
}

static bool score_record(struct scoring *scoring, const struct record *record,
                         struct record_facts *facts, struct error *error)
{
    size_t first_text = scoring->has_query ? 0 : 1;
    struct slice query =
        scoring->has_query ? buffer_slice(&scoring->query) : record->texts[0];
    struct slice text;
    return join_texts(scoring, record->texts + first_text,
                      record->text_count - first_text, &text, error) &&
           scoring_add(scoring, facts, query, text, error);
}

/* A group's key: its fields with a TAB between them; -g has one, mostly. */
static struct slice group_key(const struct record *record)
{
    return record->group_count > 0 ? record->group[0] : (struct slice){"", 0};
}

bool scoring_flush(struct scoring *scoring, struct error *error)
{
    return scorer_drain(scoring->scorer, error) &&
           writer_flush(scoring->streams.writer, error);
}

static bool take_record(struct scoring *scoring, const struct record *record,
                        bool is_bad, struct error *reason, struct error *error)
{
    struct record_facts facts = {
        .bytes = scoring->needs_bytes ? record->bytes : (struct slice){"", 0},
        .group = group_key(record),
        .id = record->id,
        .file = record->file,
        .line = record->line,
        .index = scoring->records++,
    };
    return is_bad ? scoring_pass_bad(scoring, &facts, reason, error)
                  : score_record(scoring, record, &facts, error);
}

static bool read_records(struct scoring *scoring, struct error *error)
{
    struct reader *reader = scoring->streams.reader;
    for (;;) {
        struct record record;
        struct error reason = {0};
        enum reader_status status =
            reader_next(reader, false, &record, &reason);
        if (status == READER_PAUSE) {
            if (!scoring_flush(scoring, error))
                return false;
            status = reader_next(reader, true, &record, &reason);
        }
        if (status == READER_END)
            return true;
        if (status == READER_FAILED)
            return error_set(error, "%s", reason.text);
        if (!take_record(scoring, &record, status == READER_BAD, &reason,
                         error))
            return false;
    }
}

bool scoring_run(struct scoring *scoring, struct error *error)
{
    interrupt_hold();
    bool fine = read_records(scoring, error);
    if (interrupt_seen())
        return false;
    /* Results before a bad record are not lost with it. */
    struct error later = {0};
    if (!scorer_drain(scoring->scorer, &later) && fine)
        return error_set(error, "%s", later.text);
    return fine;
}

const char *scoring_model_name(const struct scoring *scoring)
{
    const char *name = scoring->options->model;
    if (name == NULL)
        name = getenv("XENC_MODEL");
    if (name != NULL && *name != '\0')
        return name;
    const char *slash = strrchr(scoring->model.path, '/');
    return slash != NULL ? slash + 1 : scoring->model.path;
}

bool scoring_passes(const struct scoring *scoring, float score)
{
    const struct options *options = scoring->options;
    return !options->has_min || (double)score >= options->min;
}

static bool put_header(struct scoring *scoring, const struct value *values,
                       struct error *error)
{
    struct slice header = reader_header(scoring->streams.reader);
    if (header.bytes == NULL || scoring->has_header ||
        scoring->form != FORM_RECORDS)
        return true;
    scoring->has_header = true;
    return writer_header(scoring->streams.writer, header, values,
                         scoring->columns.count, error);
}

static bool put_columns(struct scoring *scoring,
                        const struct record_facts *facts, const float *logits,
                        size_t rank, struct error *error)
{
    const struct value *values =
        columns_values(&scoring->columns, facts, logits, rank);
    struct slice record = facts->bytes;
    if (scoring->painter.is_on &&
        !painter_paint(&scoring->painter, record, &record, error))
        return false;
    return put_header(scoring, values, error) &&
           writer_put(scoring->streams.writer, record, values,
                      scoring->columns.count, error);
}

bool scoring_put(struct scoring *scoring, const struct record_facts *facts,
                 const float *logits, size_t rank, struct error *error)
{
    scoring->printed++;
    if (scoring->form == FORM_RECORDS)
        return put_columns(scoring, facts, logits, rank, error);
    struct form_line line = {facts, verdict_order(&scoring->rule, logits),
                             rank};
    return form_put(scoring->streams.writer, scoring->form, &line, error);
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
           writer_commit(scoring->streams.writer, error);
}

static void free_all(struct scoring *scoring)
{
    scorer_close(scoring->scorer);
    columns_close(&scoring->columns);
    model_close(&scoring->model);
    painter_close(&scoring->painter);
    streams_close(&scoring->streams);
    fields_free(&scoring->default_texts);
    buffer_free(&scoring->query);
    buffer_free(&scoring->joined);
}

/* After a signal: whole records that are finished go out, and a file that is
 * not whole leaves no trace.  Workers may still run: nothing is freed. */
static void leave(struct scoring *scoring)
{
    struct error later = {0};
    if (scoring->streams.writer != NULL && scoring->options->output == NULL)
        writer_flush(scoring->streams.writer, &later);
    interrupt_die();
}

bool scoring_close_model(struct scoring *scoring, struct error *error)
{
    if (scoring->scorer != NULL) {
        say_counts(scoring);
        if (scoring->options->stats)
            say_stats(scoring);
        if (scorer_counts(scoring->scorer)->nan > 0)
            error_set(error, "%s: no measure can be had of scores that are nan",
                      scoring->model.path);
    }
    free_all(scoring);
    return !error->set;
}

int scoring_close(struct scoring *scoring, bool nothing_is_done,
                  struct error *error)
{
    const struct options *options = scoring->options;
    int status = EXIT_DONE;
    if (interrupt_seen())
        leave(scoring);
    if (error->set && scoring->streams.writer != NULL &&
        options->output == NULL) {
        struct error later = {0};
        writer_flush(scoring->streams.writer, &later);
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
