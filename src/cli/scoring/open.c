/*
 * open.c - what the options ask for, opened: query, streams, model,
 * columns, scorer.
 */
#include "base/clock.h"
#include "base/files.h"
#include "base/interrupt.h"
#include "cli/message.h"
#include "cli/scoring/scoring.h"

#include <string.h>

/* -q's text, or -Q's whole file without its last newlines. */
static bool open_query(struct scoring *scoring, struct error *error)
{
    const struct options *options = scoring->options;
    scoring->has_query = options->query != NULL || options->query_file != NULL;
    if (options->query != NULL)
        return buffer_append_text(&scoring->query, options->query, error);
    if (options->query_file == NULL)
        return true;

    struct buffer *query = &scoring->query;
    size_t most =
        options->max_record > 0 ? options->max_record : READER_RECORD_LIMIT;
    if (!file_read(query, options->query_file, most, error))
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
    if (scoring->has_query || options->labels != NULL)
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
    return scoring->emit(scoring, facts, logits, error) &&
           (scoring->explaining != NULL ||
            resuming_pass(scoring, facts, logits, error));
}

static bool open_scorer(struct scoring *scoring, struct error *error)
{
    const struct options *options = scoring->options;
    bool folds_windows =
        options->long_texts == LONG_WINDOW && options->labels == NULL;
    bool cuts_first = options->labels != NULL && !options->has_truncation;
    struct columns *columns = &scoring->columns;
    struct scorer_options how = {
        .workers = scoring->workers,
        .token_limit = scoring->model.token_limit,
        .truncation = cuts_first ? TRUNCATION_ONLY_FIRST : options->truncation,
        .long_texts = options->long_texts,
        .keeps_damaged = options->keep_going,
        .keeps_text = options->explain || columns_have(columns, COLUMN_PASSAGE),
        .windows = options->windows,
        .aggregate = options->aggregate,
        .order = folds_windows ? verdict_worth : NULL,
        .order_context = &scoring->rule,
    };
    if (options_are_lexical(options))
        return true;
    scoring->scorer =
        scorer_open(scoring->model.encoder, scoring->model.tokenizer, &how,
                    count_result, scoring, error);
    if (scoring->scorer == NULL || !options->explain)
        return scoring->scorer != NULL;
    scoring->explaining = explaining_open(
        options, &scoring->model, &how, columns, scoring_print, scoring, error);
    return scoring->explaining != NULL;
}

static const char *column_list(const struct scoring *scoring,
                               const struct scoring_plan *plan)
{
    const struct options *options = scoring->options;
    if (scoring->form != FORM_RECORDS)
        return "score"; /* a form prints itself */
    return options->columns
               ? options->columns
               : plan->columns(options, scoring->rule.task->labels);
}

static bool open_columns(struct scoring *scoring,
                         const struct scoring_plan *plan, struct error *error)
{
    const struct options *options = scoring->options;
    struct columns *columns = &scoring->columns;
    if (!columns_open(columns, options, column_list(scoring, plan),
                      &scoring->rule, error))
        return false;
    scoring->needs_bytes =
        columns_have(columns, COLUMN_LINE) || columns->has_grep_lines ||
        options->format == FORMAT_CSV || options->format == FORMAT_JSONL;
    return true;
}

/* What BM25 scores for want of a model. */
static struct verdict_rule lexical_rule(void)
{
    static const char *label = "bm25";
    static const struct task task = {.labels = 1,
                                     .label_names = &label,
                                     .activation = OUTPUT_IDENTITY,
                                     .activation_source = "--blend"};
    return (struct verdict_rule){.task = &task, .has_label = true};
}

static bool open_model(struct scoring *scoring, bool needs_one,
                       struct error *error)
{
    const struct options *options = scoring->options;
    struct zero_shot *zero_shot = &scoring->zero_shot;
    struct verdict_rule *rule = &scoring->rule;
    if (options_are_lexical(options)) {
        *rule = lexical_rule();
        return true;
    }
    if (!model_open(&scoring->model, options, error))
        return false;
    if (options->labels == NULL)
        return verdict_rule_make(rule, options, &scoring->model.task, needs_one,
                                 error);
    if (!zero_shot_open(zero_shot, options, &scoring->model.task, error) ||
        !verdict_rule_make(rule, options, &zero_shot->task, false, error))
        return false;
    rule->gives_best = true;
    rule->is_independent = zero_shot->is_independent;
    return true;
}

bool scoring_open_model(struct scoring *scoring, const struct options *options,
                        bool needs_one, scorer_emit *emit, struct error *error)
{
    *scoring = (struct scoring){.options = options,
                                .emit = emit,
                                .workers = model_workers(options),
                                .started = clock_seconds()};
    return open_model(scoring, needs_one, error) && open_scorer(scoring, error);
}

/* A threshold that only a probability can be meant to pass. */
static void warn_of_logits(const struct scoring *scoring)
{
    const struct options *options = scoring->options;
    bool is_logit = scoring_min_column(scoring) != COLUMN_PROB &&
                    scoring->rule.activation == OUTPUT_IDENTITY;
    if (options->has_min && is_logit && options->min > 0 && options->min < 1 &&
        options->command->bit != FOR_CLASSIFY)
        warn(options,
             "--min %g: scores of this model are logits (-12 \xE2\x80\xA6 "
             "12): compare a probability with -c prob,line",
             options->min);
}

bool scoring_open(struct scoring *scoring, const struct options *options,
                  const struct scoring_plan *plan, struct error *error)
{
    enum form form =
        plan->form != FORM_RECORDS ? plan->form : form_find(options->columns);
    *scoring =
        (struct scoring){.options = options,
                         .take = plan->take ? plan->take : scoring_take_record,
                         .emit = plan->emit,
                         .may_print_nothing = plan->may_print_nothing,
                         .form = form,
                         .workers = model_workers(options),
                         .started = clock_seconds()};
    if (form != FORM_RECORDS && options->command->bit != FOR_RERANK)
        return error_set(error, "-c %s: only rerank has this form",
                         options->columns);
    if (form != FORM_RECORDS && options->explain)
        return error_set(error, "--explain: %s has no place for it",
                         options->columns ? options->columns : "an answer");
    painter_open(&scoring->painter, options);
    if (!open_query(scoring, error) || !open_streams(scoring, plan, error) ||
        !open_model(scoring, plan->needs_one, error) ||
        !open_columns(scoring, plan, error) || !resuming_begin(scoring, error))
        return false;
    /* All is open; workers, which inherit it, are not there yet. */
    scoring->sandbox = streams_confine(&scoring->streams, options);
    if (!open_scorer(scoring, error))
        return false;
    progress_open(&scoring->progress, options,
                  options->command->bit == FOR_RERANK);
    scoring->opened = clock_seconds();
    warn_of_logits(scoring);
    return true;
}
