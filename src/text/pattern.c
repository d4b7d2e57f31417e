#include "text/pattern.h"

#include "text/unicode.h"

#include <string.h>

/* Reads the character, "\s" or an escaped sign that the expression starts
 * with; returns the bytes read, 0 for anything else. */
static size_t parse_character(struct pattern *pattern, struct slice expression)
{
    static const char special[] = "\\^$.|?*+()[]{}";
    if (expression.length == 0)
        return 0;
    const char *bytes = expression.bytes;
    if (bytes[0] != '\\') {
        if (memchr(special, bytes[0], sizeof special) != NULL)
            return 0;
        size_t length = utf8_length(bytes[0]);
        pattern->text = (struct slice){bytes, length};
        return length <= expression.length ? length : 0;
    }
    if (expression.length < 2)
        return 0;
    pattern->is_space = bytes[1] == 's';
    pattern->text = (struct slice){bytes + 1, 1};
    bool is_sign = memchr(special, bytes[1], sizeof special - 1) != NULL;
    return pattern->is_space || is_sign ? 2 : 0;
}

/* '+', '{n,}' with one digit, or nothing. */
static bool parse_repeat(struct pattern *pattern, struct slice rest)
{
    pattern->least = 1;
    pattern->most = SIZE_MAX;
    if (rest.length == 0) {
        pattern->most = 1;
        return true;
    }
    if (slice_is(rest, "+"))
        return true;
    if (rest.length != 4 || rest.bytes[0] != '{' || rest.bytes[1] < '1' ||
        rest.bytes[1] > '9' || rest.bytes[2] != ',' || rest.bytes[3] != '}')
        return false;
    pattern->least = (size_t)(rest.bytes[1] - '0');
    return true;
}

bool pattern_parse(struct pattern *pattern, struct slice expression)
{
    *pattern = (struct pattern){0};
    size_t length = parse_character(pattern, expression);
    return length > 0 &&
           parse_repeat(pattern, (struct slice){expression.bytes + length,
                                                expression.length - length});
}

/* Whether the pattern's one character stands at `at`. */
static bool is_character(const struct pattern *pattern, const char *at,
                         const char *end)
{
    if (pattern->is_space)
        return unicode_is_space(utf8_decode(at));
    size_t length = pattern->text.length;
    return (size_t)(end - at) >= length &&
           memcmp(at, pattern->text.bytes, length) == 0;
}

static bool find_string(struct slice text, const char **from, const char **to,
                        const char *end)
{
    if (text.length == 0 || (size_t)(end - *from) < text.length)
        return false;
    const char *found =
        memmem(*from, (size_t)(end - *from), text.bytes, text.length);
    if (found == NULL)
        return false;
    *from = found;
    *to = found + text.length;
    return true;
}

bool pattern_find(const struct pattern *pattern, const char **from,
                  const char **to, const char *end)
{
    if (pattern->least == 0)
        return find_string(pattern->text, from, to, end);

    const char *at = *from;
    while (at < end) {
        const char *start = at;
        size_t count = 0;
        while (at < end && count < pattern->most &&
               is_character(pattern, at, end)) {
            at += utf8_length(*at);
            count++;
        }
        if (count >= pattern->least) {
            *from = start;
            *to = at;
            return true;
        }
        if (count == 0)
            at += utf8_length(*at);
    }
    return false;
}
