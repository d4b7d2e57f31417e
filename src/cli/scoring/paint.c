#include "cli/scoring/paint.h"

#include "io/grep_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_empty(const char *variable)
{
    return variable == NULL || *variable == '\0';
}

bool paint_is_wanted(const struct options *options)
{
    if (options->color != COLOR_AUTO)
        return options->color == COLOR_ALWAYS;
    const char *terminal = getenv("TERM");
    return options->output == NULL && is_empty(getenv("NO_COLOR")) &&
           !is_empty(terminal) && strcmp(terminal, "dumb") != 0 &&
           isatty(STDOUT_FILENO);
}

/* "fn=35": numbers and semicolons alone, for they go to a terminal. */
static void read_color(const char *capability, const char *name, char out[32])
{
    size_t length = strlen(name);
    if (strncmp(capability, name, length) != 0 || capability[length] != '=')
        return;
    const char *value = capability + length + 1;
    size_t digits = strspn(value, "0123456789;");
    bool ends = value[digits] == ':' || value[digits] == '\0';
    if (ends && digits < 32)
        snprintf(out, 32, "%.*s", (int)digits, value);
}

void painter_open(struct painter *painter, const struct options *options)
{
    *painter = (struct painter){.is_on = options->format == FORMAT_GREP &&
                                         paint_is_wanted(options),
                                .erases = true,
                                .path = "35",
                                .number = "32",
                                .separator = "36"};
    for (const char *at = getenv("GREP_COLORS"); at != NULL && *at != '\0';) {
        read_color(at, "fn", painter->path);
        read_color(at, "ln", painter->number);
        read_color(at, "se", painter->separator);
        size_t length = strcspn(at, ":");
        if (slice_is((struct slice){at, length}, "ne"))
            painter->erases = false;
        at += length + (at[length] == ':');
    }
}

void painter_close(struct painter *painter)
{
    buffer_free(&painter->line);
    *painter = (struct painter){.is_on = false};
}

static bool append(struct painter *painter, const char *color,
                   struct slice text, struct error *error)
{
    struct buffer *line = &painter->line;
    const char *erase = painter->erases ? "\x1B[K" : "";
    char on[48], off[16];
    if (text.length == 0)
        return true;
    if (*color == '\0')
        return buffer_append(line, text.bytes, text.length, error);
    snprintf(on, sizeof on, "\x1B[%sm%s", color, erase);
    snprintf(off, sizeof off, "\x1B[m%s", erase);
    return buffer_append_text(line, on, error) &&
           buffer_append(line, text.bytes, text.length, error) &&
           buffer_append_text(line, off, error);
}

bool painter_paint(struct painter *painter, struct slice line,
                   struct slice *painted, struct error *error)
{
    *painted = line;
    if (line.length == 0 || memchr(line.bytes, '\x1B', line.length) != NULL)
        return true;
    struct grep_line parsed;
    grep_line_parse(line, &parsed);
    bool has_nul = parsed.path.bytes != NULL &&
                   parsed.path.bytes[parsed.path.length] == '\0';
    struct slice separator = {&parsed.separator, 1};
    struct slice behind_path = has_nul ? (struct slice){"", 1} : separator;

    painter->line.length = 0;
    if (parsed.path.bytes != NULL &&
        !(append(painter, painter->path, parsed.path, error) &&
          append(painter, has_nul ? "" : painter->separator, behind_path,
                 error)))
        return false;
    if (parsed.number.bytes != NULL &&
        !(append(painter, painter->number, parsed.number, error) &&
          append(painter, painter->separator, separator, error)))
        return false;
    if (!append(painter, "", parsed.text, error))
        return false;
    *painted = buffer_slice(&painter->line);
    return true;
}
