/*
 * rows_input.c - the options that say what goes in.
 */
#include "cli/options/preset.h"
#include "cli/options/rows.h"

#define FIELDS_MANUAL                                                          \
    " Fields are counted from 1 as in cut(1): 2, or 2,5, or 3- for the rest "  \
    "of the record, which is one text with its delimiters. A name means the "  \
    "column of that name and implies -H; with --jsonl every item is a key, "   \
    "or a path of keys with dots between them: data.lines.text."

static const char *const preset_names[] = {PRESET_NAMES, NULL};

static const struct option rows[] = {
    {.name = "query",
     .letter = 'q',
     .argument = "QUERY",
     .kind = OPTION_TEXT,
     .target = AT(query),
     .is_neutral = true, /* the query itself counts */
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
     .is_neutral = true, /* the query itself counts */
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
     .is_neutral = true,
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
     .commands = FOR_RECORDS | FOR_EVAL,
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
     .given = AT(has_format),
     .constant = FORMAT_LINES,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "a record is a line, quotes are ordinary bytes",
     .manual = "A record is a line and fields are parted by the delimiter; "
               "quotes are ordinary bytes. This is the default."},
    {.name = "csv",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .given = AT(has_format),
     .constant = FORMAT_CSV,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "records are CSV, fields may be quoted",
     .manual = "Records are CSV: a quoted field may hold delimiters, newlines "
               "and doubled quotes. Columns are added after the record."},
    {.name = "jsonl",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .given = AT(has_format),
     .constant = FORMAT_JSONL,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "records are JSON objects, one a line",
     .manual = "Records are JSON objects, one a line. The same object is "
               "printed, its keys in order and its numbers untouched, with "
               "the results added. -f is needed, but for rerank, which "
               "without -f, -g and -q answers requests: objects in the form "
               "of the rerank HTTP APIs, see xenc-formats(5)."},
    {.name = "grep",
     .kind = OPTION_CONSTANT,
     .target = AT(format),
     .given = AT(has_format),
     .constant = FORMAT_GREP,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "records are lines of grep, or of rg --json",
     .manual = "Records are lines as grep(1) prints them, FILE:LINE:TEXT, "
               "FILE-LINE-TEXT, FILE:TEXT or LINE:TEXT, or the objects of "
               "ripgrep's --json. Only the text is scored and the whole line "
               "is printed, on a terminal with grep's colours. Lines between "
               "groups of context, --, are left out."},
    {.name = "preset",
     .argument = "NAME",
     .kind = OPTION_CHOICE,
     .target = AT(preset),
     .constant = 1,
     .choices = preset_names,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "read msmarco, stsb, nli, quora or beir files as published",
     .manual = "Format, fields and columns for files as they are published: "
               "msmarco (top1000.dev.tsv), stsb (STS-B with or without a "
               "header), nli (SNLI, MNLI; with --jsonl their JSON), quora "
               "(question pairs; -d, for Kaggle's, --tsv for GLUE's), beir "
               "(corpus.jsonl). Other options change what it says; "
               "xenc-formats(5) has the table."},
    {.name = "files0-from",
     .argument = "F",
     .kind = OPTION_TEXT,
     .target = AT(files_from),
     .is_neutral = true,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "each file named in F is one text; names end in NUL",
     .manual = "Read the files whose names stand in F, each ended by NUL, as "
               "find -print0 writes them; - is standard input. Each file is "
               "one record, and all of it is its text."},
    {.name = "id",
     .argument = "FIELD",
     .kind = OPTION_FIELDS,
     .target = AT(id),
     .given = AT(has_id),
     .commands = FOR_PAIRS,
     .group = GROUP_INPUT,
     .help = "the field that -c id, trec and msmarco print",
     .manual = "The field that names the record, for -c id and the forms trec "
               "and msmarco. With --jsonl several keys may be given: the first "
               "that is there counts.",
     .fallback = "the first field that neither -g nor -f takes; with --jsonl "
                 "_id or id; else the record's number from 0"},
    {.name = "queries",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(queries),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "with --corpus and --run: the queries by their ids",
     .manual = "Queries for --run: lines of id TAB text, or JSON objects with "
               "_id and text."},
    {.name = "corpus",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(corpus),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "with --queries and --run: the documents by their ids",
     .manual = "Documents for --run: lines of id TAB text, or JSON objects "
               "with _id, text and perhaps title. Only documents that the run "
               "names are kept in memory."},
    {.name = "run",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = AT(run),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .completion = COMPLETE_FILE,
     .help = "put a first search's run in order",
     .manual = "The result of a first search, which says what to score: a "
               "TREC run (query Q0 document rank score tag) or MS MARCO's "
               "(query TAB document TAB rank). Blank lines mean nothing, and "
               "lines that begin with # are comments, as for eval. A run of "
               "the same kind is written, or what -c says."},
    {.name = "sorted",
     .kind = OPTION_FLAG,
     .target = AT(sorted),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .help = "with -g: a group's records stand together",
     .manual = "The records of each group stand together, as sort(1) leaves "
               "them: a group is printed as soon as it ends and only one is "
               "held in memory. A group that comes again is an error."},
    {.name = "unsorted",
     .kind = OPTION_FLAG,
     .target = AT(unsorted),
     .commands = FOR_RERANK,
     .group = GROUP_INPUT,
     .help = "with -g: hold all groups until the input ends",
     .manual = "Hold all groups until the input ends, even where the first 256 "
               "MiB of results looked as if each group's records stood "
               "together."},
    {.name = "max-record",
     .argument = "SIZE",
     .kind = OPTION_SIZE,
     .target = AT(max_record),
     .is_neutral = true,
     .commands = FOR_RECORDS,
     .group = GROUP_INPUT,
     .help = "refuse records longer than SIZE bytes",
     .manual = "Refuse records longer than SIZE bytes; K, M and G behind the "
               "number mean powers of 1024. Memory is bounded by it.",
     .fallback = "256M"},
};

const struct option_list options_input = OPTION_LIST(rows);
