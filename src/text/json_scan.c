#include "text/json_scan.h"

#include "text/unicode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The grammar is RFC 8259's, and strict: what the scanner skips is as well
 * checked as what it reads, but for escapes and UTF-8 inside strings.
 */

void json_scan_start(struct json_scan *scan, struct slice bytes,
                     const char *path, struct error *error)
{
    *scan = (struct json_scan){
        .start = bytes.bytes,
        .at = bytes.bytes,
        .end = bytes.bytes + bytes.length,
        .path = path,
        .error = error,
    };
}

void json_scan_free(struct json_scan *scan)
{
    buffer_free(&scan->decoded);
}

/* Lines are counted only now: a file of 17 MB is read without counting. */
bool json_scan_fail(struct json_scan *scan, const char *expected)
{
    uint64_t line = 1;
    const char *line_start = scan->start;
    for (const char *at = scan->start; at < scan->at; at++)
        if (*at == '\n') {
            line++;
            line_start = at + 1;
        }
    char quoted[TEXT_QUOTE_BYTES];
    size_t left = (size_t)(scan->end - scan->at);
    struct slice found = {scan->at, left < 12 ? left : 12};
    return error_at(scan->error, scan->path, line,
                    "%s was expected at byte %zu, '%s' found", expected,
                    (size_t)(scan->at - line_start) + 1,
                    text_quote(found, quoted));
}

static void skip_blanks(struct json_scan *scan)
{
    while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' ||
                                    *scan->at == '\r' || *scan->at == '\t'))
        scan->at++;
}

char json_scan_peek(struct json_scan *scan)
{
    skip_blanks(scan);
    return scan->at < scan->end ? *scan->at : '\0';
}

static bool take(struct json_scan *scan, char byte, const char *expected)
{
    if (scan->error->set)
        return false;
    if (json_scan_peek(scan) != byte)
        return json_scan_fail(scan, expected);
    scan->at++;
    return true;
}

/* The limit also bounds the recursion of skip_value. */
bool json_scan_open(struct json_scan *scan, char bracket)
{
    if (!take(scan, bracket, bracket == '{' ? "'{'" : "'['"))
        return false;
    if (scan->depth == JSON_SCAN_DEPTH)
        return json_scan_fail(scan, "less than 64 nested brackets");
    scan->closing[scan->depth++] = bracket == '{' ? '}' : ']';
    scan->is_first = true;
    return true;
}

bool json_scan_more(struct json_scan *scan)
{
    if (scan->error->set)
        return false;
    char closing = scan->closing[scan->depth - 1];
    if (json_scan_peek(scan) == closing) {
        scan->at++;
        scan->depth--;
        scan->is_first = false;
        return false;
    }
    if (!scan->is_first &&
        !take(scan, ',', closing == '}' ? "',' or '}'" : "',' or ']'"))
        return false;
    scan->is_first = false;
    return true;
}

bool json_scan_key(struct json_scan *scan, struct slice *key)
{
    return json_scan_string(scan, key) && take(scan, ':', "':'");
}

/* Moves behind the closing quote; true when the string has no escape. */
static bool find_quote(struct json_scan *scan, bool *is_plain)
{
    *is_plain = true;
    for (const char *at = scan->at; at < scan->end; at++) {
        if (*at == '"') {
            scan->at = at + 1;
            return true;
        }
        if ((unsigned char)*at < 0x20) {
            scan->at = at;
            return json_scan_fail(scan, "no control byte in a string");
        }
        if (*at == '\\') {
            *is_plain = false;
            at++;
        }
    }
    scan->at = scan->end;
    return json_scan_fail(scan, "'\"'");
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* The four digits of \uXXXX at `at`, or -1. */
static int32_t hex_code(const char *at, const char *end)
{
    int32_t code = 0;
    if (end - at < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code;
}

/* Decodes \uXXXX or a surrogate pair of them; `at` is behind the 'u'. */
static const char *decode_code(const char *at, const char *end, char *out,
                               size_t *length)
{
    int32_t code = hex_code(at, end);
    at += 4;
    if (code >= 0xD800 && code < 0xDC00) {
        if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
            return NULL;
        int32_t low = hex_code(at + 2, end);
        if (low < 0xDC00 || low > 0xDFFF)
            return NULL;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
    } else if (code < 0 || (code >= 0xDC00 && code < 0xE000)) {
        return NULL;
    }
    *length += utf8_encode((uint32_t)code, out + *length);
    return at;
}

/* Writes the string's meaning to `out`; NULL and *bad at a bad escape. */
static bool decode(const char *at, const char *end, struct buffer *out,
                   const char **bad)
{
    static const char names[] = "\"\\/bfnrt";
    static const char values[] = "\"\\/\b\f\n\r\t";
    while (at < end) {
        if (*at != '\\') {
            out->bytes[out->length++] = *at++;
            continue;
        }
        *bad = at++;
        const char *name = *at != '\0' ? strchr(names, *at) : NULL;
        if (name != NULL) {
            out->bytes[out->length++] = values[name - names];
            at++;
            continue;
        }
        at = *at == 'u' ? decode_code(at + 1, end, out->bytes, &out->length)
                        : NULL;
        if (at == NULL)
            return false;
    }
    return true;
}

bool json_scan_string(struct json_scan *scan, struct slice *text)
{
    if (!take(scan, '"', "a string"))
        return false;
    const char *start = scan->at, *bad = start;
    bool is_plain;
    if (!find_quote(scan, &is_plain))
        return false;
    *text = (struct slice){start, (size_t)(scan->at - 1 - start)};
    if (is_plain)
        return true;

    /* No escape is longer than what it stands for. */
    scan->decoded.length = 0;
    if (!buffer_reserve(&scan->decoded, text->length, scan->error))
        return false;
    if (!decode(start, scan->at - 1, &scan->decoded, &bad)) {
        scan->at = bad;
        return json_scan_fail(scan, "a valid escape");
    }
    *text = buffer_slice(&scan->decoded);
    return true;
}

static const char *skip_digits(const char *at, const char *end)
{
    while (at < end && *at >= '0' && *at <= '9')
        at++;
    return at;
}

/* End of the number at `at` by JSON's grammar, or NULL. */
static const char *number_end(const char *at, const char *end)
{
    if (at < end && *at == '-')
        at++;
    const char *digits = at;
    at = skip_digits(at, end);
    if (at == digits || (*digits == '0' && at > digits + 1))
        return NULL;
    if (at < end && *at == '.') {
        digits = ++at;
        at = skip_digits(at, end);
        if (at == digits)
            return NULL;
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (at < end && (*at == '+' || *at == '-'))
            at++;
        digits = at;
        at = skip_digits(at, end);
        if (at == digits)
            return NULL;
    }
    return at;
}

/* The nearest double to a power of ten. */
static double power_of_ten(long exponent)
{
    static const double exact[] = {
        1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if ((size_t)exponent < sizeof exact / sizeof *exact)
        return exact[exponent];
    char text[32];
    snprintf(text, sizeof text, "1e%ld", exponent);
    return strtod(text, NULL);
}

/* Far ones count as the farthest that a sum of two may have. */
static long written_exponent(const char *at)
{
    const long farthest = 1000000;
    long exponent = strtol(at, NULL, 10); /* no digit follows the number */
    return exponent > farthest    ? farthest
           : exponent < -farthest ? -farthest
                                  : exponent;
}

/*
 * As the reference's JSON library reads a number (serde_json): the digits that
 * 64 bits hold, rounded to a double, and one product or quotient with a power
 * of ten.  The last bit may not be that of the nearest double, and it decides
 * between two ways to cut a word whose scores have the same sum.
 */
static double decimal_value(const char *at, const char *end)
{
    bool is_negative = *at == '-', is_fraction = false, is_full = false;
    uint64_t digits = 0;
    long exponent = 0;
    for (at += is_negative; at < end && *at != 'e' && *at != 'E'; at++) {
        if (*at == '.') {
            is_fraction = true;
            continue;
        }
        unsigned digit = (unsigned)(*at - '0');
        is_full = is_full || digits > (UINT64_MAX - digit) / 10;
        exponent += is_full ? !is_fraction : -is_fraction;
        if (!is_full)
            digits = digits * 10 + digit;
    }
    if (at < end)
        exponent += written_exponent(at + 1);

    double value = (double)digits;
    for (; exponent < -308 && value > 0; exponent += 308)
        value /= 1e308;
    if (value > 0)
        value = exponent < 0     ? value / power_of_ten(-exponent)
                : exponent < 309 ? value * power_of_ten(exponent)
                                 : HUGE_VAL;
    return is_negative ? -value : value;
}

bool json_scan_number(struct json_scan *scan, double *number)
{
    if (scan->error->set)
        return false;
    skip_blanks(scan);
    const char *end = number_end(scan->at, scan->end);
    if (end == NULL || end == scan->end)
        return json_scan_fail(scan, "a number");
    *number = decimal_value(scan->at, end);
    if (isinf(*number))
        return json_scan_fail(scan, "a number of the range of a double");
    scan->at = end;
    return true;
}

/* No sign, no fraction, no exponent; digits beyond the limit end the sum, so
 * that it cannot overflow. */
bool json_scan_index(struct json_scan *scan, int32_t limit, const char *what,
                     int32_t *number)
{
    if (scan->error->set)
        return false;
    skip_blanks(scan);
    const char *end = skip_digits(scan->at, scan->end);
    int64_t value = 0;
    for (const char *at = scan->at; at < end && value < limit; at++)
        value = value * 10 + (*at - '0');
    if (end == scan->at || value >= limit ||
        number_end(scan->at, scan->end) != end)
        return json_scan_fail(scan, what);
    *number = (int32_t)value;
    scan->at = end;
    return true;
}

static bool skip_word(struct json_scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};
    size_t left = (size_t)(scan->end - scan->at);
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if (left >= length && memcmp(scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    const char *end = number_end(scan->at, scan->end);
    if (end == NULL)
        return json_scan_fail(scan, "a value");
    scan->at = end;
    return true;
}

static bool skip_value(struct json_scan *scan)
{
    struct slice key;
    bool is_plain;
    char first = json_scan_peek(scan);
    if (first == '"') {
        scan->at++;
        return find_quote(scan, &is_plain);
    }
    if (first != '{' && first != '[')
        return skip_word(scan);
    if (!json_scan_open(scan, first))
        return false;
    while (json_scan_more(scan)) {
        if (first == '{' && !json_scan_key(scan, &key))
            return false;
        if (!skip_value(scan))
            return false;
    }
    return !scan->error->set;
}

bool json_scan_skip(struct json_scan *scan, struct slice *raw)
{
    if (scan->error->set)
        return false;
    json_scan_peek(scan);
    const char *start = scan->at;
    if (!skip_value(scan))
        return false;
    *raw = (struct slice){start, (size_t)(scan->at - start)};
    return true;
}

/* What jansson refuses beyond this grammar: lone surrogates, broken UTF-8. */
json_t *json_scan_tree(struct json_scan *scan)
{
    struct slice raw;
    struct error inner = {0};
    if (!json_scan_skip(scan, &raw))
        return NULL;
    json_t *tree = json_parse(raw, scan->path, 0, &inner);
    if (tree == NULL && json_ran_out()) {
        json_out_of_memory(scan->error, scan->path);
    } else if (tree == NULL) {
        scan->at = raw.bytes;
        json_scan_fail(scan, "valid JSON");
    }
    return tree;
}

bool json_scan_end(struct json_scan *scan)
{
    if (scan->error->set)
        return false;
    return json_scan_peek(scan) == '\0' && scan->at == scan->end
               ? true
               : json_scan_fail(scan, "the end of the file");
}
