/*
 * pairs.c - reading labelled pairs and scoring them.
 */
#include "cli/eval/pairs.h"

#include "cli/eval/labels.h"
#include "cli/eval/layout.h"
#include "cli/message.h"
#include "cli/scoring/scoring.h"
#include "io/numbers.h"

#include <math.h>
#include <string.h>

static enum pair_kind kind_of(enum eval_task task)
{
    switch (task) {
    case EVAL_STSB:
    case EVAL_CORRELATION:
        return PAIRS_CORRELATE;
    case EVAL_NLI:
    case EVAL_MULTICLASS:
        return PAIRS_MULTICLASS;
    default:
        return PAIRS_BINARY;
    }
}

/* Both lists grow; scores come in the order of the pairs. */
struct reading {
    struct scoring scoring; /* first: emit gets its address */
    const struct options *options;
    struct pair_data *pairs;
    struct eval_labels labels;
    struct eval_layout layout;
};

static bool make_room(struct pair_data *pairs, struct error *error)
{
    size_t gold = pairs->capacity, positive = pairs->capacity;
    size_t labels = pairs->capacity, needed = pairs->count + 1;
    if (!memory_grow((void **)&pairs->gold, &gold, needed, sizeof *pairs->gold,
                     error) ||
        !memory_grow((void **)&pairs->positive, &positive, needed,
                     sizeof *pairs->positive, error) ||
        !memory_grow((void **)&pairs->labels, &labels, needed,
                     sizeof *pairs->labels, error))
        return false;
    pairs->capacity = labels;
    return true;
}

static bool add_gold(struct reading *reading, struct slice text,
                     const struct record *record, struct error *error)
{
    struct pair_data *pairs = reading->pairs;
    double *gold = &pairs->gold[pairs->count];
    char quoted[TEXT_QUOTE_BYTES];
    return (number_read(text, gold) && isfinite(*gold)) ||
           error_at(error, record->file, record->line,
                    "label '%s': a number was expected",
                    text_quote(text, quoted));
}

/* The label of a new pair; *is_dropped where it has none. */
static bool add_label(struct reading *reading, struct slice text,
                      const struct record *record, bool *is_dropped,
                      struct error *error)
{
    struct pair_data *pairs = reading->pairs;
    struct error reason = {0};
    *is_dropped = false;
    if (!make_room(pairs, error))
        return false;
    switch (pairs->kind) {
    case PAIRS_CORRELATE:
        return add_gold(reading, text, record, error);
    case PAIRS_BINARY:
        eval_label_is_yes(&reading->labels, text,
                          &pairs->positive[pairs->count], &reason);
        break;
    case PAIRS_MULTICLASS:
        /* SNLI's mark for pairs on which the annotators did not agree. */
        *is_dropped = slice_is(text, "-") || slice_is(text, "-1");
        if (!*is_dropped)
            eval_label_find(&reading->labels, text,
                            &pairs->labels[pairs->count], &reason);
    }
    return !reason.set ||
           error_pass_at(error, record->file, record->line, &reason);
}

static bool add_score(struct pair_data *pairs, float score, struct error *error)
{
    if (!memory_grow((void **)&pairs->scores, &pairs->score_capacity,
                     pairs->score_count + 1, sizeof *pairs->scores, error))
        return false;
    pairs->scores[pairs->score_count++] = score;
    return true;
}

/*** Files with scores ***/

static bool add_scores(struct reading *reading, const struct record *record,
                       struct slice rest, struct error *error)
{
    struct pair_data *pairs = reading->pairs;
    size_t count = 0;
    while (rest.bytes != NULL) {
        struct slice text = text_cut(&rest, '\t');
        double score;
        char quoted[TEXT_QUOTE_BYTES];
        if (!number_read(text, &score))
            return error_at(error, record->file, record->line,
                            "score '%s': a number was expected; columns are "
                            "the label and its scores",
                            text_quote(text, quoted));
        if (!add_score(pairs, (float)score, error))
            return false;
        count++;
    }
    if (pairs->count == 0 && pairs->kind == PAIRS_MULTICLASS)
        pairs->classes = count;
    return count == pairs->classes ||
           error_at(error, record->file, record->line,
                    "%zu score%s: %zu %s expected behind the label", count,
                    count == 1 ? "" : "s", pairs->classes,
                    pairs->classes == 1 ? "was" : "were");
}

static bool add_scored(void *context, const struct record *record,
                       struct error *error)
{
    struct reading *reading = context;
    struct slice rest = record->texts[0];
    struct slice label = text_cut(&rest, '\t');
    size_t scores = reading->pairs->score_count;
    bool is_dropped;
    if (!add_scores(reading, record, rest, error))
        return false;
    reading->labels.classes = reading->pairs->classes;
    if (!add_label(reading, label, record, &is_dropped, error))
        return false;
    reading->pairs->dropped += is_dropped;
    reading->pairs->count += !is_dropped;
    if (is_dropped)
        reading->pairs->score_count = scores;
    return true;
}

/*** Texts and a model ***/

static bool keep_scores(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct reading *reading = context;
    struct pair_data *pairs = reading->pairs;
    const struct verdict_rule *rule = &reading->scoring.rule;
    float score;
    (void)facts;
    if (pairs->kind == PAIRS_MULTICLASS) {
        for (size_t i = 0; i < pairs->classes; i++)
            if (!add_score(pairs, logits[i], error))
                return false;
        return true;
    }
    if (!memory_grow((void **)&pairs->logits, &pairs->logit_capacity,
                     pairs->score_count + 1, sizeof *pairs->logits, error))
        return false;
    pairs->logits[pairs->score_count] = verdict_order(rule, logits);
    verdict_score(rule, logits, &score);
    return add_score(pairs, score, error);
}

static bool add_texts(void *context, const struct record *record,
                      struct error *error)
{
    struct reading *reading = context;
    struct pair_data *pairs = reading->pairs;
    const char *wanted = reading->options->eval.split;
    bool is_dropped = reading->layout.has_split &&
                      !slice_is(record->texts[3], wanted ? wanted : "test");
    if (!is_dropped &&
        !add_label(reading, record->texts[0], record, &is_dropped, error))
        return false;
    pairs->dropped += is_dropped;
    if (is_dropped)
        return true;
    struct record_facts facts = {
        .file = record->file, .line = record->line, .index = pairs->count++};
    return scorer_add(reading->scoring.scorer, &facts, record->texts[1],
                      record->texts[2], error) == SCORER_FINE;
}

static bool open_model(struct reading *reading, struct error *error)
{
    struct pair_data *pairs = reading->pairs;
    bool several = pairs->kind == PAIRS_MULTICLASS;
    struct scoring *scoring = &reading->scoring;
    if (!scoring_open_model(scoring, reading->options, !several, keep_scores,
                            error))
        return false;
    const struct task *task = &scoring->model.task;
    if (!several)
        return true;
    pairs->classes = task->labels;
    return eval_labels_of_model(&reading->labels, task, error);
}

/*** Both ***/

static bool read_pairs(struct reading *reading, const char *path,
                       struct error *error)
{
    bool scored = reading->options->eval.scored;
    return reader_each(&reading->layout.reader, path,
                       scored ? add_scored : add_texts, reading, error) &&
           (scored || scorer_drain(reading->scoring.scorer, error));
}

static bool open_all(struct reading *reading, const char *path,
                     struct error *error)
{
    const struct options *options = reading->options;
    if (!eval_labels_open(&reading->labels, options, error))
        return false;
    if (options->eval.scored) {
        reading->layout.reader = reader_lines;
        return true;
    }
    return eval_layout_find(&reading->layout, options, path, error) &&
           open_model(reading, error);
}

static bool keep_names(struct reading *reading, struct error *error)
{
    struct pair_data *pairs = reading->pairs;
    if (pairs->kind != PAIRS_MULTICLASS)
        return true;
    pairs->names =
        arena_take(&pairs->texts, pairs->classes, sizeof *pairs->names, error);
    for (size_t i = 0; pairs->names != NULL && i < pairs->classes; i++)
        if (!eval_label_name(&reading->labels, i, &pairs->texts,
                             &pairs->names[i], error))
            return false;
    return pairs->names != NULL;
}

static void find_range(struct pair_data *pairs)
{
    pairs->are_probabilities = true;
    for (size_t i = 0; i < pairs->score_count; i++)
        pairs->are_probabilities &=
            pairs->scores[i] >= 0 && pairs->scores[i] <= 1;
}

static void say(const struct pair_data *pairs, const struct options *options,
                const char *path)
{
    if (pairs->dropped > 0)
        warn(options, "%s: %zu of %zu rows do not count: %s", path,
             pairs->dropped, pairs->dropped + pairs->count,
             pairs->kind == PAIRS_MULTICLASS
                 ? "they have no gold label, or are of another split"
                 : "they are of another split");
}

bool eval_pairs_open(struct pair_data *pairs, const struct options *options,
                     const char *path, struct error *error)
{
    *pairs =
        (struct pair_data){.kind = kind_of(options->eval.task), .classes = 1};
    struct reading reading = {.options = options, .pairs = pairs};
    bool fine =
        open_all(&reading, path, error) && read_pairs(&reading, path, error);
    if (fine && pairs->count == 0)
        fine = error_set(error, "%s: no labelled pairs to measure", path);
    fine = fine && keep_names(&reading, error);
    if (!options->eval.scored)
        scoring_close_model(&reading.scoring, error);
    eval_labels_close(&reading.labels);
    eval_layout_free(&reading.layout);
    if (error->set) {
        eval_pairs_close(pairs);
        return false;
    }
    find_range(pairs);
    say(pairs, options, path);
    return true;
}

void eval_pairs_close(struct pair_data *pairs)
{
    memory_free(pairs->gold);
    memory_free(pairs->positive);
    memory_free(pairs->labels);
    memory_free(pairs->scores);
    memory_free(pairs->logits);
    arena_free(&pairs->texts);
    *pairs = (struct pair_data){0};
}
