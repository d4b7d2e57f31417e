/*
 * check.c - options that do not go together, and what some imply.
 */
#include "cli/options/options.h"

#include "cli/options/preset.h"

#include <string.h>

static bool check_delimiter(const struct options *options, struct error *error)
{
    char byte = options->delimiter;
    bool csv = options->format == FORMAT_CSV;
    if (options->format == FORMAT_JSONL && byte != '\0')
        return error_set(error, "-d with --jsonl: JSON has no delimiter");
    if (byte == '\n' && (csv || !options->zero_ended))
        return error_set(error, "-d: records end in a newline: another byte "
                                "was expected");
    if (csv && (byte == '"' || byte == '\r'))
        return error_set(error, "-d with --csv: quotes and CR have their own "
                                "meaning: another byte was expected");
    return true;
}

/* Formats whose records have no fields to choose from. */
static bool check_fieldless(const struct options *options, const char *option,
                            struct error *error)
{
    const char *other = options->has_texts           ? "-f"
                        : options->has_group         ? "-g"
                        : options->has_id            ? "--id"
                        : options->header            ? "-H"
                        : options->delimiter != '\0' ? "-d"
                                                     : NULL;
    return other == NULL ||
           error_set(error, "%s with %s: such records have no fields", other,
                     option);
}

static bool check_files(struct options *options, struct error *error)
{
    if (options->files_from == NULL)
        return true;
    if (options->operand_count > 0) {
        char quoted[TEXT_QUOTE_BYTES];
        return error_set(
            error, "'%s' with --files0-from: files are named there or here",
            text_quote(slice_of(options->operands[0]), quoted));
    }
    if (options->has_format || options->preset != 0)
        return error_set(error, "--files0-from: each file is one text: no "
                                "format was expected");
    options->format = FORMAT_FILES;
    return check_fieldless(options, "--files0-from", error);
}

/* --queries, --corpus and --run come together and bring all of the input. */
static bool check_run(const struct options *options, struct error *error)
{
    const char *missing = options->queries == NULL  ? "--queries"
                          : options->corpus == NULL ? "--corpus"
                          : options->run == NULL    ? "--run"
                                                    : NULL;
    bool some = options->queries || options->corpus || options->run;
    if (!some)
        return true;
    if (missing != NULL)
        return error_set(error,
                         "%s is missing: --queries, --corpus and --run "
                         "go together",
                         missing);
    if (options->query != NULL || options->query_file != NULL ||
        options->has_texts || options->has_group || options->has_id ||
        options->has_format || options->header || options->operand_count > 0 ||
        options->files_from != NULL)
        return error_set(error, "--run: queries, documents and their ids come "
                                "from its files: no other input was expected");
    return true;
}

/* What has a meaning with another option alone. */
static bool check_windows(const struct options *options, struct error *error)
{
    const char *option = options->windows.length > 0   ? "--window"
                         : options->windows.stride > 0 ? "--stride"
                         : options->has_aggregate      ? "--aggregate"
                         : options->passage            ? "--passage"
                                                       : NULL;
    if (options->long_texts != LONG_WINDOW)
        return option == NULL ||
               error_set(error, "%s: --long window is needed", option);
    return !options->has_truncation ||
           error_set(error,
                     "--truncation with --long window: the %s is not "
                     "cut",
                     options->labels != NULL ? "text" : "second text");
}

static bool check_labels(const struct options *options, struct error *error)
{
    const char *option = options->template != NULL ? "--template"
                         : options->multi          ? "--multi"
                                                   : NULL;
    return options->labels != NULL || option == NULL ||
           error_set(error, "%s: --labels is needed", option);
}

bool options_are_lexical(const struct options *options)
{
    return options->has_blend && options->blend >= 1;
}

static bool check_blend(const struct options *options, struct error *error)
{
    if (!options_are_lexical(options))
        return true;
    const char *option = options->explain                     ? "--explain"
                         : options->long_texts == LONG_WINDOW ? "--long window"
                                                              : NULL;
    return option == NULL ||
           error_set(error, "%s with --blend 1: BM25 alone has no model",
                     option);
}

static bool check_resume(const struct options *options, struct error *error)
{
    return !options->resume || options->output != NULL ||
           error_set(error, "--resume: -o FILE is needed");
}

static bool has_names(const struct options *options)
{
    return fields_by_name(&options->texts) || fields_by_name(&options->group) ||
           fields_by_name(&options->id);
}

static bool check_groups(const struct options *options, struct error *error)
{
    return !options->sorted || !options->unsorted ||
           error_set(error, "--sorted with --unsorted: groups come together or "
                            "they do not");
}

bool options_check(struct options *options, struct error *error)
{
    if (!check_files(options, error) || !preset_apply(options, error))
        return false;
    if (options->output != NULL && strcmp(options->output, "-") == 0)
        options->output = NULL;
    bool json = options->format == FORMAT_JSONL;
    if (options->query != NULL && options->query_file != NULL)
        return error_set(error, "-q and -Q: one query was expected");
    if (json && options->header)
        return error_set(error, "-H with --jsonl: JSON objects name their "
                                "fields, there is no header");
    if (options->format == FORMAT_CSV && options->zero_ended)
        return error_set(error, "-z with --csv: CSV records end in a newline");
    if (options->format == FORMAT_GREP &&
        !check_fieldless(options, "--grep", error))
        return false;
    if (!json && options->id.count > 1)
        return error_set(error, "--id: one field was expected");
    if (!json && has_names(options))
        options->header = true;
    return check_run(options, error) && check_delimiter(options, error) &&
           check_groups(options, error) && check_windows(options, error) &&
           check_labels(options, error) && check_blend(options, error) &&
           check_resume(options, error);
}
