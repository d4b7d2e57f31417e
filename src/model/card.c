#include "model/card.h"

#include "base/files.h"
#include "base/memory.h"

#include <string.h>

/* Longer ones are cut: a card's first paragraph says what the model is. */
enum { PARAGRAPH_BYTES = 400 };

/* The next line without its end; false behind the last one. */
static bool next_line(struct slice *rest, struct slice *line)
{
    if (rest->length == 0)
        return false;
    *line = text_cut(rest, '\n');
    if (line->length > 0 && line->bytes[line->length - 1] == '\r')
        line->length--;
    return true;
}

static bool starts_with(struct slice line, const char *start)
{
    size_t length = strlen(start);
    return line.length >= length && memcmp(line.bytes, start, length) == 0;
}

/* Control bytes, which could steer a terminal, become blanks. */
static bool append_plain(struct buffer *out, struct slice text,
                         struct error *error)
{
    size_t start = out->length;
    if (!buffer_append(out, text.bytes, text.length, error))
        return false;
    for (size_t i = start; i < out->length; i++)
        if (text_is_control(out->bytes[i]))
            out->bytes[i] = ' ';
    return true;
}

/* A line that is no UTF-8 is left out. */
static bool append_line(struct buffer *out, struct slice line,
                        struct error *error)
{
    size_t step;
    for (struct slice rest = line; rest.length > 0;
         rest.bytes += step, rest.length -= step)
        if ((step = text_character(rest)) == 0)
            return true;
    return append_plain(out, line, error) &&
           buffer_append_text(out, "\n", error);
}

/* Front matter stands between lines of three dashes; a key with a list has
 * its values on other lines and is left out. */
static bool read_front(struct buffer *out, struct slice *rest,
                       struct error *error)
{
    static const char *const keys[] = {
        "license: ", "language: ", "base_model: "};
    struct slice line;
    while (next_line(rest, &line) && !slice_is(line, "---"))
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
            if (starts_with(line, keys[i]) && !append_line(out, line, error))
                return false;
    return true;
}

/* Neither a heading nor a table, an image or a list. */
static bool is_prose(struct slice line)
{
    return line.length > 0 && strchr("#|!<[-*`> ", line.bytes[0]) == NULL;
}

static bool read_paragraph(struct buffer *out, struct slice rest,
                           struct error *error)
{
    struct slice line;
    size_t start = out->length;
    while (next_line(&rest, &line)) {
        if (!is_prose(line) && out->length > start)
            break;
        if (!is_prose(line))
            continue;
        if (out->length > start && !buffer_append_text(out, " ", error))
            return false;
        if (!append_plain(out, line, error))
            return false;
    }
    if (out->length == start)
        return true;
    struct slice text = {out->bytes + start, out->length - start};
    size_t kept = 0, step;
    while (kept < text.length && kept < PARAGRAPH_BYTES &&
           (step = text_character(
                (struct slice){text.bytes + kept, text.length - kept})) > 0)
        kept += step;
    out->length = start + kept;
    return buffer_append_text(out, "\n", error);
}

bool card_read(struct buffer *out, const char *directory, struct error *error)
{
    struct file file;
    char *path = file_join(directory, "README.md", error);
    bool found = path != NULL && file_exists(path, error);
    bool fine = !error->set && (!found || file_map(&file, path, error));
    memory_free(path);
    if (!fine || !found)
        return fine;
    struct slice rest = {file.bytes, file.length}, line, all = rest;
    if (next_line(&rest, &line) && slice_is(line, "---"))
        fine = read_front(out, &rest, error);
    else
        rest = all;
    fine = fine && read_paragraph(out, rest, error);
    file_release(&file);
    return fine;
}
