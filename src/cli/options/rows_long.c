/*
 * rows_long.c - the options that say what happens to long texts.
 */
#include "cli/options/rows.h"

#include <math.h>

static const char *const long_pairs[] = {"truncate", "error", "window", NULL};
static const char *const long_tokens[] = {"truncate", "error", NULL};
static const char *const aggregates[] = {"max", "mean", "first", "top2", NULL};

static const struct option rows[] = {
    {.name = "max-length",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = AT(max_length),
     .least = 1,
     .most = INFINITY,
     .commands = FOR_RECORDS | FOR_EVAL,
     .group = GROUP_LONG,
     .help = "tokens of a pair at most, special ones included",
     .manual = "Tokens of a pair at most, special tokens included.",
     .fallback = "the model's limit"},
    {.name = "truncation",
     .argument = "KIND",
     .kind = OPTION_CHOICE,
     .target = AT(truncation),
     .given = AT(has_truncation),
     .choices = (const char *const[]){"longest_first", "only_first",
                                      "only_second", NULL},
     .commands = FOR_RECORDS | FOR_EVAL,
     .group = GROUP_LONG,
     .help = "cut longest_first, only_first or only_second",
     .manual = "Which text of a pair over the limit is cut: the longer one "
               "token by token, only the first or only the second.",
     .fallback = "longest_first; with --labels only_first"},
    {.name = "long",
     .argument = "HOW",
     .kind = OPTION_CHOICE,
     .target = AT(long_texts),
     .choices = long_pairs,
     .commands = FOR_PAIRS,
     .group = GROUP_LONG,
     .help = "texts over the limit: truncate, error or window",
     .manual = "What happens to texts over the limit: truncate cuts them and "
               "says at the end how many, error makes them bad records, "
               "window scores all of the second text, in windows that "
               "overlap. A pair within the limit has the same score with all "
               "three. With window the first text stays whole while it takes "
               "no more than half of the room that the special tokens leave, "
               "or than a window leaves; a longer one is cut, counted and "
               "told. With --labels the windows are those of the record's "
               "text, the same for all labels.",
     .fallback = "truncate"},
    {.name = "long",
     .argument = "HOW",
     .kind = OPTION_CHOICE,
     .target = AT(long_texts),
     .choices = long_tokens,
     .commands = FOR_TOKENIZE | FOR_EVAL,
     .group = GROUP_LONG,
     .help = "texts over the limit: truncate or error",
     .manual = "What happens to texts over the limit: truncate cuts them and "
               "says at the end how many, error makes them bad records.",
     .fallback = "truncate"},
    {.name = "window",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = AT(windows.length),
     .least = 1,
     .most = INFINITY,
     .commands = FOR_PAIRS,
     .group = GROUP_LONG,
     .help = "tokens of a window of --long window",
     .manual = "With --long window: tokens of the long text in a window, at "
               "most. A text of more tokens is scored in windows even where "
               "the limit has room for it.",
     .fallback = "as many as there is room for"},
    {.name = "stride",
     .argument = "M",
     .kind = OPTION_COUNT,
     .target = AT(windows.stride),
     .least = 1,
     .most = INFINITY,
     .commands = FOR_PAIRS,
     .group = GROUP_LONG,
     .help = "tokens from one window's start to the next one's",
     .manual = "With --long window: tokens from the start of a window to the "
               "start of the next; more than a window's length counts as its "
               "length. The last window ends where the text does and is not "
               "shorter than the others.",
     .fallback = "half a window"},
    {.name = "aggregate",
     .argument = "HOW",
     .kind = OPTION_CHOICE,
     .target = AT(aggregate),
     .given = AT(has_aggregate),
     .choices = aggregates,
     .commands = FOR_PAIRS,
     .group = GROUP_LONG,
     .help = "windows to one score: max, mean, first or top2",
     .manual = "With --long window: what makes one answer of the windows' "
               "logits. max takes those of the best window, first those of "
               "the first, mean their mean, top2 the mean of the best two. "
               "The best window is the one with the highest score; without "
               "one score, as with three labels and no --label, the one "
               "whose most probable label is the most probable. With --labels "
               "each label has its own best window, the one that entails it "
               "most, and its own answer; what is printed of windows is about "
               "the label that is printed.",
     .fallback = "max"},
    {.name = "passage",
     .kind = OPTION_FLAG,
     .target = AT(passage),
     .commands = FOR_PAIRS,
     .group = GROUP_LONG,
     .help = "print the best window's text in place of the record",
     .manual = "With --long window: print the text of the best window where "
               "the record would be printed, with --jsonl and --csv beside "
               "it. It begins and ends at a token, which may be within a "
               "word."},
};

const struct option_list options_long = OPTION_LIST(rows);
