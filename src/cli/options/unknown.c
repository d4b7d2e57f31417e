/*
 * unknown.c - hints for options and commands that are not there.
 */
#include "cli/options/unknown.h"

#include <stdio.h>
#include <string.h>

struct habit {
    const char *spelling; /* without dashes */
    const char *needs;    /* told only to commands that have this option */
    const char *hint;
};

/* The letters are left free on purpose: what grep, sort and cut mean by them
 * would be something else here. */
static const struct habit habits[] = {
    {"e", "query", "the query is -q QUERY"},
    {"h", "help", "help is --help"},
    {"i", "model", "upper and lower case are the model's matter"},
    {"k", "best", "for the best N use -n N"},
    {"k", "fields", "fields are chosen with -f LIST"},
    {"l", "max-length", "the limit in tokens is --max-length N"},
    {"r", "best", "the best comes first; tac(1) turns it round"},
    {"r", "model", "records keep their order"},
    {"s", "quiet", "warnings are silenced with --quiet"},
    {"t", "delimiter", "the delimiter is -d C"},
    {"v", "stats", "figures of the run are --stats"},
    {"V", "version", "the version is --version"},
    {"batch-size", "model", "batches are made by length, there is no size"},
    {"cuda", "model", "the model runs on the CPU"},
    {"device", "model", "the model runs on the CPU"},
    {"format", "jsonl", "formats are --tsv, --csv, --jsonl and --grep"},
    {"gpu", "model", "the model runs on the CPU"},
    {"json", "jsonl", "objects, one a line, are --jsonl"},
    {"max-seq-length", "max-length", "the limit in tokens is --max-length N"},
    {"model-name", "model", "a model is -m MODEL"},
    {"null", "zero-terminated", "records that end in NUL are -z"},
    {"parallel", "jobs", "the number of threads is -j N"},
    {"resume", "best", "it needs all records at its end: run it anew"},
    {"sep", "delimiter", "the delimiter is -d C"},
    {"separator", "delimiter", "the delimiter is -d C"},
    {"threads", "jobs", "the number of threads is -j N"},
    {"threshold", "min", "the least that is printed is --min X"},
    {"top", "best", "for the best N use -n N"},
    {"top-k", "best", "for the best N use -n N"},
    {"top-n", "best", "for the best N use -n N"},
    {"trust-remote-code", "model", "no code of a model is ever run"},
    {"verbose", "stats", "figures of the run are --stats"},
};

const char *see_help(const struct command *command, char out[SEE_HELP_BYTES])
{
    bool is_program = command->bit == FOR_PROGRAM;
    snprintf(out, SEE_HELP_BYTES, "see 'xenc%s%s --help'",
             is_program ? "" : " ", is_program ? "" : command->name);
    return out;
}

static const char *habit_hint(const struct command *command, struct slice name)
{
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++) {
        const struct habit *habit = &habits[i];
        if (slice_is(name, habit->spelling) &&
            option_by_name((unsigned)command->bit, slice_of(habit->needs)))
            return habit->hint;
    }
    return NULL;
}

/* "'xenc score' or 'xenc classify'"; false when no command has the option. */
static bool list_takers(struct slice name, bool letter, char *out, size_t size)
{
    const struct command *takers[8];
    size_t count = 0, length = 0;
    for (size_t i = 0; commands[i] != NULL && count < 8; i++) {
        unsigned bit = (unsigned)commands[i]->bit;
        if (letter ? option_by_letter(bit, name.bytes[0]) != NULL
                   : option_by_name(bit, name) != NULL)
            takers[count++] = commands[i];
    }
    for (size_t i = 0; i < count && length < size; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? " or " : ", ";
        length += (size_t)snprintf(out + length, size - length, "%s'xenc %s'",
                                   between, takers[i]->name);
    }
    return count > 0;
}

enum { NAME_LIMIT = 32 }; /* longer words are no slip of the finger */

/* Levenshtein's distance, one row of the matrix at a time. */
static size_t edit_distance(struct slice a, struct slice b)
{
    size_t row[NAME_LIMIT + 1];
    for (size_t j = 0; j <= b.length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            size_t best = diagonal + (a.bytes[i - 1] != b.bytes[j - 1]);
            diagonal = row[j];
            if (best > row[j] + 1)
                best = row[j] + 1;
            if (best > row[j - 1] + 1)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b.length];
}

/* A beginning of a name is as good as a slip: others take abbreviations. */
static size_t distance_of(struct slice word, struct slice name)
{
    if (word.length >= 3 && word.length < name.length &&
        memcmp(word.bytes, name.bytes, word.length) == 0)
        return 1;
    return edit_distance(word, name);
}

const char *nearest_name(struct slice word, const char *const *names,
                         size_t count)
{
    const char *nearest = NULL;
    size_t least = 1 + word.length / 3; /* more is another word */
    if (word.length == 0 || word.length > NAME_LIMIT)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct slice name = slice_of(names[i]);
        if (name.length > NAME_LIMIT)
            continue;
        size_t distance = distance_of(word, name);
        if (distance <= least && (nearest == NULL || distance < least)) {
            least = distance;
            nearest = names[i];
        }
    }
    return nearest;
}

static const char *nearest_option(const struct command *command,
                                  struct slice word)
{
    const char *names[128];
    size_t count = 0;
    for (size_t i = 0; option_row(i) != NULL && count < 127; i++) {
        const struct option *row = option_row(i);
        if (!option_is_of(row, command))
            continue;
        names[count++] = row->name;
        if (row->other_name != NULL)
            names[count++] = row->other_name;
    }
    return nearest_name(word, names, count);
}

bool option_unknown(const struct command *command, struct slice name,
                    bool letter, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES], help[SEE_HELP_BYTES], takers[256];
    const char *dashes = letter ? "-" : "--";
    text_quote(name, quoted);
    see_help(command, help);

    const char *hint = habit_hint(command, name);
    if (hint != NULL)
        return error_set(error, "unknown option '%s%s': %s; %s", dashes, quoted,
                         hint, help);
    bool taken = list_takers(name, letter, takers, sizeof takers);
    if (taken && command->bit == FOR_PROGRAM)
        return error_set(error,
                         "option '%s%s' before a command: options come "
                         "after it; %s",
                         dashes, quoted, help);
    if (taken)
        return error_set(error, "unknown option '%s%s': it belongs to %s; %s",
                         dashes, quoted, takers, help);
    const char *nearest = letter ? NULL : nearest_option(command, name);
    if (nearest != NULL)
        return error_set(error,
                         "unknown option '--%s': did you mean '--%s'? %s",
                         quoted, nearest, help);
    return error_set(error, "unknown option '%s%s': %s", dashes, quoted, help);
}

bool command_unknown(const char *name, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    const char *names[32];
    size_t count = 0;
    for (; commands[count] != NULL && count < 32; count++)
        names[count] = commands[count]->name;
    const char *nearest = nearest_name(slice_of(name), names, count);
    text_quote(slice_of(name), quoted);
    if (nearest != NULL)
        return error_set(error,
                         "unknown command '%s': did you mean '%s'? see "
                         "'xenc --help'",
                         quoted, nearest);
    return error_set(error, "unknown command '%s': see 'xenc --help'", quoted);
}
