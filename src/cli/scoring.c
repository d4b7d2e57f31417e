#include "cli/scoring.h"

#include "base/cpu.h"
#include "base/files.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "cli/message.h"
#include "cli/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
                                   .has_no_input = plan->has_no_input,
                                   .form = scoring->form};
    if (!plan->takes_lines && !plan->has_no_input &&
        !check_texts(scoring, &streams.texts, error))
        return false;
    return streams_open(&scoring->streams, scoring->options, &streams, error);
}

/* How much of the work is done, or -1. */
static double share_done(const struct scoring *scoring)
{
    uint64_t read = 0, total = 0;
    if (scoring->expected > 0)
        return (double)scoring->scored / (double)scoring->expected;
    if (scoring->streams.reader != NULL)
        reader_progress(scoring->streams.reader, &read, &total);
    if (total == 0 || scoring->records == 0)
        return -1;
    /* Reading is a window or two ahead. */
    return (double)read / (double)total *
           ((double)scoring->scored / (double)scoring->records);
}

static bool count_result(void *context, const struct record_facts *facts,
                         const float *logits, struct error *error)
{
    struct scoring *scoring = context;
    scoring->scored++;
    if (scoring->progress.is_on)
        progress_tell(&scoring->progress, scoring->scored, share_done(scoring));
    return scoring->emit(scoring, facts, logits, error);
}

static bool open_scorer(struct scoring *scoring, struct error *error)
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
                    count_result, scoring, error);
    return scoring->scorer != NULL;
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
                      const struct error *reason, struct error *error)
{
    if (!scoring->options->keep_going)
        return error_set(error, "%s", reason->text);
    if (scoring->bad++ == 0) {
        progress_clear(&scoring->progress);
        complain(reason);
    }
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
                        const struct error *bad, struct error *error)
{
    struct record_facts facts = {
        .bytes = scoring->needs_bytes ? record->bytes : (struct slice){"", 0},
        .group = group_key(record),
        .id = record->id,
        .file = record->file,
        .line = record->line,
        .index = scoring->records++,
    };
    return bad->set ? scoring_pass_bad(scoring, &facts, bad, error)
                    : score_record(scoring, record, &facts, error);
}

/* The column that --min is compared with: the first number that is printed. */
static enum column min_column(const struct scoring *scoring)
{
    const struct columns *columns = &scoring->columns;
    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i] == COLUMN_SCORE ||
            columns->list[i] == COLUMN_PROB || columns->list[i] == COLUMN_LOGIT)
            return columns->list[i];
    return COLUMN_SCORE;
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
    *scoring = (struct scoring){
        .options = options, .emit = emit, .started = progress_clock()};
    return open_model(scoring, needs_one, error) && open_scorer(scoring, error);
}

/* A threshold that only a probability can be meant to pass. */
static void warn_of_logits(const struct scoring *scoring)
{
    const struct options *options = scoring->options;
    bool is_logit = min_column(scoring) != COLUMN_PROB &&
                    scoring->rule.activation == OUTPUT_IDENTITY;
    if (options->has_min && is_logit && options->min > 0 && options->min < 1 &&
        options->command->bit != FOR_CLASSIFY)
        warn(options,
             "--min %g: scores of this model are logits (-12 ... 12): compare "
             "a probability with -c prob,line",
             options->min);
}

bool scoring_open(struct scoring *scoring, const struct options *options,
                  const struct scoring_plan *plan, struct error *error)
{
    enum form form =
        plan->form != FORM_RECORDS ? plan->form : form_find(options->columns);
    *scoring = (struct scoring){.options = options,
                                .take = plan->take ? plan->take : take_record,
                                .emit = plan->emit,
                                .form = form,
                                .started = progress_clock()};
    if (form != FORM_RECORDS && options->command->bit != FOR_RERANK)
        return error_set(error, "-c %s: only rerank has this form",
                         options->columns);
    interrupt_open();
    painter_open(&scoring->painter, options);
    if (!open_query(scoring, error) || !open_streams(scoring, plan, error) ||
        !open_model(scoring, plan->needs_one, error) ||
        !open_columns(scoring, plan, error) || !open_scorer(scoring, error))
        return false;
    progress_open(&scoring->progress, options,
                  options->command->bit == FOR_RERANK);
    scoring->opened = progress_clock();
    warn_of_logits(scoring);
    return true;
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
        if (!scoring->take(scoring, &record, &reason, error))
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
        fine = error_set(error, "%s", later.text);
    progress_clear(&scoring->progress);
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
    /* As float32, so that a number that was printed passes itself. */
    return !options->has_min || score >= (float)options->min;
}

bool scoring_passes_min(struct scoring *scoring, const float *logits)
{
    const struct verdict_rule *rule = &scoring->rule;
    float *probabilities = scoring->columns.probabilities, score;
    if (!scoring->options->has_min)
        return true;
    switch (min_column(scoring)) {
    case COLUMN_PROB:
        verdict_probabilities(rule, logits, probabilities);
        score = probabilities[verdict_label(rule, logits)];
        break;
    case COLUMN_LOGIT:
        score = logits != NULL ? logits[verdict_label(rule, logits)] : NAN;
        break;
    default:
        verdict_score(rule, logits, &score);
        break;
    }
    return scoring_passes(scoring, score);
}

static bool put_header(struct scoring *scoring, const struct value *values,
                       struct error *error)
{
    const struct reader *reader = scoring->streams.reader;
    struct slice header =
        reader != NULL ? reader_header(reader) : (struct slice){NULL, 0};
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
    progress_clear(&scoring->progress);
    if (scoring->form == FORM_RECORDS)
        return put_columns(scoring, facts, logits, rank, error);
    struct form_line line = {facts, verdict_order(&scoring->rule, logits),
                             rank};
    return form_put(scoring->streams.writer, scoring->form, &line, error);
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
    progress_clear(&scoring->progress);
    if (scoring->scorer != NULL) {
        report_counts(scoring);
        if (scoring->options->stats)
            report_stats(scoring);
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
    progress_clear(&scoring->progress);
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
        report_counts(scoring);
        if (options->stats)
            report_stats(scoring);
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
