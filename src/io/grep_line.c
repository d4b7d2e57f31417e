#include "io/grep_line.h"

#include <string.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t count_digits(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && is_digit(*at))
        at++;
    return (size_t)(at - start);
}

/* The first ":12:" (or "-12-"), or NULL; *digits is their count. */
static const char *find_number(struct slice line, char separator,
                               size_t *digits)
{
    const char *end = line.bytes + line.length;
    const char *at = line.bytes;
    while (at < end) {
        at = memchr(at, separator, (size_t)(end - at));
        if (at == NULL)
            return NULL;
        *digits = count_digits(at + 1, end);
        const char *behind = at + 1 + *digits;
        if (*digits > 0 && behind < end && *behind == separator)
            return at;
        at++;
    }
    return NULL;
}

static struct slice slice_between(const char *from, const char *to)
{
    return (struct slice){from, (size_t)(to - from)};
}

/* "PATH?12?TEXT" with its number behind `at`. */
static void take_number(struct slice line, const char *at, size_t digits,
                        struct grep_line *parsed)
{
    parsed->separator = *at;
    parsed->path = slice_between(line.bytes, at);
    parsed->number = (struct slice){at + 1, digits};
    parsed->text = slice_between(at + digits + 2, line.bytes + line.length);
}

/* "12:TEXT" and "12-TEXT": the output of one file, which grep does not name. */
static bool take_leading_number(struct slice line, struct grep_line *parsed)
{
    const char *end = line.bytes + line.length;
    size_t digits = count_digits(line.bytes, end);
    if (digits == 0 || digits == line.length)
        return false;
    char byte = line.bytes[digits];
    if (byte != ':' && byte != '-')
        return false;
    parsed->separator = byte;
    parsed->number = (struct slice){line.bytes, digits};
    parsed->text = slice_between(line.bytes + digits + 1, end);
    return true;
}

static void take_path(struct slice line, const char *colon,
                      struct grep_line *parsed)
{
    parsed->separator = ':';
    parsed->path = slice_between(line.bytes, colon);
    parsed->text = slice_between(colon + 1, line.bytes + line.length);
}

/* With -Z: all before the NUL is the path. */
static void take_certain(struct slice line, const char *nul,
                         struct grep_line *parsed)
{
    struct slice rest = slice_between(nul + 1, line.bytes + line.length);
    if (!take_leading_number(rest, parsed)) {
        parsed->separator = ':';
        parsed->text = rest;
    }
    parsed->path = slice_between(line.bytes, nul);
}

/*
 * "a-1-b.c:12:text" is a match in a file with hyphens, and "a.c-12-x ? 1:2:3"
 * a context line with colons: where "-N-" comes first, what stands between it
 * and ":N:" goes on a path if it has no blank.
 */
static bool context_wins(const char *hyphen, const char *colon)
{
    if (hyphen == NULL || colon == NULL || colon < hyphen)
        return hyphen != NULL && colon == NULL;
    for (const char *at = hyphen; at < colon; at++)
        if (*at == ' ' || *at == '\t')
            return true;
    return false;
}

void grep_line_parse(struct slice line, struct grep_line *parsed)
{
    *parsed = (struct grep_line){.text = line, .separator = ':'};
    if (line.length == 0)
        return;
    const char *nul = memchr(line.bytes, '\0', line.length);
    if (nul != NULL) {
        take_certain(line, nul, parsed);
        return;
    }
    size_t digits = 0, context_digits = 0;
    const char *colon = find_number(line, ':', &digits);
    const char *hyphen = find_number(line, '-', &context_digits);
    const char *first_colon = memchr(line.bytes, ':', line.length);
    bool leads = take_leading_number(line, parsed);
    if (leads && (parsed->separator == ':' || context_wins(line.bytes, colon)))
        return;

    *parsed = (struct grep_line){.text = line, .separator = ':'};
    if (context_wins(hyphen, colon))
        take_number(line, hyphen, context_digits, parsed);
    else if (colon != NULL)
        take_number(line, colon, digits, parsed);
    else if (first_colon != NULL && first_colon > line.bytes)
        take_path(line, first_colon, parsed);
}

/* The length of "ESC [ ... m" or "ESC [ K" at the start, or 0. */
static size_t escape_length(const char *at, const char *end)
{
    if (end - at < 3 || at[0] != '\x1B' || at[1] != '[')
        return 0;
    const char *byte = at + 2;
    while (byte < end && (is_digit(*byte) || *byte == ';'))
        byte++;
    bool ends = byte < end && (*byte == 'm' || *byte == 'K');
    return ends ? (size_t)(byte + 1 - at) : 0;
}

size_t grep_line_strip(struct slice line, char *out)
{
    const char *at = line.bytes, *end = line.bytes + line.length;
    size_t length = 0;
    while (at < end) {
        size_t escape = escape_length(at, end);
        if (escape == 0)
            out[length++] = *at++;
        else
            at += escape;
    }
    return length;
}

bool grep_line_is_separator(struct slice line)
{
    char stripped[64]; /* two colours and their ends take less */
    if (line.length > sizeof stripped)
        return false;
    size_t length = grep_line_strip(line, stripped);
    return slice_is((struct slice){stripped, length}, "--");
}
