/*
 * manual.c - the manual pages as mdoc (man 7 mdoc).
 *
 * Texts of the tables are plain words; put_word gives options, pages,
 * variables and arguments the macros that they have in a manual.
 */
#include "cli/options/help.h"

#include <ctype.h>
#include <string.h>

enum { LINE_WIDTH = 78 };

static const char date[] = "November 21, 2026";

struct variable {
    const char *name;
    unsigned commands; /* of enum command_bit: whose pages tell of it */
    const char *text;
};

/* Those that open a model's weights, which the CPU's kernels are chosen for. */
enum {
    FOR_COMPUTING = (FOR_MODELS & ~FOR_TOKENIZE) | FOR_CATALOG | FOR_PROGRAM
};

static const struct variable variables[] = {
    {"XENC_MODEL", FOR_MODELS | FOR_PROGRAM,
     "The model where -m is not given."},
    {"XENC_HOME", FOR_MODELS | FOR_CATALOG | FOR_LS | FOR_PROGRAM,
     "A directory whose subdirectory models is searched for installed models "
     "before the one that came with the program."},
    {"XENC_MODELS", FOR_MODELS | FOR_CATALOG | FOR_LS | FOR_PROGRAM,
     "A directory of model directories, searched first."},
    {"HF_HUB_CACHE", FOR_MODELS | FOR_CATALOG | FOR_CACHE | FOR_PROGRAM,
     "The cache of Hugging Face's programs; else HUGGINGFACE_HUB_CACHE, "
     "$HF_HOME/hub, $XDG_CACHE_HOME/huggingface/hub, "
     "~/.cache/huggingface/hub. An empty variable counts as unset."},
    {"HF_TOKEN", FOR_PULL | FOR_PROGRAM,
     "Who asks the Hub; else HUGGING_FACE_HUB_TOKEN, the file that "
     "HF_TOKEN_PATH names, the file token in $HF_HOME or in "
     "~/.cache/huggingface. HF_HUB_DISABLE_IMPLICIT_TOKEN=1 sends none."},
    {"HF_ENDPOINT", FOR_PULL | FOR_PROGRAM,
     "Where the Hub is. Default: https://huggingface.co."},
    {"HF_HUB_OFFLINE", FOR_PULL | FOR_PROGRAM,
     "With 1, on, yes or true nothing is downloaded; else TRANSFORMERS_OFFLINE "
     "says it."},
    {"HF_HUB_DOWNLOAD_TIMEOUT", FOR_PULL,
     "Seconds for connecting and for the longest silence. Default: 10."},
    {"HF_HUB_DISABLE_SYMLINKS", FOR_PULL,
     "With 1, on, yes or true files are copied into snapshots instead of "
     "linked, as they are where there are no links."},
    {"SSL_CERT_FILE", FOR_PULL,
     "Certificates to trust in place of the system's; else the directory "
     "SSL_CERT_DIR."},
    {"https_proxy", FOR_PULL,
     "The proxy for https; else all_proxy. no_proxy lists hosts that are asked "
     "without one."},
    {"XENC_ISA", FOR_COMPUTING,
     "The highest instruction set to use, one that the CPU has: reference, "
     "avx2, avxvnni, avx512, avx512vnni, avx512bf16 or amx; for tests and "
     "comparisons."},
    {"XENC_GEMM", FOR_COMPUTING,
     "Whose matrix products are used in f32 and int8: own or openblas; for "
     "tests and comparisons."},
    {"OMP_NUM_THREADS", FOR_COMPUTING,
     "The most threads where -j is not given."},
    {"OPENBLAS_CORETYPE", FOR_COMPUTING,
     "The core type of OpenBLAS. Without it xenc chooses the best one that "
     "the CPU can run."},
};

/*** Prose: words with the macros that they ask for ***/

/* Text lines are filled; a macro has a line of its own. */
struct page {
    FILE *out;
    size_t column;
};

static void end_line(struct page *page)
{
    if (page->column > 0)
        fputc('\n', page->out);
    page->column = 0;
}

/* Backslashes are roff's; a dot or quote in front would make a request. */
static void put_escaped(struct page *page, struct slice word)
{
    if (page->column == 0 && word.length > 0 &&
        (word.bytes[0] == '.' || word.bytes[0] == '\''))
        fputs("\\&", page->out);
    for (size_t i = 0; i < word.length; i++) {
        if (word.bytes[i] == '\\')
            fputs("\\e", page->out);
        else
            fputc(word.bytes[i], page->out);
    }
    page->column += word.length;
}

/* A command to be copied: groff would print typographic signs for these. */
static void put_literal(FILE *out, const char *text)
{
    static const struct {
        char sign;
        const char *escape;
    } escapes[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"},
                   {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}};
    for (; *text != '\0'; text++) {
        size_t i = 0, count = sizeof escapes / sizeof *escapes;
        while (i < count && escapes[i].sign != *text)
            i++;
        if (i < count)
            fputs(escapes[i].escape, out);
        else
            fputc(*text, out);
    }
}

static void put_plain(struct page *page, struct slice word)
{
    if (page->column > 0 && page->column + 1 + word.length > LINE_WIDTH)
        end_line(page);
    if (page->column > 0) {
        fputc(' ', page->out);
        page->column++;
    }
    put_escaped(page, word);
}

/* ".Fl z ," : the closing marks are words of their own. */
static void put_macro(struct page *page, const char *macro, struct slice word,
                      struct slice marks)
{
    end_line(page);
    page->column = 1;
    fprintf(page->out, ".%s ", macro);
    put_escaped(page, word);
    for (size_t i = 0; i < marks.length; i++)
        fprintf(page->out, " %c", marks.bytes[i]);
    end_line(page);
}

static bool is_argument(struct slice word)
{
    for (size_t i = 0; option_row(i) != NULL; i++)
        if (option_row(i)->argument != NULL &&
            slice_is(word, option_row(i)->argument))
            return true;
    return slice_is(word, "COMMAND") || slice_is(word, "DIR");
}

static bool is_variable(struct slice word)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (slice_is(word, variables[i].name))
            return true;
    return false;
}

/* "cut(1)" */
static bool is_page(struct slice word)
{
    return word.length > 3 && isalpha((unsigned char)word.bytes[0]) &&
           word.bytes[word.length - 3] == '(' &&
           isdigit((unsigned char)word.bytes[word.length - 2]) &&
           word.bytes[word.length - 1] == ')';
}

static void put_page_reference(struct page *page, struct slice word,
                               struct slice marks)
{
    char words[80];
    int length = snprintf(words, sizeof words, "%.*s %c", (int)word.length - 3,
                          word.bytes, word.bytes[word.length - 2]);
    put_macro(page, "Xr", (struct slice){words, (size_t)length}, marks);
}

static void put_word(struct page *page, struct slice whole)
{
    struct slice word = whole;
    while (word.length > 1 && strchr(".,;:", word.bytes[word.length - 1]))
        word.length--;
    struct slice marks = {word.bytes + word.length, whole.length - word.length};
    bool dollar = word.length > 1 && word.bytes[0] == '$';
    struct slice name = {word.bytes + dollar, word.length - dollar};

    if (word.length > 1 && word.bytes[0] == '-' &&
        (isalnum((unsigned char)word.bytes[1]) || word.bytes[1] == '-'))
        put_macro(page, "Fl", (struct slice){word.bytes + 1, word.length - 1},
                  marks);
    else if (is_variable(name))
        put_macro(page, "Ev", name, marks);
    else if (is_page(word))
        put_page_reference(page, word, marks);
    else if (is_argument(word))
        put_macro(page, "Ar", word, marks);
    else
        put_plain(page, whole);

    /* A new sentence is a new line: roff sets the space between them. */
    if (marks.length > 0 && marks.bytes[0] == '.')
        end_line(page);
}

static void put_prose(FILE *out, const char *text)
{
    struct page page = {out, 0};
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        put_word(&page, (struct slice){text, length});
        text += length;
        text += strspn(text, " ");
    }
    end_line(&page);
}

/*** Synopsis: "-q QUERY [OPTION...] [FILE...]" ***/

static void put_synopsis_word(FILE *out, struct slice word)
{
    bool repeated =
        word.length > 3 && memcmp(word.bytes + word.length - 3, "...", 3) == 0;
    if (repeated)
        word.length -= 3;
    bool is_option = word.bytes[0] == '-';
    fprintf(out, "%s %.*s%s", is_option ? "Fl" : "Ar",
            (int)word.length - is_option, word.bytes + is_option,
            repeated ? " ..." : "");
}

/* One line of macros for each word or bracket. */
static void put_form(FILE *out, struct slice form)
{
    bool in_bracket = false;
    for (size_t at = 0; at < form.length;) {
        bool opens = form.bytes[at] == '[';
        at += opens;
        size_t length = 0;
        while (at + length < form.length &&
               strchr(" ]", form.bytes[at + length]) == NULL)
            length++;
        fputs(opens ? ".Op " : in_bracket ? " " : ".", out);
        put_synopsis_word(out, (struct slice){form.bytes + at, length});
        at += length;
        in_bracket = in_bracket || opens;
        if (at < form.length && form.bytes[at] == ']') {
            in_bracket = false;
            at++;
        }
        at += at < form.length && form.bytes[at] == ' ';
        if (!in_bracket)
            fputc('\n', out);
    }
}

static void put_synopsis(FILE *out, const struct command *command)
{
    fputs(".Sh SYNOPSIS\n", out);
    for (const char *form = command->synopsis; form != NULL;) {
        const char *end = strchr(form, '\n');
        size_t length = end != NULL ? (size_t)(end - form) : strlen(form);
        fputs(".Nm xenc\n", out);
        if (command->bit != FOR_PROGRAM)
            fprintf(out, ".Cm %s\n", command->name);
        put_form(out, (struct slice){form, length});
        form = end != NULL ? end + 1 : NULL;
    }
}

/*** Sections ***/

static void put_name(FILE *out, const char *between, const char *name)
{
    fprintf(out, "xenc%s%s", between, name);
}

static void put_head(FILE *out, const struct command *command)
{
    bool is_program = command->bit == FOR_PROGRAM;
    const char *name = is_program ? "" : command->name;
    fprintf(out, ".\\\" Made by: xenc help --man%s%s\n", is_program ? "" : " ",
            name);
    fprintf(out, ".Dd %s\n.Dt XENC%s", date, is_program ? "" : "-");
    for (size_t i = 0; name[i] != '\0'; i++)
        fputc(toupper((unsigned char)name[i]), out);
    fputs(" 1\n.Os\n.Sh NAME\n.Nm ", out);
    put_name(out, is_program ? "" : "-", name);
    fprintf(out, "\n.Nd %s\n", command->summary);
}

static void put_description(FILE *out, const struct command *command)
{
    fputs(".Sh DESCRIPTION\n", out);
    for (size_t i = 0; command->description[i] != NULL; i++) {
        if (i > 0)
            fputs(".Pp\n", out);
        put_prose(out, command->description[i]);
    }
}

static void put_commands(FILE *out)
{
    fputs(".Pp\nThe commands are:\n.Bl -tag -width tokenize\n", out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        const char *summary = commands[i]->summary;
        fprintf(out, ".It Cm %s\n%c%s;\nsee\n.Xr xenc-%s 1 .\n",
                commands[i]->name, toupper((unsigned char)summary[0]),
                summary + 1, commands[i]->name);
    }
    fputs(".El\n", out);
}

static void put_option(FILE *out, const struct option *row)
{
    fputs(".It ", out);
    if (row->letter != '\0')
        fprintf(out, "Fl %c , ", row->letter);
    if (row->other_letter != '\0')
        fprintf(out, "Fl %c , ", row->other_letter);
    fprintf(out, "Fl -%s", row->name);
    if (row->other_name != NULL)
        fprintf(out, " , Fl -%s", row->other_name);
    fprintf(out, "%s%s\n", row->argument ? " Ar " : "",
            row->argument ? row->argument : "");
    put_prose(out, row->manual);
    if (row->fallback != NULL) {
        char words[160];
        snprintf(words, sizeof words, "Default: %s%s", row->fallback,
                 text_ends(row->fallback, ".") ? "" : ".");
        put_prose(out, words);
    }
}

static void put_options(FILE *out, const struct command *command)
{
    fputs(".Sh OPTIONS\n", out);
    for (enum option_group group = 0; group < GROUP_COUNT; group++) {
        size_t i = 0;
        const struct option *row = option_next(command, group, &i);
        if (row == NULL)
            continue;
        fprintf(out, ".Ss %s\n.Bl -tag -width Ds\n", option_group_title(group));
        for (; row != NULL; row = option_next(command, group, &i))
            put_option(out, row);
        fputs(".El\n", out);
    }
}

static void put_exit_status(FILE *out, const struct command *command)
{
    fputs(".Sh EXIT STATUS\n.Bl -tag -width Ds\n.It 0\nAll was done.\n", out);
    if (command->nothing != NULL) {
        char words[160];
        snprintf(words, sizeof words, "All was done, but %s.",
                 command->nothing);
        fputs(".It 1\n", out);
        put_prose(out, words);
    }
    fputs(".It 2\n", out);
    put_prose(out, "Anything went wrong, whatever else succeeded. One line on "
                   "standard error says what, where and what was expected.");
    fputs(".El\n", out);
}

static void put_environment(FILE *out, const struct command *command)
{
    if (command->bit == FOR_HELP)
        return;
    fputs(".Sh ENVIRONMENT\n.Bl -tag -width OPENBLAS_CORETYPE\n", out);
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (((unsigned)command->bit & variables[i].commands) == 0)
            continue;
        fprintf(out, ".It Ev %s\n", variables[i].name);
        put_prose(out, variables[i].text);
    }
    fputs(".El\n", out);
}

static void put_examples(FILE *out, const struct command *command)
{
    if (command->examples[0].command == NULL)
        return;
    fputs(".Sh EXAMPLES\n", out);
    for (const struct example *row = command->examples; row->command; row++) {
        if (row != command->examples)
            fputs(".Pp\n", out);
        put_prose(out, row->effect);
        fputs(".Bd -literal -offset indent\n", out);
        put_literal(out, row->command);
        fputs("\n.Ed\n", out);
    }
}

/* The pages that no command has made. */
static const struct {
    const char *reference;
    unsigned commands;
} other_pages[] = {
    {"xenc-formats 5", FOR_RECORDS | FOR_EVAL | FOR_PROGRAM},
    {"xenc-packfile 5", FOR_PACK | FOR_INFO | FOR_PROGRAM},
    {"xenc-models 7", FOR_MODELS | FOR_CATALOG | FOR_CACHE | FOR_PROGRAM},
    {"xenc-scale 7", FOR_PAIRS | FOR_PROGRAM},
};

/* The command whose name follows `last` in the alphabet, or NULL. */
static const char *next_name(const char *last)
{
    const char *next = NULL;
    for (size_t i = 0; commands[i] != NULL; i++)
        if (strcmp(commands[i]->name, last) > 0 &&
            (next == NULL || strcmp(commands[i]->name, next) < 0))
            next = commands[i]->name;
    return next;
}

/* In mandoc's order: by section, then by name. */
static void put_see_also(FILE *out, const struct command *command)
{
    bool is_program = command->bit == FOR_PROGRAM;
    const char *between = is_program ? "" : " ,\n";
    fprintf(out, ".Sh SEE ALSO\n%s", is_program ? "" : ".Xr xenc 1");
    for (const char *name = ""; (name = next_name(name)) != NULL;) {
        if (name == command->name)
            continue;
        fprintf(out, "%s.Xr xenc-%s 1", between, name);
        between = " ,\n";
    }
    for (size_t i = 0; i < sizeof other_pages / sizeof *other_pages; i++)
        if (((unsigned)command->bit & other_pages[i].commands) != 0)
            fprintf(out, " ,\n.Xr %s", other_pages[i].reference);
    fputc('\n', out);
}

/* The program's page and those of the commands that enter base/sandbox.h. */
static void put_security(FILE *out, const struct command *command)
{
    if (((unsigned)command->bit & (FOR_PROGRAM | FOR_RECORDS)) == 0)
        return;
    fputs(".Sh SECURITY CONSIDERATIONS\n", out);
    put_prose(out,
              "Input, models, packed files and what the Hub answers are taken "
              "to be hostile: their sizes are checked before they are used, "
              "and nothing in them is ever executed. The command line, the "
              "environment, the program and its libraries are trusted. So is a "
              "model's opinion: whoever made its weights decides the scores.");
    fputs(".Pp\n", out);
    put_prose(out,
              "On Linux the commands rerank, score, classify and tokenize give "
              "up what they do not need any more once the model and the output "
              "are open, before they read the first record. By Landlock the "
              "input files that were named can be opened and no other file; by "
              "seccomp nothing can be opened for writing, and there are no "
              "programs, processes, sockets and signals to others. xenc info "
              "says which of the two are there, --stats which are in force; "
              "without Landlock any file may still be opened for reading.");
    fputs(".Pp\n", out);
    put_prose(out,
              "Three things it does not cover. The model's files and those of "
              "-Q, --labels and --files0-from are read before it. With -o "
              "files in the output's folder can be renamed and removed, which "
              "is how the output takes its place: Landlock knows rights to a "
              "folder, not to a name in it. The other commands do not "
              "have it.");
}

void manual_print(FILE *out, const struct command *command)
{
    put_head(out, command);
    put_synopsis(out, command);
    put_description(out, command);
    if (command->bit == FOR_PROGRAM)
        put_commands(out);
    put_options(out, command);
    put_environment(out, command);
    put_exit_status(out, command);
    put_examples(out, command);
    put_see_also(out, command);
    put_security(out, command);
}
