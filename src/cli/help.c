/*
 * help.c - `xenc help`: help, manual pages, completions.
 */
#include "cli/options/help.h"
#include "cli/message.h"
#include "cli/options/unknown.h"

static const struct command *named_command(const char *name,
                                           struct error *error)
{
    const struct command *command = command_find(name);
    if (command == NULL)
        command_unknown(name, error);
    return command;
}

static int run_help(const struct options *options)
{
    struct error error = {0};
    const struct command *subject = &program;
    if (options->operand_count > 0)
        subject = named_command(options->operands[0], &error);
    if (subject == NULL)
        return complain(&error);

    if (options->completion != SHELL_NONE)
        completion_print(stdout, options->completion);
    else if (options->manual)
        manual_print(stdout, subject);
    else
        help_print(stdout, subject);
    return help_finish();
}

static const char *const description[] = {
    "Prints the help of a command, or of xenc itself, as its --help does.",
    "The manual pages and the completions of shells are made by this command "
    "from the same tables that read the command line.",
    NULL,
};

static const struct example examples[] = {
    {"xenc help rerank", "Prints what xenc rerank --help prints."},
    {"xenc help --completion bash > "
     "~/.local/share/bash-completion/completions/xenc",
     "Lets bash complete the commands and options of xenc."},
    {NULL, NULL},
};

const struct command command_help = {
    .name = "help",
    .bit = FOR_HELP,
    .summary = "print the help of a command, manual pages and completions",
    .synopsis = "[COMMAND]\n--man [COMMAND]\n--completion SHELL",
    .description = description,
    .examples = examples,
    .most_operands = 1,
    .operands = COMPLETE_COMMAND,
    .run = run_help,
};
