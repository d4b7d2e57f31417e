/*
 * options.h - the command line as plain data, and the one table behind it.
 *
 * The table gives parsing, --help, the OPTIONS of the manual pages and the
 * shells' completions.  A name may have several rows for different commands
 * where its meaning or its default differs.  struct options points into argv,
 * which outlives it, and owns the lists and arrays that options_free releases.
 */
#ifndef CLI_OPTIONS_OPTIONS_H
#define CLI_OPTIONS_OPTIONS_H

#include "base/error.h"
#include "cli/command.h"
#include "io/fields.h"
#include "io/reader.h"
#include "kernels/kernels.h"
#include "rank/scorer.h"

#include <stdbool.h>
#include <stddef.h>

enum score_activation {
    SCORE_ACTIVATION_AUTO, /* as the model's files say */
    SCORE_ACTIVATION_NONE,
    SCORE_ACTIVATION_SIGMOID,
    SCORE_ACTIVATION_SOFTMAX
};

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* eval: what a file of pairs holds, and which measures follow from it. */
enum eval_task {
    EVAL_NO_TASK, /* a run against judgements */
    EVAL_STSB,
    EVAL_QUORA,
    EVAL_NLI,
    EVAL_QNLI,
    EVAL_CORRELATION,
    EVAL_BINARY,
    EVAL_MULTICLASS,
    EVAL_RANK
};

/* eval: whose rules are followed. */
enum eval_style {
    EVAL_TREC,   /* trec_eval 9.0.8 */
    EVAL_TREC10, /* trec_eval 10.0 */
    EVAL_IR_MEASURES,
    EVAL_MSMARCO,
    EVAL_ST /* sentence-transformers */
};

enum eval_form { EVAL_TEXT, EVAL_TSV, EVAL_JSON };

struct eval_options {
    const char *qrels, *candidates, *queries, *corpus;
    enum eval_task task;
    bool scored, documents_only;
    const char *labels; /* names of the numbers 0, 1, ... */
    const char *split;  /* NULL: test */
    const char *published;
    const char *compare;

    enum eval_style style;
    const char *measures;
    bool all_measures, complete, judged_only, per_query;
    bool ties_ascending;
    int level;
    size_t cutoff, seed;

    enum eval_form form;
    const char *gates; /* --min */
    const char *plot;
};

enum shell { SHELL_NONE, SHELL_BASH, SHELL_ZSH, SHELL_FISH };

struct options {
    const struct command *command;
    bool help, version; /* asked for: nothing else is to be done */

    /* Input.  The defaults of -f are the commands'. */
    int preset; /* a row of preset.c from 1; 0: none */
    enum record_format format;
    bool has_format;                    /* was given */
    struct field_list texts, group, id; /* empty unless has_texts... */
    bool has_texts, has_group, has_id;
    struct field_list texts_without_header; /* of a preset */
    char delimiter;                         /* 0: not given */
    bool zero_ended;
    bool header; /* -H, or a name in a list of fields (not with --jsonl) */
    const char *query, *query_file;     /* at most one of them is given */
    const char *files_from;             /* a list of files, each one record */
    const char *queries, *corpus, *run; /* all three or none */
    size_t max_record;                  /* bytes; 0: the reader's limit */
    bool sorted;   /* the records of a group stand together */
    bool unsorted; /* they need not */

    /* Output */
    const char *columns; /* NULL: the command's own */
    size_t best;         /* 0: all */
    bool has_min;
    double min;
    int decimals;       /* -1: the shortest that gives the float32 back */
    const char *output; /* a file; NULL: standard output */
    bool resume;        /* go on with what an earlier run left of it */
    enum color_when color;
    bool explain;
    bool has_blend;
    double blend; /* weight of BM25 */
    bool line_buffered, keep_going, stats, quiet;

    /* Model */
    const char *model; /* -m as given; model_path() finds the directory */
    enum precision precision;
    bool has_precision;
    size_t max_length; /* tokens; 0: the model's */
    enum truncation truncation;
    bool has_truncation;
    enum long_texts long_texts;
    struct passage_rule windows; /* 0: not given */
    enum aggregate aggregate;
    bool has_aggregate, passage;
    const char *labels, *template; /* NULL: not given */
    bool multi;
    enum score_activation activation;
    const char *label; /* name or number; NULL: the model's rule */
    bool no_sandbox;   /* keep all rights: base/sandbox.h */
    int jobs;          /* workers; 0: as many as may run */

    /* bench */
    const char *pairs, *shape; /* --make SHAPE: the operand is its DIR */
    double seconds;            /* 0: not given */

    struct eval_options eval;
    /* models, and the cache */
    bool measures, dry_run, names_only;

    /* help */
    bool manual;
    enum shell completion;

    const char *const *operands; /* owned; the strings are argv's */
    size_t operand_count;
};

enum option_kind {
    OPTION_FLAG,      /* bool = true */
    OPTION_CONSTANT,  /* int-sized enum = constant; no argument */
    OPTION_TEXT,      /* const char * */
    OPTION_COUNT,     /* size_t, least..most */
    OPTION_SIZE,      /* size_t bytes, with K, M or G behind the number */
    OPTION_INTEGER,   /* int, least..most */
    OPTION_REAL,      /* double, least..most */
    OPTION_CHOICE,    /* int-sized enum = constant + index in choices */
    OPTION_CHARACTER, /* char: one byte, or \t */
    OPTION_FIELDS     /* struct field_list */
};

enum option_group {
    GROUP_INPUT,
    GROUP_OUTPUT,
    GROUP_MODEL,
    GROUP_LONG,
    GROUP_EVAL,
    GROUP_RUN,
    GROUP_HELP,
    GROUP_COUNT
};

struct option {
    const char *name;       /* long, without the dashes */
    char letter;            /* short, or 0 */
    char other_letter;      /* a second spelling, or 0 */
    const char *other_name; /* a second spelling, or NULL */
    const char *argument;   /* its name in help: "N"; NULL: takes none */
    enum option_kind kind;
    size_t target;   /* offset in struct options */
    size_t given;    /* offset of the bool that is set with it, or 0 */
    bool is_neutral; /* the output does not depend on it */
    int constant;    /* OPTION_CHOICE: what the first choice means */
    double least, most;
    const char *const *choices; /* ended by NULL */
    const char *const *words;   /* as choices, of a list with commas */
    unsigned commands;          /* of enum command_bit */
    enum option_group group;
    enum option_completion completion;
    const char *help;     /* one line, lower case, no full stop */
    const char *manual;   /* whole sentences */
    const char *fallback; /* the default in words, or NULL */
};

/* What every option is before the command line is read. */
extern const struct options options_defaults;

/* Row i of the table, NULL past its end. */
const struct option *option_row(size_t i);
bool option_is_of(const struct option *row, const struct command *command);
/* The command's next row of a group, from row *i on, which moves behind it;
 * NULL when there is none. */
const struct option *option_next(const struct command *command,
                                 enum option_group group, size_t *i);
const char *option_group_title(enum option_group group);

/* BM25 alone: no model is opened. */
bool options_are_lexical(const struct options *options);

/* The row under this name or letter that one of the takers (a set of enum
 * command_bit) has, or NULL. */
const struct option *option_by_name(unsigned takers, struct slice name);
const struct option *option_by_letter(unsigned takers, char letter);

/* Appends a line "option NAME VALUE", where the value is not the default. */
bool option_print(const struct options *options, const struct option *row,
                  struct buffer *out, struct error *error);

/* Whether the options go together; fills in what a preset and others imply. */
bool options_check(struct options *options, struct error *error);

/*
 * Reads the arguments that follow the command's name.  Every mistake is one
 * sentence in error.  After --help or --version the rest is not looked at.
 */
bool options_parse(struct options *options, const struct command *command,
                   int count, char *const *arguments, struct error *error);
void options_free(struct options *options);

#endif
