/*
 * json_text.c - a walk over JSON text without building values.
 */
#include "io/json_text.h"

#include <string.h>

/* Containers still open, as a stack of bits: 1 for an object. */
struct nesting {
    uint64_t objects[JSON_TEXT_DEPTH / 64];
    size_t depth;
};

static bool push(struct nesting *nesting, bool object)
{
    if (nesting->depth == JSON_TEXT_DEPTH)
        return false;
    uint64_t bit = (uint64_t)1 << (nesting->depth % 64);
    uint64_t *word = &nesting->objects[nesting->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    nesting->depth++;
    return true;
}

static bool in_object(const struct nesting *nesting)
{
    size_t top = nesting->depth - 1;
    return nesting->objects[top / 64] >> (top % 64) & 1;
}

/* Marks the walk as broken at its place; always false. */
static bool broken(struct json_walk *walk)
{
    walk->broken = walk->at;
    return false;
}

static void skip_blanks(struct json_walk *walk)
{
    while (walk->at < walk->end && (*walk->at == ' ' || *walk->at == '\t' ||
                                    *walk->at == '\n' || *walk->at == '\r'))
        walk->at++;
}

/* The next byte, or 0 at the end (no JSON begins with a NUL). */
static char peek(const struct json_walk *walk)
{
    return walk->at < walk->end ? *walk->at : '\0';
}

static bool expect(struct json_walk *walk, char byte)
{
    if (walk->at == walk->end || *walk->at != byte)
        return broken(walk);
    walk->at++;
    return true;
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static bool skip_escape(struct json_walk *walk)
{
    walk->at++;
    char kind = peek(walk);
    if (kind == '\0' || strchr("\"\\/bfnrtu", kind) == NULL)
        return broken(walk);
    walk->at++;
    for (int i = 0; kind == 'u' && i < 4; i++, walk->at++)
        if (walk->at == walk->end || hex_digit(*walk->at) < 0)
            return broken(walk);
    return true;
}

/* Is one of the eight bytes a quote, a backslash or a control character?
 * (A byte of x is zero where x - 1 borrows from it and it had no high bit.) */
static bool has_special(const char *bytes)
{
    const uint64_t ones = UINT64_MAX / 0xFF, highs = ones * 0x80;
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    uint64_t quotes = word ^ (ones * '"'), slashes = word ^ (ones * '\\');
    return (((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) |
            ((word - ones * 0x20) & ~word)) &
           highs;
}

/* From behind the opening quote to behind the closing one. */
static bool skip_string(struct json_walk *walk)
{
    for (;;) {
        while (walk->end - walk->at >= 8 && !has_special(walk->at))
            walk->at += 8;
        if (walk->at == walk->end)
            return broken(walk);
        unsigned char byte = (unsigned char)*walk->at;
        if (byte < 0x20)
            return broken(walk);
        if (byte == '\\') {
            if (!skip_escape(walk))
                return false;
            continue;
        }
        walk->at++;
        if (byte == '"')
            return true;
    }
}

static bool skip_digits(struct json_walk *walk)
{
    const char *start = walk->at;
    while (walk->at < walk->end && *walk->at >= '0' && *walk->at <= '9')
        walk->at++;
    return walk->at > start || broken(walk);
}

static bool skip_number(struct json_walk *walk)
{
    walk->at += peek(walk) == '-';
    if (peek(walk) == '0')
        walk->at++;
    else if (!skip_digits(walk))
        return false;
    if (peek(walk) == '.') {
        walk->at++;
        if (!skip_digits(walk))
            return false;
    }
    if (peek(walk) == 'e' || peek(walk) == 'E') {
        walk->at++;
        walk->at += peek(walk) == '+' || peek(walk) == '-';
        return skip_digits(walk);
    }
    return true;
}

static bool skip_word(struct json_walk *walk, const char *word)
{
    for (; *word != '\0'; word++)
        if (!expect(walk, *word))
            return false;
    return true;
}

/* A string, number or word; containers are skip_value's. */
static bool skip_scalar(struct json_walk *walk)
{
    switch (peek(walk)) {
    case '"':
        walk->at++;
        return skip_string(walk);
    case 't':
        return skip_word(walk, "true");
    case 'f':
        return skip_word(walk, "false");
    case 'n':
        return skip_word(walk, "null");
    default:
        return skip_number(walk);
    }
}

/* A key and its colon. */
static bool skip_key(struct json_walk *walk)
{
    skip_blanks(walk);
    if (!expect(walk, '"') || !skip_string(walk))
        return false;
    skip_blanks(walk);
    return expect(walk, ':');
}

/* Enters the container at hand.  *empty: it was closed at once. */
static bool enter(struct json_walk *walk, struct nesting *nesting, bool *empty)
{
    bool object = peek(walk) == '{';
    if (!push(nesting, object))
        return broken(walk);
    walk->at++;
    skip_blanks(walk);
    *empty = peek(walk) == (object ? '}' : ']');
    return *empty || !object || skip_key(walk);
}

/* Behind a value: leaves all containers that end here, then steps over a
 * comma and key to the next value, if any container is still open. */
static bool leave(struct json_walk *walk, struct nesting *nesting)
{
    while (nesting->depth > 0) {
        bool object = in_object(nesting);
        skip_blanks(walk);
        if (peek(walk) == ',') {
            walk->at++;
            return !object || skip_key(walk);
        }
        if (!expect(walk, object ? '}' : ']'))
            return false;
        nesting->depth--;
    }
    return true;
}

static bool skip_value(struct json_walk *walk)
{
    struct nesting nesting = {.depth = 0};
    do {
        bool empty = false;
        skip_blanks(walk);
        if (peek(walk) == '{' || peek(walk) == '[') {
            if (!enter(walk, &nesting, &empty))
                return false;
            if (!empty)
                continue;
        } else if (!skip_scalar(walk)) {
            return false;
        }
        if (!leave(walk, &nesting))
            return false;
    } while (nesting.depth > 0);
    return true;
}

void json_walk_begin(struct json_walk *walk, struct slice text)
{
    *walk = (struct json_walk){
        .text = text.bytes, .at = text.bytes, .end = text.bytes + text.length};
    skip_blanks(walk);
    if (expect(walk, '{'))
        walk->open = walk->at;
}

/* The brace that ends the object, with nothing but blanks behind it. */
static bool finish(struct json_walk *walk)
{
    if (expect(walk, '}')) {
        skip_blanks(walk);
        if (walk->at != walk->end)
            broken(walk);
    }
    return false;
}

bool json_walk_next(struct json_walk *walk, struct json_member *member)
{
    if (walk->broken != NULL)
        return false;
    skip_blanks(walk);
    if (walk->started ? peek(walk) != ',' : peek(walk) == '}')
        return finish(walk);
    if (walk->started)
        walk->at++;
    walk->started = true;

    skip_blanks(walk);
    const char *key = walk->at + 1;
    if (!expect(walk, '"') || !skip_string(walk))
        return false;
    member->key = (struct slice){key, (size_t)(walk->at - key) - 1};
    skip_blanks(walk);
    if (!expect(walk, ':'))
        return false;
    skip_blanks(walk);
    const char *value = walk->at;
    if (!skip_value(walk))
        return false;
    member->value = (struct slice){value, (size_t)(walk->at - value)};
    return true;
}

/* Four hexadecimal digits of a checked escape. */
static uint32_t read_unit(const char *digits)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++)
        unit = unit * 16 + (uint32_t)hex_digit(digits[i]);
    return unit;
}

static size_t put_character(uint32_t character, char out[4])
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, character >>= 6)
        out[i] = (char)(0x80 | (character & 0x3F));
    uint32_t marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(marks[length] | character);
    return length;
}

/* An escape in a checked string; steps over it. */
static size_t decode_escape(const char **at, const char *end, char out[4])
{
    static const char kinds[] = "\"\\/bfnrt", bytes[] = "\"\\/\b\f\n\r\t";
    const char *escape = *at + 1;
    *at += 2;
    if (*escape != 'u') {
        out[0] = bytes[strchr(kinds, *escape) - kinds];
        return 1;
    }

    uint32_t unit = read_unit(*at);
    *at += 4;
    bool high = unit >= 0xD800 && unit < 0xDC00;
    if (high && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        uint32_t low = read_unit(*at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            *at += 6;
            return put_character(
                0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), out);
        }
    }
    bool lone = unit >= 0xD800 && unit < 0xE000;
    return put_character(lone ? 0xFFFD : unit, out);
}

bool json_key_is(struct slice key, struct slice name)
{
    if (key.length < name.length) /* an escape is longer than its character */
        return false;
    if (memchr(key.bytes, '\\', key.length) == NULL)
        return slice_equal(key, name);

    const char *at = key.bytes, *end = at + key.length;
    size_t matched = 0;
    while (at < end) {
        char decoded[4] = {*at};
        size_t length = 1;
        if (*at == '\\')
            length = decode_escape(&at, end, decoded);
        else
            at++;
        if (length > name.length - matched ||
            memcmp(name.bytes + matched, decoded, length) != 0)
            return false;
        matched += length;
    }
    return matched == name.length;
}

size_t json_decode(struct slice string, char *out)
{
    const char *at = string.bytes, *end = at + string.length;
    char *put = out;
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((escape ? escape : end) - at);
        memcpy(put, at, plain);
        put += plain;
        at += plain;
        if (escape != NULL)
            put += decode_escape(&at, end, put);
    }
    return (size_t)(put - out);
}
