/*
 * options.c - reads the command line into struct options by option_row.
 *
 * The words are walked once: long options, bundles of letters, operands in
 * between.  Prefixes of long names are not taken, so that a new option never
 * changes what a script means.
 */
#include "cli/options/options.h"

#include "base/memory.h"
#include "cli/options/unknown.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct option *option_by_name(unsigned takers, struct slice name)
{
    for (size_t i = 0; option_row(i) != NULL; i++) {
        const struct option *row = option_row(i);
        if ((row->commands & takers) == 0)
            continue;
        if (slice_is(name, row->name) ||
            (row->other_name != NULL && slice_is(name, row->other_name)))
            return row;
    }
    return NULL;
}

const struct option *option_by_letter(unsigned takers, char letter)
{
    for (size_t i = 0; option_row(i) != NULL && letter != '\0'; i++) {
        const struct option *row = option_row(i);
        if ((row->commands & takers) != 0 &&
            (row->letter == letter || row->other_letter == letter))
            return row;
    }
    return NULL;
}

/*** Values: each function reads one kind into its target. ***/

struct given {
    const struct option *row;
    const char *spelling; /* as the user wrote it: "-n", "--best" */
    const char *value;    /* NULL for the kinds that take none */
    void *target;
};

/* "-n '5x': a whole number of at least 1 was expected" */
static bool expected(const struct given *given, const char *what,
                     struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error, "%s '%s': %s was expected", given->spelling,
                     text_quote(slice_of(given->value), quoted), what);
}

static bool read_flag(const struct given *given, struct error *error)
{
    (void)error;
    *(bool *)given->target = true;
    return true;
}

static bool read_constant(const struct given *given, struct error *error)
{
    (void)error;
    memcpy(given->target, &given->row->constant, sizeof(int));
    return true;
}

static bool read_text(const struct given *given, struct error *error)
{
    (void)error;
    *(const char **)given->target = given->value;
    return true;
}

static bool wrong_number(const struct given *given, const char *kind,
                         struct error *error)
{
    const struct option *row = given->row;
    char what[96];
    if (isfinite(row->most))
        snprintf(what, sizeof what, "a %s from %g to %g", kind, row->least,
                 row->most);
    else if (isfinite(row->least))
        snprintf(what, sizeof what, "a %s of at least %g", kind, row->least);
    else
        snprintf(what, sizeof what, "a %s", kind);
    return expected(given, what, error);
}

/* Digits only: no sign, no blank.  *behind is what follows them. */
static bool read_digits(const char *digits, size_t *number, const char **behind)
{
    size_t length = strspn(digits, "0123456789"), value = 0;
    bool good = length > 0;
    for (size_t i = 0; i < length && good; i++)
        good =
            !__builtin_mul_overflow(value, (size_t)10, &value) &&
            !__builtin_add_overflow(value, (size_t)(digits[i] - '0'), &value);
    *number = value;
    *behind = digits + length;
    return good;
}

static bool whole_number(const struct given *given, size_t *number,
                         struct error *error)
{
    const char *behind;
    if (!read_digits(given->value, number, &behind) || *behind != '\0' ||
        (double)*number < given->row->least ||
        (double)*number > given->row->most)
        return wrong_number(given, "whole number", error);
    return true;
}

/* 64, 64K, 64M, 64G: the letters mean powers of 1024. */
static bool read_size(const struct given *given, struct error *error)
{
    static const char letters[] = "KMG";
    const char *behind;
    size_t number, unit = 1;
    bool good = read_digits(given->value, &number, &behind);
    const char *letter = good && *behind ? strchr(letters, *behind) : NULL;
    if (letter != NULL) {
        unit <<= 10 * (letter - letters + 1);
        behind++;
    }
    if (!good || *behind != '\0' || number == 0 ||
        __builtin_mul_overflow(number, unit, &number) || number > SIZE_MAX / 4)
        return expected(given, "a size as 500K, 64M or 1G", error);
    *(size_t *)given->target = number;
    return true;
}

static bool read_count(const struct given *given, struct error *error)
{
    return whole_number(given, given->target, error);
}

/* The rows' limits keep the number in the range of int. */
static bool read_integer(const struct given *given, struct error *error)
{
    size_t number;
    if (!whole_number(given, &number, error))
        return false;
    *(int *)given->target = (int)number;
    return true;
}

/* strtod alone would take hexadecimal, "inf", "nan" and blanks in front. */
static bool read_real(const struct given *given, struct error *error)
{
    const char *text = given->value;
    size_t length = strspn(text, "+-.0123456789eE");
    char *end;
    double number = strtod(text, &end);
    if (length == 0 || text[length] != '\0' || end != text + length ||
        !isfinite(number) || number < given->row->least ||
        number > given->row->most)
        return wrong_number(given, "number", error);
    *(double *)given->target = number;
    return true;
}

static bool read_choice(const struct given *given, struct error *error)
{
    const char *const *choices = given->row->choices;
    for (int i = 0; choices[i] != NULL; i++) {
        if (strcmp(choices[i], given->value) != 0)
            continue;
        int meaning = given->row->constant + i;
        memcpy(given->target, &meaning, sizeof meaning);
        return true;
    }
    char list[128];
    text_choices(choices, list, sizeof list);
    return expected(given, list, error);
}

static bool read_character(const struct given *given, struct error *error)
{
    const char *value = given->value;
    char byte = strcmp(value, "\\t") == 0 ? '\t' : value[0];
    if (value[0] == '\0' || (value[1] != '\0' && byte != '\t'))
        return expected(given, "one byte, or \\t for TAB,", error);
    *(char *)given->target = byte;
    return true;
}

static bool read_fields(const struct given *given, struct error *error)
{
    struct field_list list = {0};
    if (!fields_parse(&list, given->spelling, given->value, error))
        return false;
    fields_free(given->target);
    *(struct field_list *)given->target = list;
    return true;
}

static bool (*const read_value[])(const struct given *, struct error *) = {
    [OPTION_FLAG] = read_flag,       [OPTION_CONSTANT] = read_constant,
    [OPTION_TEXT] = read_text,       [OPTION_COUNT] = read_count,
    [OPTION_INTEGER] = read_integer, [OPTION_REAL] = read_real,
    [OPTION_CHOICE] = read_choice,   [OPTION_CHARACTER] = read_character,
    [OPTION_FIELDS] = read_fields,   [OPTION_SIZE] = read_size,
};

/*** The arguments, one after the other ***/

const struct options options_defaults = {.decimals = -1,
                                         .eval = {.level = 1, .seed = 1}};

struct parser {
    struct options *options;
    char *const *arguments;
    int count, at;         /* at: the next argument */
    const char **operands; /* options->operands, being filled */
};

enum { SPELLING_BYTES = 64 };

static bool store(struct parser *parser, const struct option *row,
                  const char *spelling, const char *value, struct error *error)
{
    char *base = (char *)parser->options;
    struct given given = {row, spelling, value, base + row->target};
    if (row->given != 0)
        *(bool *)(base + row->given) = true;
    return read_value[row->kind](&given, error);
}

/* The argument of an option that has none in its own word. */
static const char *next_value(struct parser *parser, const struct option *row,
                              const char *spelling, struct error *error)
{
    if (parser->at < parser->count)
        return parser->arguments[parser->at++];
    char help[SEE_HELP_BYTES];
    error_set(error, "%s: no %s after it: one was expected; %s", spelling,
              row->argument, see_help(parser->options->command, help));
    return NULL;
}

/* --name, --name value, --name=value */
static bool read_long(struct parser *parser, const char *word,
                      struct error *error)
{
    const char *equals = strchr(word, '=');
    struct slice name = slice_of(word);
    if (equals != NULL)
        name.length = (size_t)(equals - word);
    const struct option *row =
        option_by_name((unsigned)parser->options->command->bit, name);
    if (row == NULL)
        return option_unknown(parser->options->command, name, false, error);

    char spelling[SPELLING_BYTES];
    snprintf(spelling, sizeof spelling, "--%.*s", (int)name.length, name.bytes);
    const char *value = NULL;
    if (row->argument == NULL && equals != NULL)
        return error_set(error, "%s takes no value: leave out '%s'", spelling,
                         equals);
    if (row->argument != NULL)
        value = equals != NULL ? equals + 1
                               : next_value(parser, row, spelling, error);
    if (row->argument != NULL && value == NULL)
        return false;
    return store(parser, row, spelling, value, error);
}

static struct slice first_character(const char *text)
{
    struct slice character = slice_of(text);
    size_t length = text_character(character);
    character.length = length > 0 ? length : 1;
    return character;
}

/* -z, -zH, -n 5, -n5, -zn5 */
static bool read_letters(struct parser *parser, const char *letters,
                         struct error *error)
{
    const struct command *command = parser->options->command;
    for (const char *letter = letters; *letter != '\0'; letter++) {
        const struct option *row =
            option_by_letter((unsigned)command->bit, *letter);
        if (row == NULL)
            return option_unknown(command, first_character(letter), true,
                                  error);
        char spelling[] = {'-', *letter, '\0'};
        if (row->argument == NULL) {
            if (!store(parser, row, spelling, NULL, error))
                return false;
            continue;
        }
        const char *value = letter[1] != '\0'
                                ? letter + 1
                                : next_value(parser, row, spelling, error);
        return value != NULL && store(parser, row, spelling, value, error);
    }
    return true;
}

static bool add_operand(struct parser *parser, const char *word,
                        struct error *error)
{
    struct options *options = parser->options;
    size_t most = options->command->most_operands;
    if (options->operand_count >= most) {
        char quoted[TEXT_QUOTE_BYTES], help[SEE_HELP_BYTES];
        return error_set(error, "%s: '%s' is one operand too many: %s; %s",
                         options->command->name,
                         text_quote(slice_of(word), quoted),
                         most == 0 ? "none was expected" : "one was expected",
                         see_help(options->command, help));
    }
    parser->operands[options->operand_count++] = word;
    return true;
}

static bool read_word(struct parser *parser, const char *word,
                      struct error *error)
{
    if (word[0] != '-' || word[1] == '\0')
        return add_operand(parser, word, error);
    if (word[1] == '-')
        return read_long(parser, word + 2, error);
    if (strcmp(word, "-h") == 0 && parser->count == 1)
        return read_long(parser, "help", error);
    return read_letters(parser, word + 1, error);
}

static bool read_all(struct parser *parser, struct error *error)
{
    const struct options *options = parser->options;
    while (parser->at < parser->count && !options->help && !options->version) {
        const char *word = parser->arguments[parser->at++];
        if (strcmp(word, "--") == 0)
            break;
        if (!read_word(parser, word, error))
            return false;
    }
    while (parser->at < parser->count && !options->help && !options->version)
        if (!add_operand(parser, parser->arguments[parser->at++], error))
            return false;
    return true;
}

bool options_parse(struct options *options, const struct command *command,
                   int count, char *const *arguments, struct error *error)
{
    *options = options_defaults;
    options->command = command;
    struct parser parser = {options, arguments, count, 0, NULL};
    parser.operands =
        memory_new((size_t)count + 1, sizeof *parser.operands, error);
    if (parser.operands == NULL)
        return false;
    options->operands = parser.operands;
    if (!read_all(&parser, error))
        return false;
    return options->help || options->version || options_check(options, error);
}

void options_free(struct options *options)
{
    fields_free(&options->texts);
    fields_free(&options->group);
    fields_free(&options->id);
    fields_free(&options->texts_without_header);
    memory_free((void *)options->operands);
    *options = (struct options){0};
}
