#include "cli/scoring/column_rules.h"

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
    columns_replace(columns, COLUMN_LINE, COLUMN_PASSAGE);
    return columns_have(columns, COLUMN_PASSAGE) ||
           columns_append(columns, COLUMN_PASSAGE, error);
}

bool column_rules_open(struct columns *columns, const struct options *options,
                       const char *list, const struct verdict_rule *rule,
                       struct error *error)
{
    if (!columns_open(columns, list, rule, error) ||
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
