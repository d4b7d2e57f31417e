/*
 * rows_output.c - the options that say what comes out.
 */
#include "cli/options/rows.h"

#include <math.h>

#define COLUMNS_MANUAL                                                         \
    " They are joined by TABs; line is the record as it came. With "           \
    "--csv the others follow the record as further columns, with --jsonl "     \
    "they are added to the object."

#define SCORE_COLUMNS_MANUAL                                                   \
    "What to print, separated by commas: score (with several labels and no "   \
    "--label all scores), prob (a probability whatever the activation), "      \
    "probs (of all labels), logit, logits, label, rank (in its group, from "   \
    "1), index (of the record, from 0), id (see --id), query, file, tokens, "  \
    "truncated (1 when tokens were cut), window and passage (see --long: the " \
    "best window's number from 0 and its bytes of the text, and its text) "    \
    "and line." COLUMNS_MANUAL
#define RERANK_COLUMNS_MANUAL                                                  \
    SCORE_COLUMNS_MANUAL                                                       \
    " One of these words instead means a whole form: trec (a TREC run, whose " \
    "score is the logit), msmarco (query TAB id TAB rank), tei or cohere (a "  \
    "JSON answer for each group)."

#define ALL_COLUMNS                                                            \
    "score", "prob", "probs", "logit", "logits", "label", "index", "id",       \
        "file", "tokens", "truncated", "window", "passage", "line"
static const char *const score_columns[] = {ALL_COLUMNS, "query", "explain",
                                            NULL};
static const char *const classify_columns[] = {ALL_COLUMNS, "labels", NULL};
static const char *const rerank_columns[] = {
    ALL_COLUMNS, "query",   "rank", "explain", "bm25",
    "trec",      "msmarco", "tei",  "cohere",  NULL};
static const char *const token_columns[] = {"id",        "token", "type",
                                            "truncated", "line",  NULL};

static const char *const colors[] = {"auto", "always", "never", NULL};

static const struct option rows[] = {
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
     .words = rerank_columns,
     .commands = FOR_RERANK,
     .group = GROUP_OUTPUT,
     .help = "what to print, as score, line, rank, id, prob; or trec",
     .manual = RERANK_COLUMNS_MANUAL,
     .fallback = "score,line"},
    {.name = "columns",
     .letter = 'c',
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(columns),
     .words = score_columns,
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
     .words = classify_columns,
     .commands = FOR_CLASSIFY,
     .group = GROUP_OUTPUT,
     .help = "what to print, as label, probs, line, score",
     .manual = SCORE_COLUMNS_MANUAL
     " labels has all labels with their probabilities, the best one first.",
     .fallback = "label,prob,line; with --labels label,score,line"},
    {.name = "columns",
     .letter = 'c',
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(columns),
     .words = token_columns,
     .commands = FOR_TOKENIZE,
     .group = GROUP_OUTPUT,
     .help = "what to print: id, token, type, truncated, line",
     .manual = "What to print, separated by commas: id, token and type are "
               "the ids, the pieces and the token types, a blank between two; "
               "truncated is 1 when tokens were cut off." COLUMNS_MANUAL,
     .fallback = "id; with --jsonl token,id,type"},
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
     .is_neutral = true,
     .commands = FOR_RECORDS | FOR_PACK,
     .group = GROUP_OUTPUT,
     .completion = COMPLETE_FILE,
     .help = "write to FILE, which appears whole or not at all",
     .manual = "Write to FILE. It appears at the end, whole, or not at all, "
               "and may be one of the input files."},
    {.name = "resume",
     .kind = OPTION_FLAG,
     .target = AT(resume),
     .is_neutral = true,
     .commands = FOR_SCORE | FOR_CLASSIFY,
     .group = GROUP_OUTPUT,
     .help = "go on where an earlier run with -o FILE was stopped",
     .manual = "Keep what is done although the run may be stopped, by kill -9 "
               "or a power failure too, and go on there when the same command "
               "is run again; where there is nothing to go on with, begin. "
               "-o FILE is needed: until FILE is whole, FILE.part has its "
               "records and FILE.resume says what they belong to. The input "
               "must begin with the same records as before, which are read "
               "again but not scored; a different model, program, processor or "
               "option that changes the output is an error. The result is "
               "byte for byte that of a run that was never stopped. Records "
               "are synced to the disk as often as costs a hundredth of the "
               "time, 20 times a second at most; those behind the last sync "
               "are scored again. Warnings count the records of the last run "
               "alone. To begin anew, remove FILE.part."},
    {.name = "line-buffered",
     .kind = OPTION_FLAG,
     .target = AT(line_buffered),
     .is_neutral = true,
     .commands = FOR_SCORE | FOR_CLASSIFY | FOR_TOKENIZE,
     .group = GROUP_OUTPUT,
     .help = "write each record at once",
     .manual = "Write each record as soon as it is done. Without it output "
               "is written when a buffer is full or the input pauses."},
    {.name = "color",
     .other_name = "colour",
     .argument = "WHEN",
     .kind = OPTION_CHOICE,
     .target = AT(color),
     .choices = colors,
     .commands = FOR_PAIRS,
     .group = GROUP_OUTPUT,
     .help = "colours: auto, always, never",
     .manual = "Whether --grep colours the path, the line number and the "
               "separators, and --explain the words: auto does it on a "
               "terminal, unless NO_COLOR is "
               "set or TERM is dumb; always and never mean what they say. "
               "GREP_COLORS chooses the colours, as for grep(1).",
     .fallback = "auto"},
    {.name = "explain",
     .kind = OPTION_FLAG,
     .target = AT(explain),
     .commands = FOR_RERANK | FOR_SCORE,
     .group = GROUP_OUTPUT,
     .help = "say what each word of a printed text does for its score",
     .manual = "For each word of each printed text: how far the logit falls "
               "(of several labels the logarithm of the best one's share) "
               "when the tokens of that word are left out and nothing else "
               "changes. Above 0 the word speaks for the text, below 0 "
               "against it. A word is a run of letters, digits and _, a run "
               "of other signs, or an ideograph. Where colours are printed "
               "(see --color) the words are marked in the line, warm ones "
               "speak for it, cold ones against it, in four strengths "
               "measured by the strongest word of the line. Else the column "
               "explain is added: the words with their numbers, the strongest "
               "first, with --jsonl a list of objects with word, start and "
               "end (bytes of the text) and drop, in the text's order. With "
               "--long window the words of the best window are explained. It "
               "costs one more scoring of the text for each of its words."},
    {.name = "blend",
     .argument = "W",
     .kind = OPTION_REAL,
     .target = AT(blend),
     .given = AT(has_blend),
     .least = 0,
     .most = 1,
     .commands = FOR_RERANK,
     .group = GROUP_OUTPUT,
     .help = "mix in BM25 with weight W, from 0 to 1",
     .manual = "Mix the model's scores with those of BM25 (k1 0.9, b 0.4), "
               "computed over the candidates themselves, with -g over those "
               "of the group. Both are measured in standard deviations from "
               "their mean over the candidates, the model's by its logit; the "
               "score is 1-W times the one plus W times the other. W 0 is the "
               "model alone; W 1 is BM25 alone, with its own scores, and no "
               "model is opened. Words are compared in lower case; an "
               "identifier such as maxRetry or max_retry counts as itself and "
               "as its parts. All candidates of a group are held in memory, "
               "whatever -n says, but of each only the record and how often "
               "it has the words of the query. The column bm25 has the "
               "unmixed number."},
    {.name = "keep-going",
     .kind = OPTION_FLAG,
     .target = AT(keep_going),
     .is_neutral = true,
     .commands = FOR_PAIRS,
     .group = GROUP_OUTPUT,
     .help = "score a bad record nan and go on",
     .manual = "Do not stop at a record that cannot be used: it is printed "
               "with nan for its numbers, behind all others where records are "
               "put in order, and the exit status is 2. A record for which "
               "the model gives nan or infinity, because its weights are "
               "damaged, is such a record."},
    {.name = "keep-going",
     .kind = OPTION_FLAG,
     .target = AT(keep_going),
     .is_neutral = true,
     .commands = FOR_TOKENIZE,
     .group = GROUP_OUTPUT,
     .help = "print a bad record without tokens and go on",
     .manual = "Do not stop at a record that cannot be used: it is printed "
               "without tokens, and the exit status is 2."},
};

const struct option_list options_output = OPTION_LIST(rows);
