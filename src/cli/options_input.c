/*
 * options_input.c - the options that say what goes in.
 */
#include "cli/options_rows.h"

#define FIELDS_MANUAL                                                          \
    " Fields are counted from 1 as in cut(1): 2, or 2,5, or 3- for the rest "  \
    "of the record, which is one text with its delimiters. A name means the "  \
    "column of that name and implies -H; with --jsonl every item is a key, "   \
    "or a path of keys with dots between them: data.lines.text."

static const struct option rows[] = {
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
};

const struct option_list options_input = OPTION_LIST(rows);
