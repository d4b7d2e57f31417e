/*
 * command.h - one row a command: its words for help and manual, its function.
 *
 * Each command's file defines its row; commands.c lists them in the order of
 * `xenc --help`.  All of it is constant and belongs to nobody.  A row's texts
 * are plain: help.c folds them to the terminal's width, manual.c writes them
 * as mdoc.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stddef.h>

struct options;

enum exit_status {
    EXIT_DONE = 0,
    EXIT_NOTHING = 1, /* done, but nothing passed: none printed, below --min */
    EXIT_TROUBLE = 2  /* anything went wrong, whatever else succeeded */
};

/* A bit a command, so that an option can say which of them take it. */
enum command_bit {
    FOR_RERANK = 1 << 0,
    FOR_SCORE = 1 << 1,
    FOR_CLASSIFY = 1 << 2,
    FOR_TOKENIZE = 1 << 3,
    FOR_INFO = 1 << 4,
    FOR_BENCH = 1 << 5,
    FOR_HELP = 1 << 6,
    FOR_CATALOG = 1 << 7,
    FOR_PROGRAM = 1 << 8, /* `xenc --help`: before any command */
    FOR_PACK = 1 << 9,
    FOR_EVAL = 1 << 10,
    FOR_PULL = 1 << 11,
    FOR_LS = 1 << 12,
    FOR_RM = 1 << 13,
    FOR_VERIFY = 1 << 14,

    /* Sets that many options share. */
    FOR_PAIRS = FOR_RERANK | FOR_SCORE | FOR_CLASSIFY,
    FOR_RECORDS = FOR_PAIRS | FOR_TOKENIZE,
    FOR_MODELS = FOR_RECORDS | FOR_INFO | FOR_BENCH | FOR_PACK | FOR_EVAL,
    FOR_CACHE = FOR_PULL | FOR_LS | FOR_RM | FOR_VERIFY,
    FOR_ALL = FOR_MODELS | FOR_CATALOG | FOR_CACHE | FOR_HELP | FOR_PROGRAM
};

struct example {
    const char *command; /* as typed into a shell */
    const char *effect;  /* what it does: one sentence with its full stop */
};

/* What a shell can offer for an argument. */
enum option_completion {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_DIRECTORY,
    COMPLETE_COMMAND,
    COMPLETE_MODEL,    /* a directory, or the name of a model that is here */
    COMPLETE_CACHED,   /* the name of a model in the cache */
    COMPLETE_PUBLISHED /* the name of a model of the catalogue */
};

struct command {
    const char *name;
    enum command_bit bit;
    const char *summary;  /* lower case, no full stop: "put lines in order" */
    const char *synopsis; /* what follows the name, a form a line */
    const char *const *description;  /* paragraphs, ended by NULL */
    const struct example *examples;  /* ended by {NULL, NULL} */
    size_t most_operands;            /* SIZE_MAX: any number */
    enum option_completion operands; /* what a shell can offer for them */
    const char *nothing; /* when EXIT_NOTHING is given, as the summary is
                            written; NULL: never */
    int (*run)(const struct options *options); /* gives an exit_status */
};

extern const struct command command_rerank, command_score, command_classify,
    command_tokenize, command_info, command_bench, command_pack, command_models,
    command_eval, command_pull, command_ls, command_rm, command_verify,
    command_help;

/* All commands that exist, ended by NULL. */
extern const struct command *const commands[];

/* xenc itself, as a row: its words and the options that need no command. */
extern const struct command program;

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

#endif
