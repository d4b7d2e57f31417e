/*
 * rows_run.c - the options of a run, and those that every command has.
 */
#include "cli/options/rows.h"

static const char *const shells[] = {"bash", "zsh", "fish", NULL};

static const struct option rows[] = {
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
     .commands = FOR_BENCH | FOR_CATALOG,
     .group = GROUP_RUN,
     .help = "measure for S seconds",
     .manual = "Measure each model for at least S seconds."},
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
     .is_neutral = true,
     .least = 1,
     .most = 4096,
     .commands = FOR_PAIRS | FOR_BENCH | FOR_CATALOG | FOR_EVAL,
     .group = GROUP_RUN,
     .help = "work on N records at once",
     .manual = "Threads that score. Results do not depend on it.",
     .fallback = "the CPUs that this process may use"},
    {.name = "no-sandbox",
     .kind = OPTION_FLAG,
     .target = AT(no_sandbox),
     .is_neutral = true,
     .commands = FOR_RECORDS,
     .group = GROUP_RUN,
     .help = "keep all rights while records are read",
     .manual = "Keep all of the process's rights. Without this option a run "
               "that has opened the model and looked at its input files gives "
               "up, where Linux lets it (Landlock, seccomp), what it does not "
               "need any more: opening other files, writing any but its "
               "output, programs, processes and the network; xenc info says "
               "what there is of it here. Needed where an input file is "
               "replaced by another one after the start, for that one is not "
               "among those that may be opened."},
    {.name = "stats",
     .kind = OPTION_FLAG,
     .target = AT(stats),
     .is_neutral = true,
     .commands = FOR_RECORDS | FOR_EVAL,
     .group = GROUP_RUN,
     .help = "figures of the run on standard error",
     .manual = "Print figures of the run on standard error at its end: "
               "records, tokens, records that were cut, time."},
    {.name = "quiet",
     .kind = OPTION_FLAG,
     .target = AT(quiet),
     .is_neutral = true,
     .commands = FOR_MODELS,
     .group = GROUP_RUN,
     .help = "no warnings; errors are still told",
     .manual = "Print no warnings. Errors are still told."},
    {.name = "quiet",
     .kind = OPTION_FLAG,
     .target = AT(quiet),
     .commands = FOR_PULL | FOR_VERIFY,
     .group = GROUP_RUN,
     .help = "no progress, no warnings; errors are still told",
     .manual = "Show no progress, which only a terminal sees anyway, and "
               "print no warnings. Errors are still told."},
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
     .is_neutral = true,
     .commands = FOR_ALL,
     .group = GROUP_HELP,
     .help = "print this help",
     .manual = "Print a short help and stop. -h is the same when it is the "
               "only argument."},
    {.name = "version",
     .kind = OPTION_FLAG,
     .target = AT(version),
     .is_neutral = true,
     .commands = FOR_ALL,
     .group = GROUP_HELP,
     .help = "print the version",
     .manual = "Print the version and stop."},
};

const struct option_list options_run = OPTION_LIST(rows);
