/*
 * completion.c - what bash, zsh and fish need to complete a command line.
 *
 * The three ask for the same three things: the commands, each command's
 * options, and what may follow an option (choices, a file, a model).
 */
#include "cli/options/help.h"
#include "model/packfile.h"

#include <string.h>

/* All three shells read single quotes alike. */
static void put_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    }
    fputc('\'', out);
}

static void put_words(FILE *out, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? " " : "", words[i]);
}

static void put_command_names(FILE *out)
{
    for (size_t i = 0; commands[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? " " : "", commands[i]->name);
}

/*** bash ***/

/* What puts the words into the reply. */
static const char *const bash_actions[] = {
    [COMPLETE_FILE] = "_xenc_files -f",
    [COMPLETE_DIRECTORY] = "_xenc_files -d",
    [COMPLETE_MODEL] = "_xenc_models",
    [COMPLETE_CACHED] =
        "_xenc_reply -W \"$(\"$program\" ls --names 2>/dev/null)\"",
    [COMPLETE_PUBLISHED] =
        "_xenc_reply -W \"$(\"$program\" models 2>/dev/null | cut -f1)\"",
};

static void put_bash_spellings(FILE *out, const struct option *row,
                               const char *between)
{
    if (row->letter != '\0')
        fprintf(out, "-%c%s", row->letter, between);
    if (row->other_name != NULL)
        fprintf(out, "--%s%s", row->other_name, between);
    fprintf(out, "--%s", row->name);
}

/* Rows of one name complete alike, so the command does not matter here. */
static bool is_first_of_name(const struct option *row)
{
    return option_by_name(~0u, slice_of(row->name)) == row;
}

/* The words of a list, which each command has its own of. */
static void put_bash_lists(FILE *out, const char *name)
{
    fputs("        case ${COMP_WORDS[1]} in\n", out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        const struct option *row =
            option_by_name((unsigned)commands[i]->bit, slice_of(name));
        if (row == NULL || row->words == NULL)
            continue;
        fprintf(out, "        %s)\n            _xenc_list '",
                commands[i]->name);
        put_words(out, row->words);
        fputs("' \"$word\"\n            ;;\n", out);
    }
    fputs("        esac\n", out);
}

static void put_bash_values(FILE *out)
{
    for (size_t i = 0; option_row(i) != NULL; i++) {
        const struct option *row = option_row(i);
        if (row->argument == NULL || !is_first_of_name(row))
            continue;
        fputs("    ", out);
        put_bash_spellings(out, row, " | ");
        fputs(")\n", out);
        if (row->choices != NULL) {
            fputs("        _xenc_reply -W '", out);
            put_words(out, row->choices);
            fputs("' -- \"$word\"\n", out);
        } else if (row->words != NULL) {
            put_bash_lists(out, row->name);
        } else if (row->completion != COMPLETE_NOTHING) {
            fprintf(out, "        %s -- \"$word\"\n",
                    bash_actions[row->completion]);
        }
        fputs("        return\n        ;;\n", out);
    }
}

static void put_bash_options(FILE *out, const struct command *command)
{
    fputs("        _xenc_reply -W '", out);
    const char *before = "";
    for (size_t i = 0; option_row(i) != NULL; i++) {
        if (!option_is_of(option_row(i), command))
            continue;
        fputs(before, out);
        put_bash_spellings(out, option_row(i), " ");
        before = " ";
    }
    fputs("' -- \"$word\"\n        ;;\n", out);
}

static void put_bash_operands(FILE *out, const struct command *command)
{
    if (command->operands == COMPLETE_COMMAND) {
        fputs("        _xenc_reply -W '", out);
        put_command_names(out);
        fputs("' -- \"$word\"\n", out);
    } else if (command->operands != COMPLETE_NOTHING) {
        fprintf(out, "        %s -- \"$word\"\n",
                bash_actions[command->operands]);
    }
    fputs("        ;;\n", out);
}

static const char bash_helpers[] =
    "# bash completion of xenc.  Made by: xenc help --completion bash\n"
    "\n"
    "_xenc_reply()\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen \"$@\")\n"
    "}\n"
    "\n"
    "# What follows the last comma is one of the words.\n"
    "_xenc_list()\n"
    "{\n"
    "    local before=\n"
    "    [[ $2 == *,* ]] && before=${2%,*},\n"
    "    compopt -o nospace 2>/dev/null\n"
    "    _xenc_reply -P \"$before\" -W \"$1\" -- \"${2##*,}\"\n"
    "}\n"
    "\n"
    "_xenc_files()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    _xenc_reply \"$@\"\n"
    "}\n"
    "\n"
    "_xenc_models()\n"
    "{\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen -d \"$@\"\n"
    "        compgen -f -X '!*" PACKFILE_SUFFIX "' \"$@\"\n"
    "        compgen -W \"$(\"$program\" ls --names 2>/dev/null)\" "
    "\"$@\")\n"
    "}\n"
    "\n";

static void bash_print(FILE *out)
{
    fputs(bash_helpers, out);
    fputs("_xenc()\n"
          "{\n"
          "    local program=${COMP_WORDS[0]}\n"
          "    local word=${COMP_WORDS[COMP_CWORD]}\n"
          "    local before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "\n"
          "    COMPREPLY=()\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        _xenc_reply -W '",
          out);
    put_command_names(out);
    fputs(" --help --version' -- \"$word\"\n"
          "        return\n"
          "    fi\n"
          "\n"
          "    # --name=value comes as three words.\n"
          "    if [[ $word == = ]]; then\n"
          "        word=\n"
          "    elif [[ $before == = ]]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    fi\n"
          "    case $before in\n",
          out);
    put_bash_values(out);
    fputs("    esac\n\n    case ${COMP_WORDS[1]}:$word in\n", out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "    %s:-*)\n", commands[i]->name);
        put_bash_options(out, commands[i]);
        fprintf(out, "    %s:*)\n", commands[i]->name);
        put_bash_operands(out, commands[i]);
    }
    fputs("    esac\n}\n\ncomplete -F _xenc xenc\n", out);
}

/*** zsh ***/

/* In a specification of _arguments, brackets and colons have a meaning. */
static void put_zsh_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL)
            fputc('\\', out);
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    }
}

static const char *const zsh_actions[] = {
    [COMPLETE_FILE] = "_files",
    [COMPLETE_DIRECTORY] = "_files -/",
    [COMPLETE_MODEL] = "_xenc_models",
    [COMPLETE_CACHED] = "_xenc_cached",
    [COMPLETE_PUBLISHED] = "_xenc_published",
};

static void put_zsh_argument(FILE *out, const struct option *row)
{
    fprintf(out, ":%s:", row->argument);
    if (row->choices != NULL) {
        fputc('(', out);
        put_words(out, row->choices);
        fputc(')', out);
    } else if (row->words != NULL) {
        fprintf(out, "_values -s , %s ", row->argument);
        put_words(out, row->words);
    } else if (row->completion != COMPLETE_NOTHING) {
        fputs(zsh_actions[row->completion], out);
    } else {
        fputc(' ', out);
    }
}

/* '(-q --query)'{-q+,--query=}'[what is looked for]:QUERY: ' */
static void put_zsh_option(FILE *out, const struct option *row)
{
    const char *letter_end = row->argument != NULL ? "+" : "";
    const char *name_end = row->argument != NULL ? "=" : "";
    fputs("            ", out);
    if (row->letter != '\0')
        fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name,
                row->letter, letter_end, row->name, name_end);
    else
        fprintf(out, "'--%s%s", row->name, name_end);
    fputc('[', out);
    put_zsh_text(out, row->help);
    fputc(']', out);
    if (row->argument != NULL)
        put_zsh_argument(out, row);
    fputs("' \\\n", out);
}

static void put_zsh_command(FILE *out, const struct command *command)
{
    fprintf(out, "    %s)\n        _arguments -s -S \\\n", command->name);
    for (size_t i = 0; option_row(i) != NULL; i++)
        if (option_is_of(option_row(i), command))
            put_zsh_option(out, option_row(i));
    fputs("            ", out);
    if (command->operands == COMPLETE_COMMAND) {
        fputs("'::COMMAND:(", out);
        put_command_names(out);
        fputs(")'\n", out);
    } else if (command->operands != COMPLETE_NOTHING) {
        fprintf(out, "'*:%s:%s'\n",
                command->operands == COMPLETE_FILE ? "FILE" : "NAME",
                zsh_actions[command->operands]);
    } else {
        fputs("':: : '\n", out);
    }
    fputs("        ;;\n", out);
}

static void zsh_print(FILE *out)
{
    fputs("#compdef xenc\n"
          "# zsh completion of xenc.  Made by: xenc help --completion zsh\n"
          "\n"
          "_xenc_cached()\n"
          "{\n"
          "    local -a names\n"
          "    names=(${(f)\"$(xenc ls --names 2>/dev/null)\"})\n"
          "    compadd -a names\n"
          "}\n"
          "\n"
          "_xenc_models()\n"
          "{\n"
          "    _xenc_cached\n"
          "    _files -g \"*" PACKFILE_SUFFIX "\"\n"
          "}\n"
          "\n"
          "_xenc_published()\n"
          "{\n"
          "    local -a names\n"
          "    names=(${(f)\"$(xenc models 2>/dev/null | cut -f1)\"})\n"
          "    compadd -a names\n"
          "}\n"
          "\n"
          "local context state state_descr line curcontext=$curcontext\n"
          "typeset -A opt_args\n"
          "local -a names\n"
          "names=(\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "    '%s:", commands[i]->name);
        put_zsh_text(out, commands[i]->summary);
        fputs("'\n", out);
    }
    fputs(")\n"
          "\n"
          "_arguments -C \\\n"
          "    '(- *)--help[print this help]' \\\n"
          "    '(- *)--version[print the version]' \\\n"
          "    '1:COMMAND:->command' \\\n"
          "    '*::ARGUMENT:->arguments'\n"
          "\n"
          "case $state in\n"
          "command)\n"
          "    _describe COMMAND names\n"
          "    ;;\n"
          "arguments)\n"
          "    case $words[1] in\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++)
        put_zsh_command(out, commands[i]);
    fputs("    esac\n    ;;\nesac\n", out);
}

/*** fish ***/

static const char *const fish_actions[] = {
    [COMPLETE_FILE] = " -r -F",
    [COMPLETE_DIRECTORY] = " -x -a '(__fish_complete_directories)'",
    [COMPLETE_MODEL] = " -k -x -a '(__fish_complete_suffix " PACKFILE_SUFFIX
                       "; xenc ls --names 2>/dev/null)'",
    [COMPLETE_CACHED] = " -f -a '(xenc ls --names 2>/dev/null)'",
    [COMPLETE_PUBLISHED] = " -f -a '(xenc models 2>/dev/null | cut -f1)'",
};

static void put_fish_option(FILE *out, const char *condition,
                            const struct option *row)
{
    fprintf(out, "complete -c xenc -n %s", condition);
    if (row->letter != '\0')
        fprintf(out, " -s %c", row->letter);
    fprintf(out, " -l %s", row->name);
    if (row->choices != NULL) {
        fputs(" -x -a '", out);
        put_words(out, row->choices);
        fputs("'", out);
    } else if (row->words != NULL) {
        fputs(" -x -a '(__fish_append , ", out);
        put_words(out, row->words);
        fputs(")'", out);
    } else if (row->completion != COMPLETE_NOTHING) {
        fputs(fish_actions[row->completion], out);
    } else if (row->argument != NULL) {
        fputs(" -x", out);
    }
    fputs(" -d ", out);
    put_quoted(out, row->help);
    fputc('\n', out);
}

static void put_fish_command(FILE *out, const struct command *command)
{
    char condition[64];
    snprintf(condition, sizeof condition, "'__fish_seen_subcommand_from %s'",
             command->name);
    fputc('\n', out);
    if (command->operands == COMPLETE_COMMAND) {
        fprintf(out, "complete -c xenc -n %s -f -a '", condition);
        put_command_names(out);
        fputs("'\n", out);
    } else if (command->operands == COMPLETE_NOTHING) {
        fprintf(out, "complete -c xenc -n %s -f\n", condition);
    } else if (command->operands != COMPLETE_FILE) {
        fprintf(out, "complete -c xenc -n %s%s\n", condition,
                fish_actions[command->operands]);
    }
    for (size_t i = 0; option_row(i) != NULL; i++)
        if (option_is_of(option_row(i), command))
            put_fish_option(out, condition, option_row(i));
}

static void fish_print(FILE *out)
{
    fputs("# fish completion of xenc.  Made by: xenc help --completion fish\n"
          "\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "complete -c xenc -n __fish_use_subcommand -f -a %s -d ",
                commands[i]->name);
        put_quoted(out, commands[i]->summary);
        fputc('\n', out);
    }
    for (size_t i = 0; option_row(i) != NULL; i++)
        if (option_is_of(option_row(i), &program))
            put_fish_option(out, "__fish_use_subcommand", option_row(i));
    for (size_t i = 0; commands[i] != NULL; i++)
        put_fish_command(out, commands[i]);
}

void completion_print(FILE *out, enum shell shell)
{
    static void (*const printers[])(FILE *) = {
        [SHELL_BASH] = bash_print,
        [SHELL_ZSH] = zsh_print,
        [SHELL_FISH] = fish_print,
    };
    printers[shell](out);
}
