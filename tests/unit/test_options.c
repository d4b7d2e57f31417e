/*
 * test_options.c - every kind of option, every mistake, the table itself.
 *
 * Messages are compared whole: they are what a user gets.
 */
#include "cli/options/options.h"
#include "cli/options/unknown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { MOST_WORDS = 16 };

static struct options options;
static struct error error;

/* Parses words ended by NULL as `xenc COMMAND WORD...`. */
static bool parse_list(const struct command *command, const char *const *words)
{
    static char *arguments[MOST_WORDS];
    int count = 0;
    while (words[count] != NULL) {
        assert_true(count < MOST_WORDS);
        arguments[count] = (char *)words[count];
        count++;
    }
    options_free(&options);
    error = (struct error){0};
    return options_parse(&options, command, count, arguments, &error);
}

#define PARSE(command, ...)                                                    \
    parse_list(command, (const char *const[]){__VA_ARGS__, NULL})

/* The words are taken. */
#define TAKES(command, ...)                                                    \
    do {                                                                       \
        if (!PARSE(command, __VA_ARGS__))                                      \
            fail_msg("refused: %s", error.text);                               \
        assert_false(error.set);                                               \
    } while (0)

/* The words are refused with this message. */
#define REFUSES(command, message, ...)                                         \
    do {                                                                       \
        assert_false(PARSE(command, __VA_ARGS__));                             \
        assert_true(error.set);                                                \
        assert_string_equal(error.text, message);                              \
    } while (0)

static const struct command *const rerank = &command_rerank;
static const struct command *const score = &command_score;
static const struct command *const bench = &command_bench;
static const struct command *const help = &command_help;

static int release(void **state)
{
    (void)state;
    options_free(&options);
    return 0;
}

static void test_nothing_given(void **state)
{
    (void)state;
    assert_true(parse_list(score, (const char *const[]){NULL}));
    assert_ptr_equal(options.command, score);
    assert_int_equal(options.format, FORMAT_LINES);
    assert_false(options.has_texts || options.has_group || options.has_min);
    assert_false(options.zero_ended || options.header || options.quiet);
    assert_false(options.has_truncation || options.keep_going);
    assert_null(options.query);
    assert_null(options.model);
    assert_null(options.output);
    assert_int_equal(options.delimiter, 0);
    assert_int_equal(options.best, 0);
    assert_int_equal(options.max_length, 0);
    assert_int_equal(options.jobs, 0);
    assert_int_equal(options.decimals, -1);
    assert_int_equal(options.truncation, TRUNCATION_LONGEST_FIRST);
    assert_int_equal(options.long_texts, LONG_TRUNCATE);
    assert_int_equal(options.activation, SCORE_ACTIVATION_AUTO);
    assert_int_equal(options.operand_count, 0);
}

static void test_texts(void **state)
{
    (void)state;
    TAKES(rerank, "-q", "a query", "--model", "m", "-o", "out");
    assert_string_equal(options.query, "a query");
    assert_string_equal(options.model, "m");
    assert_string_equal(options.output, "out");
    TAKES(rerank, "-qattached", "--model=m=n", "--output=");
    assert_string_equal(options.query, "attached");
    assert_string_equal(options.model, "m=n");
    assert_string_equal(options.output, "");
}

/* As in getopt, the word after an option that needs one is its value. */
static void test_values_with_dashes(void **state)
{
    (void)state;
    TAKES(rerank, "-q", "--", "-m", "-", "-c", "--help");
    assert_string_equal(options.query, "--");
    assert_string_equal(options.model, "-");
    assert_string_equal(options.columns, "--help");
    assert_false(options.help);
    TAKES(score, "--min", "-0.5", "-q", "-n");
    assert_true(options.min == -0.5);
    assert_string_equal(options.query, "-n");
}

static void test_flags_and_bundles(void **state)
{
    (void)state;
    TAKES(rerank, "-zH", "--stats", "--quiet", "--keep-going");
    assert_true(options.zero_ended && options.header && options.stats);
    assert_true(options.quiet && options.keep_going);
    TAKES(rerank, "-0Hn5");
    assert_true(options.zero_ended && options.header);
    assert_int_equal(options.best, 5);
    TAKES(rerank, "-zn", "7", "-f1,3-", "-d:", "-g2");
    assert_int_equal(options.best, 7);
    assert_int_equal(options.delimiter, ':');
    assert_int_equal(options.texts.count, 2);
    assert_int_equal(options.texts.items[1].first, 3);
    assert_int_equal(options.group.items[0].first, 2);
    assert_true(options.has_texts && options.has_group);
}

static void test_formats(void **state)
{
    (void)state;
    TAKES(score, "--csv");
    assert_int_equal(options.format, FORMAT_CSV);
    TAKES(score, "--jsonl");
    assert_int_equal(options.format, FORMAT_JSONL);
    TAKES(score, "--csv", "--tsv");
    assert_int_equal(options.format, FORMAT_LINES);
}

static void test_numbers(void **state)
{
    (void)state;
    TAKES(rerank, "-n", "1", "-j", "4096", "--decimals", "0");
    assert_int_equal(options.best, 1);
    assert_int_equal(options.jobs, 4096);
    assert_int_equal(options.decimals, 0);
    TAKES(rerank, "--best=100000000000", "--decimals=20", "--max-length=007");
    assert_true(options.best == 100000000000u);
    assert_int_equal(options.decimals, 20);
    assert_int_equal(options.max_length, 7);
    TAKES(rerank, "--min", "1e-3");
    assert_true(options.has_min && options.min == 1e-3);
    TAKES(rerank, "--min=-12");
    assert_true(options.min == -12);
    TAKES(bench, "--seconds", "0.5");
    assert_true(options.seconds == 0.5);
}

static void test_wrong_numbers(void **state)
{
    (void)state;
    static const char *const not_counts[] = {"",
                                             "0",
                                             "-1",
                                             "+1",
                                             " 1",
                                             "1 ",
                                             "5x",
                                             "1.",
                                             "0x1",
                                             "1e3",
                                             "100000000000000000000",
                                             NULL};
    for (size_t i = 0; not_counts[i] != NULL; i++) {
        char message[128];
        snprintf(message, sizeof message,
                 "-n '%s': a whole number of at least 1 was expected",
                 not_counts[i]);
        REFUSES(rerank, message, "-n", not_counts[i]);
    }
    REFUSES(rerank, "--jobs '4097': a whole number from 1 to 4096 was expected",
            "--jobs", "4097");
    REFUSES(rerank, "--decimals '21': a whole number from 0 to 20 was expected",
            "--decimals=21");

    static const char *const not_reals[] = {"",    "abc", "1x",    "0x1p1",
                                            "nan", "inf", "1e999", " 1",
                                            "1 ",  "1,5", "--",    NULL};
    for (size_t i = 0; not_reals[i] != NULL; i++) {
        char message[128];
        snprintf(message, sizeof message, "--min '%s': a number was expected",
                 not_reals[i]);
        REFUSES(rerank, message, "--min", not_reals[i]);
    }
    REFUSES(bench, "--seconds '0': a number from 0.001 to 86400 was expected",
            "--seconds", "0");
}

static void test_choices(void **state)
{
    (void)state;
    TAKES(score, "--truncation", "only_second", "--long=error");
    assert_int_equal(options.truncation, TRUNCATION_ONLY_SECOND);
    assert_true(options.has_truncation);
    assert_int_equal(options.long_texts, LONG_ERROR);
    TAKES(score, "--activation", "softmax", "--precision=f32");
    assert_int_equal(options.activation, SCORE_ACTIVATION_SOFTMAX);
    assert_int_equal(options.precision, PRECISION_F32);
    TAKES(score, "--dtype", "f32");
    TAKES(score, "--dtype", "int8");
    assert_int_equal(options.precision, PRECISION_INT8);
    TAKES(bench, "--precision", "bf16");
    assert_int_equal(options.precision, PRECISION_BF16);
    TAKES(help, "--completion", "bash");
    assert_int_equal(options.completion, SHELL_BASH);
    TAKES(help, "--completion", "fish");
    assert_int_equal(options.completion, SHELL_FISH);

    REFUSES(score,
            "--truncation 'only': longest_first, only_first or only_second was "
            "expected",
            "--truncation", "only");
    REFUSES(score, "--precision 'int4': f32, int8 or bf16 was expected",
            "--precision=int4");
    REFUSES(score, "--dtype 'i8': f32, int8 or bf16 was expected",
            "--dtype=i8");
    REFUSES(score,
            "--activation '': auto, none, sigmoid or softmax was "
            "expected",
            "--activation=");
}

static void test_delimiters(void **state)
{
    (void)state;
    TAKES(score, "-d", ",");
    assert_int_equal(options.delimiter, ',');
    TAKES(score, "-d\\t");
    assert_int_equal(options.delimiter, '\t');
    TAKES(score, "-d", "\\");
    assert_int_equal(options.delimiter, '\\');
    TAKES(score, "-z", "-d", "\n");
    assert_int_equal(options.delimiter, '\n');

    REFUSES(score, "-d '': one byte, or \\t for TAB, was expected", "-d", "");
    REFUSES(score, "-d 'ab': one byte, or \\t for TAB, was expected", "-dab");
    REFUSES(score, "-d '\xC2\xA7': one byte, or \\t for TAB, was expected",
            "-d\xC2\xA7");
    REFUSES(score, "-d: records end in a newline: another byte was expected",
            "-d", "\n");
    REFUSES(score, "-d with --jsonl: JSON has no delimiter", "-d,", "--jsonl");
    REFUSES(score,
            "-d with --csv: quotes and CR have their own meaning: another byte "
            "was expected",
            "--csv", "-d", "\"");
}

/* A name in -f or -g implies -H where records have no names of their own. */
static void test_fields(void **state)
{
    (void)state;
    TAKES(rerank, "-f", "title,2", "-q", "x");
    assert_true(options.header);
    TAKES(rerank, "-g", "qid", "-f3");
    assert_true(options.header);
    TAKES(rerank, "--csv", "-ftitle");
    assert_true(options.header);
    TAKES(rerank, "-f1,2");
    assert_false(options.header);
    TAKES(rerank, "--jsonl", "-f", "data.text");
    assert_false(options.header);
    TAKES(rerank, "-f1,2,3", "-f", "4");
    assert_int_equal(options.texts.count, 1);
    assert_int_equal(options.texts.items[0].first, 4);
    assert_false(PARSE(rerank, "--fields", "0"));
    assert_non_null(strstr(error.text, "--fields"));
}

static void test_operands(void **state)
{
    (void)state;
    TAKES(score, "a", "-z", "-", "b", "--", "-c", "--help");
    assert_int_equal(options.operand_count, 5);
    static const char *const wanted[] = {"a", "-", "b", "-c", "--help"};
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(options.operands[i], wanted[i]);
    assert_true(options.zero_ended);
    assert_false(options.help);
    TAKES(bench, "--make", "minilm-l6", "dir");
    assert_string_equal(options.shape, "minilm-l6");
    assert_string_equal(options.operands[0], "dir");
    REFUSES(&command_info,
            "info: 'x' is one operand too many: none was expected; see 'xenc "
            "info --help'",
            "x");
    REFUSES(help,
            "help: 'b' is one operand too many: one was expected; see 'xenc "
            "help --help'",
            "a", "b");
}

static void test_help_and_version(void **state)
{
    (void)state;
    TAKES(score, "-h");
    assert_true(options.help);
    TAKES(score, "-z", "--help", "--no-such-option");
    assert_true(options.help);
    TAKES(score, "--version");
    assert_true(options.version);
    TAKES(&program, "-h");
    assert_true(options.help);
    TAKES(&program, "--version");
    assert_true(options.version);
    REFUSES(score,
            "unknown option '-h': help is --help; see 'xenc score "
            "--help'",
            "-z", "-h");
    REFUSES(score,
            "unknown option '-h': help is --help; see 'xenc score "
            "--help'",
            "-zh");
}

static void test_values_missing_or_too_many(void **state)
{
    (void)state;
    REFUSES(rerank,
            "-n: no N after it: one was expected; see 'xenc rerank --help'",
            "-n");
    REFUSES(rerank,
            "--query: no QUERY after it: one was expected; see 'xenc rerank "
            "--help'",
            "--query");
    REFUSES(rerank, "--stats takes no value: leave out '=yes'", "--stats=yes");
}

static void test_unknown_options(void **state)
{
    (void)state;
    const struct {
        const struct command *command;
        char *word;
        const char *what; /* before "see 'xenc NAME --help'" */
    } rows[] = {
        {rerank, "-k", "'-k': for the best N use -n N; "},
        {score, "-k2", "'-k': fields are chosen with -f LIST; "},
        {rerank, "--top-k=5", "'--top-k': for the best N use -n N; "},
        {score, "--json", "'--json': objects, one a line, are --jsonl; "},
        {&command_models, "--json", "'--json': it belongs to 'xenc eval'; "},
        {score, "--max-len=5", "'--max-len': did you mean '--max-length'? "},
        {score, "--trunctaion",
         "'--trunctaion': did you mean '--truncation'? "},
        {score, "--xyzzy", "'--xyzzy': "},
        {score, "-zy", "'-y': "},
        {score, "-\xC3\xA4", "'-\xC3\xA4': "},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char message[160];
        snprintf(message, sizeof message,
                 "unknown option %ssee 'xenc %s --help'", rows[i].what,
                 rows[i].command->name);
        REFUSES(rows[i].command, message, rows[i].word);
    }
    REFUSES(&program,
            "option '-m' before a command: options come after it; see 'xenc "
            "--help'",
            "-m", "x");
}

/* grep's, sort's and cut's letters are left free, so that a reflex is told. */
static void test_free_letters(void **state)
{
    (void)state;
    for (const char *letter = "ktsivrl"; *letter != '\0'; letter++) {
        char word[] = {'-', *letter, '\0'};
        assert_null(option_by_letter(FOR_ALL, *letter));
        assert_false(PARSE(rerank, word));
        assert_non_null(strstr(error.text, "': "));
        /* a hint stands between the option and where help is */
        assert_non_null(strchr(error.text, ';'));
    }
}

/* "query" is a name of its own and a beginning of "query-file". */
static void test_prefixes_are_no_options(void **state)
{
    (void)state;
    for (size_t i = 0; option_row(i) != NULL; i++) {
        struct slice name = slice_of(option_row(i)->name);
        for (name.length--; name.length > 0; name.length--) {
            const struct option *row = option_by_name(FOR_ALL, name);
            assert_true(row == NULL || slice_is(name, row->name));
        }
    }
}

static void test_together(void **state)
{
    (void)state;
    REFUSES(rerank, "-q and -Q: one query was expected", "-q", "a", "-Q", "b");
    REFUSES(score,
            "-H with --jsonl: JSON objects name their fields, there is "
            "no header",
            "-H", "--jsonl");
    REFUSES(score, "-z with --csv: CSV records end in a newline", "-z",
            "--csv");
}

static void test_long_words(void **state)
{
    (void)state;
    char word[4096];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    memcpy(word, "--", 2);
    assert_false(PARSE(score, word));
    assert_true(strlen(error.text) < 128);
    assert_null(strstr(error.text, "did you mean"));
    memcpy(word, "--query=", 8);
    TAKES(score, word);
    memcpy(word, "--stats=", 8);
    assert_false(PARSE(score, word));
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"rerank", "score", "tokenize"};
    assert_string_equal(nearest_name(slice_of("rernak"), names, 3), "rerank");
    assert_string_equal(nearest_name(slice_of("tok"), names, 3), "tokenize");
    assert_string_equal(nearest_name(slice_of("sore"), names, 3), "score");
    assert_null(nearest_name(slice_of("embed"), names, 3));
    assert_null(nearest_name(slice_of(""), names, 3));
}

/* One meaning a command for each name and letter; words that help can show. */
static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; option_row(i) != NULL; i++) {
        const struct option *row = option_row(i);
        assert_true(row->commands != 0);
        assert_non_null(row->help);
        assert_non_null(row->manual);
        assert_false(isupper((unsigned char)row->help[0]) &&
                     islower((unsigned char)row->help[1]));
        assert_int_not_equal(row->help[strlen(row->help) - 1], '.');
        assert_int_equal(row->manual[strlen(row->manual) - 1], '.');
        bool takes_none =
            row->kind == OPTION_FLAG || row->kind == OPTION_CONSTANT;
        assert_true(takes_none == (row->argument == NULL));
        assert_true((row->kind == OPTION_CHOICE) == (row->choices != NULL));
        for (unsigned bit = 1; bit <= FOR_PROGRAM; bit <<= 1) {
            if ((row->commands & bit) == 0)
                continue;
            assert_ptr_equal(option_by_name(bit, slice_of(row->name)), row);
            if (row->letter != '\0')
                assert_ptr_equal(option_by_letter(bit, row->letter), row);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_given),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_values_with_dashes),
        cmocka_unit_test(test_flags_and_bundles),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_wrong_numbers),
        cmocka_unit_test(test_choices),
        cmocka_unit_test(test_delimiters),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_help_and_version),
        cmocka_unit_test(test_values_missing_or_too_many),
        cmocka_unit_test(test_unknown_options),
        cmocka_unit_test(test_free_letters),
        cmocka_unit_test(test_prefixes_are_no_options),
        cmocka_unit_test(test_together),
        cmocka_unit_test(test_long_words),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
