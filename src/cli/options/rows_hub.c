/*
 * rows_hub.c - the options of models that come and go.
 */
#include "cli/options/rows.h"

static const struct option rows[] = {
    {.name = "bench",
     .kind = OPTION_FLAG,
     .target = AT(measures),
     .commands = FOR_CATALOG,
     .group = GROUP_RUN,
     .help = "measure the models that are here",
     .manual = "Measure the speed of each model that is here and print a last "
               "column, pairs a second, or - for the others. A pair is as in "
               "xenc-bench(1); --seconds and -j are its options."},
    {.name = "dry-run",
     .kind = OPTION_FLAG,
     .target = AT(dry_run),
     .commands = FOR_PULL,
     .group = GROUP_RUN,
     .help = "list the files and what would come, and stop",
     .manual = "Ask the Hub which files are needed and write nothing. Each "
               "line has the model, the file, its bytes and the bytes that "
               "would come, joined by TABs."},
    {.name = "dry-run",
     .kind = OPTION_FLAG,
     .target = AT(dry_run),
     .commands = FOR_RM,
     .group = GROUP_RUN,
     .help = "list what would be removed, and stop",
     .manual = "Print the path of everything that would be removed, a line "
               "each, and remove nothing."},
    {.name = "names",
     .kind = OPTION_FLAG,
     .target = AT(names_only),
     .commands = FOR_LS,
     .group = GROUP_OUTPUT,
     .help = "print names only, without opening the models",
     .manual = "Print the names only, as -m takes them. No model is opened, "
               "so it takes no time."},
};

const struct option_list options_hub = OPTION_LIST(rows);
