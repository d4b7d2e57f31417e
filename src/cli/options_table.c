/*
 * options_table.c - every option of every command, in the order of the help.
 *
 * The words are for the reader of --help (help) and of the manual (manual);
 * a name with several rows means something else to other commands.
 */
#include "cli/options.h"

#include <math.h>
#include <stdint.h>

#define AT(member) offsetof(struct options, member)

static const char *const precisions[] = {"f32", NULL};
static const char *const truncations[] = {"longest_first", "only_first",
                                          "only_second", NULL};
static const char *const long_texts[] = {"truncate", "error", NULL};
static const char *const activations[] = {"auto", "none", "sigmoid", "softmax",
                                          NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};
#define FIELDS_MANUAL                                                          \
    " Fields are counted from 1 as in cut(1): 2, or 2,5, or 3- for the rest "  \
    "of the record, which is one text with its delimiters. A name means the "  \
    "column of that name and implies -H; with --jsonl every item is a key, "   \
    "or a path of keys with dots between them: data.lines.text."

#define COLUMNS_MANUAL                                                         \
    " They are joined by TABs; line is the record as it came. With "           \
    "--csv the others follow the record as further columns, with --jsonl "     \
    "they are added to the object."

#define SCORE_COLUMNS_MANUAL                                                   \
    "What to print, separated by commas: score (with several labels and no "   \
    "--label all scores), prob (a probability whatever the activation), "      \
    "probs (of all labels), logit, logits, label, rank (in its group, from "   \
    "1), index (of the record, from 0), query, file, tokens, truncated (1 "    \
    "when tokens were cut) and line." COLUMNS_MANUAL

const struct option option_table[] = {
    /* What goes in */
    {.name = "query",
     .letter = 'q',
     .argument = "QUERY",
     .kind = OPTION_TEXT,
     .target = AT(query),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .help = "what is looked for",
     .manual = "The text that every candidate is scored against. Without it "
               "-g is needed, and the first field of -f is the query."},
    {.name = "query",
     .letter = 'q',
     .argument = "QUERY",
     .kind = OPTION_TEXT,
     .target = AT(query),
     .commands = FOR_SCORE,
     .group = GROUP_INPUT,
     .help = "score one text of each record against QUERY",
     .manual = "Every record holds one text, by default all of it, and is "
               "scored against QUERY. Without it a record holds both texts."},
    {.name = "query-file",
     .letter = 'Q',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(query_file),
     .commands = FOR_RERANK | FOR_SCORE,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "read the query from FILE",
     .manual = "As -q with the text of FILE; newlines at its end are not part "
               "of the query."},
    {.name = "fields",
     .letter = 'f',
     .argument = "LIST",
     .kind = OPTION_FIELDS,
     .target = AT(texts),
     .given = AT(has_texts),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .help = "fields that hold the text",
     .manual = "Which fields of a record are its text; several are one text "
               "with a blank between two. Without -q the first of them is the "
               "query." FIELDS_MANUAL,
     .fallback = "the whole record"},
    {.name = "fields",
     .letter = 'f',
     .argument = "LIST",
     .kind = OPTION_FIELDS,
     .target = AT(texts),
     .given = AT(has_texts),
     .commands = FOR_SCORE,
     .group = GROUP_INPUT,
     .help = "fields that hold the texts",
     .manual = "Which fields of a record are its texts: the first is the "
               "first text, the others are the second, with a blank between "
               "two. With -q all of them are one text." FIELDS_MANUAL,
     .fallback = "1,2; with -q the whole record"},
    {.name = "fields",
     .letter = 'f',
     .argument = "LIST",
     .kind = OPTION_FIELDS,
     .target = AT(texts),
     .given = AT(has_texts),
     .commands = FOR_CLASSIFY,
     .group = GROUP_INPUT,
     .help = "fields that hold the texts",
     .manual = "Which fields of a record are its texts: the first is the "
               "first text, the others are the second, with a blank between "
               "two." FIELDS_MANUAL,
     .fallback = "1,2"},
    {.name = "fields",
     .letter = 'f',
     .argument = "LIST",
     .kind = OPTION_FIELDS,
     .target = AT(texts),
     .given = AT(has_texts),
     .commands = FOR_TOKENIZE,
     .group = GROUP_INPUT,
     .help = "fields that hold the text, or the two texts of a pair",
     .manual = "One field is a single text, two are a pair." FIELDS_MANUAL
               " An object without the second key is a single text.",
     .fallback = "the whole record"},
    {.name = "group",
     .letter = 'g',
     .argument = "LIST",
     .kind = OPTION_FIELDS,
     .target = AT(group),
     .given = AT(has_group),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .help = "put each group of records with equal fields in order",
     .manual = "Records whose fields of this list are equal form a group, "
               "wherever they stand in the input; each group is put in order "
               "by itself, groups in the order of their first records. -n "
               "counts in each group."},
    {.name = "delimiter",
     .letter = 'd',
     .argument = "C",
     .kind = OPTION_CHARACTER,
     .target = AT(delimiter),
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "the byte between fields",
     .manual = "The byte between fields. \\t means TAB.",
     .fallback = "TAB, with --csv a comma"},
    {.name = "zero-terminated",
     .letter = 'z',
     .other_letter = '0',
     .kind = OPTION_FLAG,
     .target = AT(zero_ended),
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "records end in NUL, not in a newline",
     .manual = "Records end in a NUL byte, in and out; newlines are ordinary "
               "bytes of a text."},
    {.name = "header",
     .letter = 'H',
     .kind = OPTION_FLAG,
     .target = AT(header),
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "the first record names the columns",
     .manual = "The first record of each file names the columns. It is "
               "printed once, with the names of the added columns."},
    {.name = "tsv",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .constant = FORMAT_LINES,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "a record is a line, quotes are ordinary bytes",
     .manual = "A record is a line and fields are parted by the delimiter; "
               "quotes are ordinary bytes. This is the default."},
    {.name = "csv",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .constant = FORMAT_CSV,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "records are CSV, fields may be quoted",
     .manual = "Records are CSV: a quoted field may hold delimiters, newlines "
               "and doubled quotes. Columns are added after the record."},
    {.name = "jsonl",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .constant = FORMAT_JSONL,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "records are JSON objects, one a line",
     .manual = "Records are JSON objects, one a line. The same object is "
               "printed, its keys in order and its numbers untouched, with "
               "the results added. -f is needed."},

    /* What comes out */
    {.name = "best",
     .letter = 'n',
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = AT(best),
     .least = 1,
     .most = INFINITY,
     .commands = FOR_RERANK,
     .group = GROUP_OUTPUT,
     .help = "print only the best N, with -g of each group",
     .manual = "Print only the best N records, with -g those of each group. "
               "Memory grows with N, not with the input.",
     .fallback = "all"},
    {.name = "min",
     .argument = "X",
     .kind = OPTION_REAL,
     .target = AT(min),
     .given = AT(has_min),
     .least = -INFINITY,
     .most = INFINITY,
     .commands = FOR_PAIRS,
     .group = GROUP_OUTPUT,
     .help = "print only records that score X or more",
     .manual = "Print only records whose first printed number, the score or "
               "the probability, is X or more. The exit status is 1 when "
               "none is."},
    {.name = "columns",
     .letter = 'c',
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(columns),
     .commands = FOR_RERANK,
     .group = GROUP_OUTPUT,
     .help = "what to print, as score, line, rank, prob, logit",
     .manual = SCORE_COLUMNS_MANUAL,
     .fallback = "score,line"},
    {.name = "columns",
     .letter = 'c',
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(columns),
     .commands = FOR_SCORE,
     .group = GROUP_OUTPUT,
     .help = "what to print, as score, line, prob, logit, label",
     .manual = SCORE_COLUMNS_MANUAL,
     .fallback = "score,line"},
    {.name = "columns",
     .letter = 'c',
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(columns),
     .commands = FOR_CLASSIFY,
     .group = GROUP_OUTPUT,
     .help = "what to print, as label, probs, line, score",
     .manual = SCORE_COLUMNS_MANUAL,
     .fallback = "label,prob,line"},
    {.name = "columns",
     .letter = 'c',
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(columns),
     .commands = FOR_TOKENIZE,
     .group = GROUP_OUTPUT,
     .help = "what to print: id, token, type, truncated, line",
     .manual = "What to print, separated by commas: id, token and type are "
               "the ids, the pieces and the token types, a blank between two; "
               "truncated is 1 when tokens were cut off." COLUMNS_MANUAL,
     .fallback = "id"},
    {.name = "decimals",
     .argument = "N",
     .kind = OPTION_INTEGER,
     .target = AT(decimals),
     .least = 0,
     .most = 20,
     .commands = FOR_PAIRS,
     .group = GROUP_OUTPUT,
     .help = "print N decimals",
     .manual = "Print every score with N decimals. An exponent is never "
               "printed.",
     .fallback = "the shortest number that gives the float32 back"},
    {.name = "output",
     .letter = 'o',
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(output),
     .commands = FOR_RECORDS,
     .group = GROUP_OUTPUT,
     .completion = COMPLETE_FILE,
     .help = "write to FILE, which appears whole or not at all",
     .manual = "Write to FILE. It appears at the end, whole, or not at all, "
               "and may be one of the input files."},
    {.name = "line-buffered",
     .kind = OPTION_FLAG,
     .target = AT(line_buffered),
     .commands = FOR_SCORE | FOR_CLASSIFY | FOR_TOKENIZE,
     .group = GROUP_OUTPUT,
     .help = "write each record at once",
     .manual = "Write each record as soon as it is done. Without it output "
               "is written when a buffer is full or the input pauses."},
    {.name = "keep-going",
     .kind = OPTION_FLAG,
     .target = AT(keep_going),
     .commands = FOR_RECORDS,
     .group = GROUP_OUTPUT,
     .help = "score a bad record nan and go on",
     .manual = "Do not stop at a record that cannot be used: it is printed "
               "with nan for its numbers, and the exit status is 2."},

    /* The model */
    {.name = "model",
     .letter = 'm',
     .argument = "MODEL",
     .kind = OPTION_TEXT,
     .target = AT(model),
     .commands = FOR_MODELS,
     .group = GROUP_MODEL,
     .completion = COMPLETE_DIRECTORY,
     .help = "a Hugging Face model directory, or a model's name",
     .manual = "A model directory as Hugging Face publishes it. A name that "
               "is no directory here is looked up in $XENC_MODELS, in "
               "$XENC_HOME/models, in models beside the program and in "
               "share/xenc/models where it is installed, then, as ORG/NAME or "
               "ORG/NAME@REVISION or by its name in xenc-models(1), in the "
               "cache that Hugging Face's programs share. The network is "
               "never asked.",
     .fallback = "$XENC_MODEL, else xenc-en"},
    {.name = "activation",
     .argument = "KIND",
     .kind = OPTION_CHOICE,
     .target = AT(activation),
     .choices = activations,
     .commands = FOR_PAIRS,
     .group = GROUP_MODEL,
     .help = "logits to scores: auto, none, sigmoid, softmax",
     .manual = "What makes scores of the model's logits: auto does what the "
               "model's files say, none leaves them, sigmoid and softmax give "
               "numbers from 0 to 1.",
     .fallback = "auto"},
    {.name = "label",
     .argument = "LABEL",
     .kind = OPTION_TEXT,
     .target = AT(label),
     .commands = FOR_RERANK | FOR_SCORE,
     .group = GROUP_MODEL,
     .help = "the label whose score is taken, by name or number",
     .manual = "For a model with several labels: the label whose score is "
               "taken, by its name or by its number from 0."},
    {.name = "max-length",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = AT(max_length),
     .least = 1,
     .most = INFINITY,
     .commands = FOR_RECORDS,
     .group = GROUP_MODEL,
     .help = "tokens of a pair at most, special ones included",
     .manual = "Tokens of a pair at most, special tokens included.",
     .fallback = "the model's limit"},
    {.name = "truncation",
     .argument = "KIND",
     .kind = OPTION_CHOICE,
     .target = AT(truncation),
     .given = AT(has_truncation),
     .choices = truncations,
     .commands = FOR_RECORDS,
     .group = GROUP_MODEL,
     .help = "cut longest_first, only_first or only_second",
     .manual = "Which text of a pair over the limit is cut: the longer one "
               "token by token, only the first or only the second.",
     .fallback = "longest_first"},
    {.name = "long",
     .argument = "HOW",
     .kind = OPTION_CHOICE,
     .target = AT(long_texts),
     .choices = long_texts,
     .commands = FOR_RECORDS,
     .group = GROUP_MODEL,
     .help = "texts over the limit: truncate or error",
     .manual = "What happens to texts over the limit: truncate cuts them and "
               "says at the end how many, error makes them bad records.",
     .fallback = "truncate"},
    {.name = "precision",
     .other_name = "dtype",
     .argument = "TYPE",
     .kind = OPTION_CHOICE,
     .target = AT(precision),
     .choices = precisions,
     .commands = FOR_PAIRS | FOR_BENCH,
     .group = GROUP_MODEL,
     .help = "arithmetic: f32",
     .manual = "The arithmetic of the matrices.",
     .fallback = "f32"},

    /* The run */
    {.name = "pairs",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(pairs),
     .commands = FOR_BENCH,
     .group = GROUP_RUN,
     .completion = COMPLETE_FILE,
     .help = "score the pairs of FILE: query TAB text",
     .manual = "Score the pairs of FILE, a query, a TAB and a text on each "
               "line. They are tokenized before the clock starts."},
    {.name = "seconds",
     .argument = "S",
     .kind = OPTION_REAL,
     .target = AT(seconds),
     .least = 0.001,
     .most = 86400,
     .commands = FOR_BENCH,
     .group = GROUP_RUN,
     .help = "measure for S seconds",
     .manual = "Measure for at least S seconds."},
    {.name = "make",
     .argument = "SHAPE",
     .kind = OPTION_TEXT,
     .target = AT(shape),
     .commands = FOR_BENCH,
     .group = GROUP_RUN,
     .help = "write a model with random weights to DIR and stop",
     .manual = "Write a model directory with random weights at a published "
               "shape to the operand DIR and stop."},
    {.name = "jobs",
     .letter = 'j',
     .argument = "N",
     .kind = OPTION_INTEGER,
     .target = AT(jobs),
     .least = 1,
     .most = 4096,
     .commands = FOR_PAIRS | FOR_BENCH,
     .group = GROUP_RUN,
     .help = "work on N records at once",
     .manual = "Threads that score. Results do not depend on it.",
     .fallback = "the CPUs that this process may use"},
    {.name = "stats",
     .kind = OPTION_FLAG,
     .target = AT(stats),
     .commands = FOR_RECORDS,
     .group = GROUP_RUN,
     .help = "figures of the run on standard error",
     .manual = "Print figures of the run on standard error at its end: "
               "records, tokens, records that were cut, time."},
    {.name = "quiet",
     .kind = OPTION_FLAG,
     .target = AT(quiet),
     .commands = FOR_MODELS,
     .group = GROUP_RUN,
     .help = "no warnings; errors are still told",
     .manual = "Print no warnings. Errors are still told."},

    /* Help */
    {.name = "man",
     .kind = OPTION_FLAG,
     .target = AT(manual),
     .commands = FOR_HELP,
     .group = GROUP_HELP,
     .help = "print the manual page's source",
     .manual = "Print the source (mdoc) of the manual page of COMMAND, or of "
               "xenc itself."},
    {.name = "completion",
     .argument = "SHELL",
     .kind = OPTION_CHOICE,
     .target = AT(completion),
     .constant = SHELL_BASH,
     .choices = shells,
     .commands = FOR_HELP,
     .group = GROUP_HELP,
     .help = "print the completion script for bash, zsh or fish",
     .manual = "Print the script that lets SHELL complete commands, options "
               "and their values: bash, zsh or fish."},
    {.name = "help",
     .kind = OPTION_FLAG,
     .target = AT(help),
     .commands = FOR_ALL,
     .group = GROUP_HELP,
     .help = "print this help",
     .manual = "Print a short help and stop. -h is the same when it is the "
               "only argument."},
    {.name = "version",
     .kind = OPTION_FLAG,
     .target = AT(version),
     .commands = FOR_ALL,
     .group = GROUP_HELP,
     .help = "print the version",
     .manual = "Print the version and stop."},
};

const size_t option_count = sizeof option_table / sizeof *option_table;

const char *option_group_title(enum option_group group)
{
    static const char *const titles[GROUP_COUNT] = {
        [GROUP_INPUT] = "Input", [GROUP_OUTPUT] = "Output",
        [GROUP_MODEL] = "Model", [GROUP_RUN] = "Run",
        [GROUP_HELP] = "Help",
    };
    return titles[group];
}
