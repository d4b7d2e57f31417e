/*
 * commands.c - the list of commands, and xenc itself as a row of words.
 */
#include "cli/command.h"

#include "cli/message.h"
#include "cli/options/help.h"

#include <string.h>

const struct command *const commands[] = {
    &command_rerank,   &command_score, &command_classify,
    &command_tokenize, &command_eval,  &command_info,
    &command_bench,    &command_pack,  &command_models,
    &command_pull,     &command_ls,    &command_rm,
    &command_verify,   &command_help,  NULL,
};

const struct command *command_find(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static const char *const description[] = {
    "xenc is a filter: texts come in, scores or labels go out. A "
    "cross-encoder, a neural network that reads two texts together, decides "
    "how well they fit. Candidates are put in order for a query, pairs are "
    "scored, and models that were trained for it name what a pair is.",
    "Records are lines, or TSV, CSV or JSON objects. A record is printed as "
    "it came, with the results before it (lines), after it (CSV) or in it "
    "(JSON). A score depends on its pair and on the model, never on other "
    "records, their order or the number of threads.",
    "Models are directories as Hugging Face publishes them, or single files "
    "that xenc-pack(1) made of them. Nothing in them is executed. The network "
    "is used by xenc-pull(1) alone, which brings models; nothing of yours is "
    "sent.",
    "Memory does not grow with the input: beyond the model and the longest "
    "record (--max-record) there are two windows of records on their way, each "
    "of 32768 records, 32 MiB or 8192 tokens a worker at most. A small "
    "model on two workers takes 12 MiB for 100,000 lines and for 10 million. "
    "rerank holds its results besides, with -n N the best N of a group.",
    "What fails in the middle is told, and the exit status is 2: records that "
    "were printed are whole and right, and a file of -o is the old one. So it "
    "is after SIGINT, SIGTERM, SIGHUP or SIGPIPE, of which xenc then dies; "
    "what is finished is printed first. A model's file that is cut while it "
    "is in use, and a model whose logits are nan or infinite, are errors.",
    NULL,
};

static const struct example examples[] = {
    {"grep -rn timeout src | xenc rerank -q 'where is the retry limit' -n 10",
     "Prints the ten lines that fit best, with their scores."},
    {"xenc score pairs.tsv", "Prints each pair's score in front of it."},
    {"xenc info", "Describes the model that is used."},
    {NULL, NULL},
};

/* `xenc` alone is a mistake, so that a script sees it. */
static int run_without_command(const struct options *options)
{
    struct error error = {0};
    error_set(&error, "no command: one was expected");
    complain(&error);
    help_print(stderr, options->command);
    return EXIT_TROUBLE;
}

const struct command program = {
    .name = "xenc",
    .bit = FOR_PROGRAM,
    .summary = "score pairs of texts with cross-encoder models",
    .synopsis = "COMMAND [options] [FILE...]",
    .description = description,
    .examples = examples,
    .most_operands = 0,
    .nothing = "nothing passed: see the command",
    .run = run_without_command,
};
