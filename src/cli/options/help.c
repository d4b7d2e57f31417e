/*
 * help.c - the short help, folded to 79 columns.
 */
#include "cli/options/help.h"

#include "cli/message.h"
#include "cli/options/unknown.h"

#include <string.h>

enum {
    WIDTH = 79,
    TEXT_COLUMN = 26 /* where the words on options begin */
};

/* Prints words from column `at` on, folded, later lines indented. */
static void print_folded(FILE *out, const char *text, size_t at, size_t indent)
{
    bool first = true;
    while (*text != '\0') {
        size_t length = strcspn(text, " ");
        if (!first && at + 1 + length > WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            fputc(' ', out);
            at++;
        }
        fwrite(text, 1, length, out);
        at += length;
        text += length;
        text += strspn(text, " ");
        first = false;
    }
    fputc('\n', out);
}

/* Each line of the synopsis is a form of the command. */
static void print_usage(FILE *out, const struct command *command)
{
    const char *form = command->synopsis, *before = "usage: ";
    bool is_program = command->bit == FOR_PROGRAM;
    for (bool more = true; more; before = "       ") {
        size_t length = strcspn(form, "\n");
        fprintf(out, "%sxenc%s%s%s%.*s\n", before, is_program ? "" : " ",
                is_program ? "" : command->name, length > 0 ? " " : "",
                (int)length, form);
        more = form[length] == '\n';
        form += length + 1;
    }
}

static void print_option(FILE *out, const struct option *row)
{
    char head[80];
    int length =
        row->letter != '\0'
            ? snprintf(head, sizeof head, "  -%c, --%s", row->letter, row->name)
            : snprintf(head, sizeof head, "      --%s", row->name);
    if (row->argument != NULL)
        length += snprintf(head + length, sizeof head - (size_t)length, "%s%s",
                           row->letter != '\0' ? " " : "=", row->argument);
    if (length + 2 > TEXT_COLUMN)
        fprintf(out, "%s\n%*s", head, TEXT_COLUMN, "");
    else
        fprintf(out, "%-*s", TEXT_COLUMN, head);

    char words[256];
    snprintf(words, sizeof words, row->fallback ? "%s (default: %s)" : "%s",
             row->help, row->fallback);
    print_folded(out, words, TEXT_COLUMN, TEXT_COLUMN);
}

static void print_options(FILE *out, const struct command *command)
{
    for (enum option_group group = 0; group < GROUP_COUNT; group++) {
        size_t i = 0;
        const struct option *row = option_next(command, group, &i);
        if (row != NULL)
            fprintf(out, "\n%s:\n", option_group_title(group));
        for (; row != NULL; row = option_next(command, group, &i))
            print_option(out, row);
    }
}

static void print_commands(FILE *out)
{
    fputs("\nCommands:\n", out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "  %-10s", commands[i]->name);
        print_folded(out, commands[i]->summary, 12, 12);
    }
}

static void print_examples(FILE *out, const struct command *command)
{
    if (command->examples[0].command != NULL)
        fputs("\nExamples:\n", out);
    for (const struct example *row = command->examples; row->command; row++) {
        fprintf(out, "  %s\n      ", row->command);
        print_folded(out, row->effect, 6, 6);
    }
}

static void print_status(FILE *out, const struct command *command)
{
    char words[160];
    const char *nothing = command->nothing;
    snprintf(words, sizeof words,
             "Exit status: 0 done,%s%s%s 2 anything went wrong.",
             nothing ? " 1 " : "", nothing ? nothing : "", nothing ? "," : "");
    fputc('\n', out);
    print_folded(out, words, 0, 0);
}

void help_print(FILE *out, const struct command *command)
{
    bool is_program = command->bit == FOR_PROGRAM;
    print_usage(out, command);
    fputc('\n', out);
    print_folded(out, command->description[0], 0, 0);
    if (is_program)
        print_commands(out);
    print_options(out, command);
    print_examples(out, command);
    print_status(out, command);
    fprintf(out, "More: man xenc%s%s\n", is_program ? "" : "-",
            is_program ? ", xenc help COMMAND" : command->name);
}

int help_finish(void)
{
    struct error error = {0};
    return print_finish(&error) ? EXIT_DONE : complain(&error);
}
