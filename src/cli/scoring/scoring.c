#include "cli/scoring/scoring.h"

#include "base/interrupt.h"
#include "cli/message.h"
#include "cli/scoring/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        if ((i > 0 && !buffer_append_text(&scoring->joined, " ", error)) ||
            !buffer_append(&scoring->joined, texts[i].bytes, texts[i].length,
                           error))
            return false;
    *joined = text_trim(buffer_slice(&scoring->joined));
    return true;
}

bool scoring_pass_bad(struct scoring *scoring, const struct record_facts *facts,
                      const struct error *reason, struct error *error)
{
    if (!scoring->options->keep_going || reason->no_memory)
        return error_pass(error, reason);
    if (scoring->bad++ == 0) {
        progress_clear(&scoring->progress);
        complain(reason);
    }
    if (scoring->scorer == NULL)
        return scoring->emit(scoring, facts, NULL, error);
    return scorer_add_unscored(scoring->scorer, facts, error);
}

static enum scorer_status score_pair(struct scoring *scoring,
                                     const struct record_facts *facts,
                                     struct slice first, struct slice second,
                                     struct error *error)
{
    const struct zero_shot *zero_shot = &scoring->zero_shot;
    if (zero_shot->count > 0)
        return scorer_add_each(scoring->scorer, facts, second,
                               zero_shot->hypotheses, zero_shot->count, error);
    if (scoring->scorer != NULL)
        return scorer_add(scoring->scorer, facts, first, second, error);
    return scoring->emit(scoring, facts, NULL, error) ? SCORER_FINE
                                                      : SCORER_FAILED;
}

bool scoring_add(struct scoring *scoring, struct record_facts *facts,
                 struct slice first, struct slice second, struct error *error)
{
    struct error reason = {0};
    const struct options *options = scoring->options;
    if (columns_have(&scoring->columns, COLUMN_QUERY) || options->explain ||
        options->has_blend)
        facts->query = first;
    if (options->has_blend &&
        !blend_count(&scoring->blend, first, second, &facts->counts, error))
        return false;
    switch (score_pair(scoring, facts, first, second, &reason)) {
    case SCORER_FINE:
        return true;
    case SCORER_BAD_RECORD:
        return scoring_pass_bad(scoring, facts, &reason, error);
    case SCORER_FAILED:
        break;
    }
    return error_pass(error, &reason);
}

/* Where the text begins in the record, from 1; 0: it is not a part of it. */
static size_t find_place(struct slice record, struct slice text)
{
    uintptr_t start = (uintptr_t)record.bytes, at = (uintptr_t)text.bytes;
    bool is_inside = at >= start && at + text.length <= start + record.length;
    return is_inside ? at - start + 1 : 0;
}

static bool score_record(struct scoring *scoring, const struct record *record,
                         struct record_facts *facts, struct error *error)
{
    bool one_text = scoring->has_query || scoring->zero_shot.count > 0;
    size_t first_text = one_text ? 0 : 1;
    struct slice query =
        one_text ? buffer_slice(&scoring->query) : record->texts[0];
    struct slice text;
    if (!join_texts(scoring, record->texts + first_text,
                    record->text_count - first_text, &text, error))
        return false;
    facts->text_place = find_place(facts->bytes, text);
    return scoring_add(scoring, facts, query, text, error);
}

/* A group's key: its fields with a TAB between them; -g has one, mostly. */
static struct slice group_key(const struct record *record)
{
    return record->group_count > 0 ? record->group[0] : (struct slice){"", 0};
}

/* What was added so far goes to the command's function and is explained. */
static bool drain(struct scoring *scoring, struct error *error)
{
    return (scoring->scorer == NULL || scorer_drain(scoring->scorer, error)) &&
           (scoring->explaining == NULL ||
            explaining_finish(scoring->explaining, error));
}

bool scoring_flush(void *context, struct error *error)
{
    struct scoring *scoring = context;
    return drain(scoring, error) &&
           writer_flush(scoring->streams.writer, error);
}

bool scoring_take_record(void *context, const struct record *record,
                         const struct error *bad, struct error *error)
{
    struct scoring *scoring = context;
    struct record_facts facts = {
        .bytes = scoring->needs_bytes ? record->bytes : (struct slice){"", 0},
        .group = group_key(record),
        .id = record->id,
        .file = record->file,
        .line = record->line,
        .index = scoring->records++,
        .digest = resuming_read(scoring, record),
    };
    return bad->set ? scoring_pass_bad(scoring, &facts, bad, error)
                    : score_record(scoring, record, &facts, error);
}

enum column scoring_min_column(const struct scoring *scoring)
{
    const struct columns *columns = &scoring->columns;
    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i] == COLUMN_SCORE ||
            columns->list[i] == COLUMN_PROB || columns->list[i] == COLUMN_LOGIT)
            return columns->list[i];
    return COLUMN_SCORE;
}

bool scoring_run(struct scoring *scoring, struct error *error)
{
    interrupt_hold();
    bool fine = resuming_skip(scoring, error) &&
                streams_read(&scoring->streams, scoring->take, scoring_flush,
                             scoring, error);
    if (interrupt_seen())
        return false;
    /* Results before a bad record are not lost with it. */
    struct error later = {0};
    if (!drain(scoring, &later) && fine)
        fine = error_pass(error, &later);
    progress_clear(&scoring->progress);
    return fine;
}

const char *scoring_model_name(const struct scoring *scoring)
{
    const char *name = scoring->options->model;
    if (options_are_lexical(scoring->options))
        return "bm25"; /* no model was opened */
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

bool scoring_passes_min(struct scoring *scoring,
                        const struct record_facts *facts, const float *logits)
{
    const struct verdict_rule *rule = &scoring->rule;
    float *probabilities = scoring->columns.probabilities, score;
    if (!scoring->options->has_min)
        return true;
    switch (scoring_min_column(scoring)) {
    case COLUMN_PROB:
        verdict_probabilities(rule, logits, probabilities);
        score = probabilities[verdict_label(rule, logits)];
        break;
    case COLUMN_LOGIT:
        score = logits != NULL ? logits[verdict_label(rule, logits)] : NAN;
        break;
    default:
        score = facts->score;
        if (!facts->has_score)
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

bool scoring_print(void *context, const struct record_facts *facts,
                   const float *logits, struct error *error)
{
    struct scoring *scoring = context;
    struct columns *columns = &scoring->columns;
    struct slice record = facts->bytes;
    const struct value *values = columns_values(columns, facts, logits, error);
    if (values == NULL)
        return false;
    if (scoring->painter.is_on &&
        !painter_paint(&scoring->painter, record, &record, error))
        return false;
    if (!put_header(scoring, values, error) ||
        !writer_put(scoring->streams.writer, record, values,
                    scoring->columns.count, error))
        return false;
    return scoring->explaining == NULL ||
           resuming_pass(scoring, facts, logits, error);
}

bool scoring_put(struct scoring *scoring, const struct record_facts *facts,
                 const float *logits, size_t rank, struct error *error)
{
    scoring->printed++;
    progress_clear(&scoring->progress);
    struct record_facts ranked = *facts;
    ranked.rank = rank;
    if (scoring->explaining != NULL)
        return explaining_add(scoring->explaining, &ranked, logits, error);
    if (scoring->form == FORM_RECORDS)
        return scoring_print(scoring, &ranked, logits, error);
    float order =
        facts->has_score ? facts->score : verdict_order(&scoring->rule, logits);
    struct form_line line = {facts, order, rank};
    return form_put(scoring->streams.writer, scoring->form, &line, error);
}

/* A header comes out even if no record does. */
static bool finish_output(struct scoring *scoring, struct error *error)
{
    static const struct record_facts none = {.file = "-"};
    if (!drain(scoring, error))
        return false;
    const struct value *values =
        columns_values(&scoring->columns, &none, NULL, error);
    return values != NULL && put_header(scoring, values, error) &&
           writer_commit(scoring->streams.writer, error);
}

static void free_all(struct scoring *scoring)
{
    scorer_close(scoring->scorer);
    explaining_close(scoring->explaining);
    zero_shot_close(&scoring->zero_shot);
    blend_free(&scoring->blend);
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
    streams_flush_finished(&scoring->streams, scoring->options);
    resuming_keep(scoring);
    interrupt_die();
}

bool scoring_close_model(struct scoring *scoring, struct error *error)
{
    progress_clear(&scoring->progress);
    report_counts(scoring);
    free_all(scoring);
    return !error->set;
}

int scoring_close(struct scoring *scoring, struct error *error)
{
    int status = EXIT_DONE;
    progress_clear(&scoring->progress);
    if (interrupt_seen())
        leave(scoring);
    if (error->set)
        streams_flush_finished(&scoring->streams, scoring->options);
    else
        finish_output(scoring, error);

    report_counts(scoring);
    if (scoring->printed == 0 && !scoring->may_print_nothing)
        status = EXIT_NOTHING;
    if (scoring->bad + scoring->resuming.begun.bad > 0 ||
        (scoring->scorer != NULL &&
         scorer_counts(scoring->scorer)->damaged > 0))
        status = EXIT_TROUBLE;
    if (error->set) {
        status = complain(error);
        resuming_keep(scoring);
    }
    free_all(scoring);
    return status;
}

int scoring_command(const struct options *options,
                    const struct scoring_plan *plan)
{
    struct scoring scoring;
    struct error error = {0};
    if (scoring_open(&scoring, options, plan, &error))
        scoring_run(&scoring, &error);
    return scoring_close(&scoring, &error);
}
