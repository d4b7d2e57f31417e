#include "cli/scoring/columns.h"

#include "base/memory.h"
#include "io/grep_line.h"

#include <math.h>
#include <string.h>

static const char *const names[COLUMN_COUNT] = {
    [COLUMN_SCORE] = "score",
    [COLUMN_PROB] = "prob",
    [COLUMN_PROBS] = "probs",
    [COLUMN_LOGIT] = "logit",
    [COLUMN_LOGITS] = "logits",
    [COLUMN_LABEL] = "label",
    [COLUMN_RANK] = "rank",
    [COLUMN_INDEX] = "index",
    [COLUMN_ID] = "id",
    [COLUMN_QUERY] = "query",
    [COLUMN_FILE] = "file",
    [COLUMN_TOKENS] = "tokens",
    [COLUMN_TRUNCATED] = "truncated",
    [COLUMN_WINDOW] = "window",
    [COLUMN_PASSAGE] = "passage",
    [COLUMN_LABELS] = "labels",
    [COLUMN_EXPLAIN] = "explain",
    [COLUMN_BM25] = "bm25",
    [COLUMN_LINE] = "line",
};

static enum column find_column(struct slice name)
{
    enum column column = 0;
    while (column < COLUMN_COUNT && !slice_is(name, names[column]))
        column++;
    return column;
}

bool columns_append(struct columns *columns, enum column column,
                    struct error *error)
{
    if (!memory_grow((void **)&columns->list, &columns->capacity,
                     columns->count + 1, sizeof *columns->list, error) ||
        !memory_grow((void **)&columns->values, &columns->value_capacity,
                     columns->count + 1, sizeof *columns->values, error))
        return false;
    columns->list[columns->count++] = column;
    return true;
}

static bool no_such_column(struct slice name, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    struct name_line there = {0};
    for (enum column column = 0; column < COLUMN_COUNT; column++)
        name_line_add(&there, slice_of(names[column]));
    return error_set(error, "-c: no column '%s': there are %s",
                     text_quote(name, quoted), name_line_end(&there, "none"));
}

static bool parse_list(struct columns *columns, const char *list,
                       struct error *error)
{
    struct slice rest = slice_of(list);
    while (rest.bytes != NULL) {
        struct slice name = text_cut(&rest, ',');
        enum column column = find_column(name);
        if (column == COLUMN_COUNT)
            return no_such_column(name, error);
        if (!columns_append(columns, column, error))
            return false;
    }
    return true;
}

static bool read_list(struct columns *columns, const char *list,
                      const struct verdict_rule *rule, struct error *error)
{
    size_t labels = rule->task->labels;
    *columns = (struct columns){.rule = rule};
    if (parse_list(columns, list, error)) {
        columns->scores = memory_new(labels, sizeof *columns->scores, error);
        columns->probabilities =
            memory_new(labels, sizeof *columns->probabilities, error);
    }
    if (!error->set)
        return true;
    columns_close(columns);
    return false;
}

void columns_close(struct columns *columns)
{
    memory_free(columns->list);
    memory_free(columns->scores);
    memory_free(columns->probabilities);
    memory_free(columns->values);
    column_text_free(&columns->window);
    column_text_free(&columns->labels);
    column_text_free(&columns->explain);
    *columns = (struct columns){0};
}

bool columns_have(const struct columns *columns, enum column column)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i] == column)
            return true;
    return false;
}

bool columns_ask(const char *list, enum column column)
{
    struct slice rest = slice_of(list != NULL ? list : "");
    while (rest.length > 0)
        if (slice_is(text_cut(&rest, ','), names[column]))
            return true;
    return false;
}

/*** The columns that the options ask for together ***/

/* Columns that there are with an option alone. */
static bool check_options(const struct columns *columns,
                          const struct options *options, struct error *error)
{
    const struct {
        enum column column;
        const char *name;
        bool is_there;
        const char *option;
    } rules[] = {
        {COLUMN_WINDOW, "window", options->long_texts == LONG_WINDOW,
         "--long window"},
        {COLUMN_PASSAGE, "passage", options->long_texts == LONG_WINDOW,
         "--long window"},
        {COLUMN_LABELS, "labels", options->labels != NULL, "--labels"},
        {COLUMN_EXPLAIN, "explain", options->explain, "--explain"},
        {COLUMN_BM25, "bm25", options->has_blend, "--blend"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!rules[i].is_there && columns_have(columns, rules[i].column))
            return error_set(error, "-c %s: %s is needed", rules[i].name,
                             rules[i].option);
    return true;
}

static bool check_lexical(const struct columns *columns, struct error *error)
{
    static const enum column of_models[] = {
        COLUMN_PROB,  COLUMN_PROBS,  COLUMN_LOGIT,    COLUMN_LOGITS,
        COLUMN_LABEL, COLUMN_TOKENS, COLUMN_TRUNCATED};
    for (size_t i = 0; i < sizeof of_models / sizeof *of_models; i++)
        if (columns_have(columns, of_models[i]))
            return error_set(error, "-c: probabilities, logits, labels and "
                                    "tokens are a model's, and --blend 1 "
                                    "opens none");
    return true;
}

/* --passage prints a window's text where the record would stand. */
static bool add_passage(struct columns *columns, struct error *error)
{
    for (size_t i = 0; i < columns->count; i++)
        if (columns->list[i] == COLUMN_LINE)
            columns->list[i] = COLUMN_PASSAGE;
    return columns_have(columns, COLUMN_PASSAGE) ||
           columns_append(columns, COLUMN_PASSAGE, error);
}

bool columns_open(struct columns *columns, const struct options *options,
                  const char *list, const struct verdict_rule *rule,
                  struct error *error)
{
    if (!read_list(columns, list, rule, error) ||
        !check_options(columns, options, error))
        return false;
    columns->decimals = options->decimals;
    columns->has_grep_lines = options->format == FORMAT_GREP;
    if (options_are_lexical(options))
        return check_lexical(columns, error);
    bool says_window = options->long_texts == LONG_WINDOW &&
                       options->format == FORMAT_JSONL &&
                       options->columns == NULL;
    return (!options->passage || add_passage(columns, error)) &&
           (!says_window || columns_append(columns, COLUMN_WINDOW, error));
}

/*** The values of a record ***/

static void put_numbers(struct value *value, const char *one, const char *many,
                        const float *numbers, size_t count)
{
    bool is_one = count == 1;
    value->name = is_one ? one : many;
    value->kind = is_one ? VALUE_NUMBER : VALUE_NUMBERS;
    value->count = count;
    if (is_one)
        value->number = *numbers;
    else
        value->numbers = numbers;
}

static void put_integer(struct value *value, size_t integer)
{
    value->kind = VALUE_INTEGER;
    value->integer = (int64_t)integer;
}

static void put_text(struct value *value, struct slice text)
{
    value->kind = VALUE_TEXT;
    value->text = text;
}

/* The file of the record, or the one that its line of grep names. */
static struct slice find_file(const struct columns *columns,
                              const struct record_facts *facts)
{
    struct grep_line line = {.path = {NULL, 0}};
    if (columns->has_grep_lines)
        grep_line_parse(facts->bytes, &line);
    return line.path.bytes != NULL ? line.path : slice_of(facts->file);
}

/* The text of the best window; all of it where there are no windows. */
static struct slice find_passage(const struct record_facts *facts)
{
    if (facts->windows == 0)
        return facts->text;
    return (struct slice){facts->text.bytes + facts->span.begin,
                          facts->span.end - facts->span.begin};
}

/* The columns that have a text of several numbers. */
static bool make_texts(struct columns *columns,
                       const struct record_facts *facts, struct error *error)
{
    if (columns_have(columns, COLUMN_WINDOW) &&
        !column_text_window(&columns->window, facts, error))
        return false;
    if (!columns_have(columns, COLUMN_LABELS))
        return true;
    return column_text_labels(&columns->labels, columns->rule,
                              columns->probabilities, columns->decimals, error);
}

/* What the model says. */
static void put_verdict(struct columns *columns, enum column column,
                        const struct record_facts *facts, const float *logits,
                        struct value *value)
{
    const struct verdict_rule *rule = columns->rule;
    size_t labels = rule->task->labels, label = verdict_label(rule, logits);
    switch (column) {
    case COLUMN_PROB:
        value->number = columns->probabilities[label];
        break;
    case COLUMN_PROBS:
        put_numbers(value, "probs", "probs", columns->probabilities, labels);
        break;
    case COLUMN_LOGIT:
        value->number = columns->logits[label];
        break;
    case COLUMN_LOGITS:
        put_numbers(value, "logits", "logits", columns->logits, labels);
        break;
    case COLUMN_LABEL:
        put_text(value, logits == NULL
                            ? slice_of("nan")
                            : slice_of(rule->task->label_names[label]));
        break;
    default:
        if (facts->has_score)
            columns->scores[0] = facts->score;
        put_numbers(value, "score", "scores", columns->scores,
                    verdict_scores(rule));
        break;
    }
}

/* What is known of the record beside its score. */
static void put_fact(struct columns *columns, enum column column,
                     const struct record_facts *facts, struct value *value)
{
    switch (column) {
    case COLUMN_RANK:
        put_integer(value, facts->rank);
        break;
    case COLUMN_INDEX:
        put_integer(value, facts->index);
        break;
    case COLUMN_ID:
        if (facts->id.length > 0)
            put_text(value, facts->id);
        else
            put_integer(value, facts->index);
        break;
    case COLUMN_QUERY:
        put_text(value, facts->query);
        break;
    case COLUMN_FILE:
        put_text(value, find_file(columns, facts));
        break;
    case COLUMN_TOKENS:
        put_integer(value, facts->tokens);
        break;
    case COLUMN_TRUNCATED:
        value->kind = VALUE_BOOL;
        value->flag = facts->uncut_tokens > facts->tokens;
        break;
    case COLUMN_PASSAGE:
        put_text(value, find_passage(facts));
        break;
    case COLUMN_BM25:
        value->number = facts->bm25;
        break;
    default:
        value->kind = VALUE_RECORD;
        break;
    }
}

static void put_value(struct columns *columns, enum column column,
                      const struct record_facts *facts, const float *logits,
                      struct value *value)
{
    *value = (struct value){.name = names[column], .kind = VALUE_NUMBER};
    switch (column) {
    case COLUMN_SCORE:
    case COLUMN_PROB:
    case COLUMN_PROBS:
    case COLUMN_LOGIT:
    case COLUMN_LOGITS:
    case COLUMN_LABEL:
        put_verdict(columns, column, facts, logits, value);
        break;
    case COLUMN_WINDOW:
        *value = column_text_value(&columns->window, names[column]);
        break;
    case COLUMN_LABELS:
        *value = column_text_value(&columns->labels, names[column]);
        break;
    case COLUMN_EXPLAIN:
        *value = column_text_value(&columns->explain, names[column]);
        break;
    default:
        put_fact(columns, column, facts, value);
        break;
    }
}

const struct value *columns_values(struct columns *columns,
                                   const struct record_facts *facts,
                                   const float *logits, struct error *error)
{
    verdict_score(columns->rule, logits, columns->scores);
    verdict_probabilities(columns->rule, logits, columns->probabilities);
    /* all nan for a record without logits */
    columns->logits = logits ? logits : columns->probabilities;
    if (!make_texts(columns, facts, error))
        return NULL;
    for (size_t i = 0; i < columns->count; i++)
        put_value(columns, columns->list[i], facts, logits,
                  &columns->values[i]);
    return columns->values;
}
