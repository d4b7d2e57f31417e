#include "text/pretokenize.h"

#include "text/unicode.h"

/*
 * The regular expression of GPT-2, as a scanner:
 *
 *   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 *
 * Then every byte of a word becomes one character that is visible: itself
 * where it is printable Latin-1, else one from U+0100 on.
 */

enum kind { LETTER, NUMBER, SPACE, SIGN };

static enum kind kind_of_ascii(unsigned char byte)
{
    if ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z')
        return LETTER;
    if (byte >= '0' && byte <= '9')
        return NUMBER;
    return byte == ' ' || (byte >= '\t' && byte <= '\r') ? SPACE : SIGN;
}

static enum kind kind_of(const char *at)
{
    if ((unsigned char)*at < 0x80)
        return kind_of_ascii((unsigned char)*at);
    uint32_t c = utf8_decode(at);
    return unicode_is_letter(c)   ? LETTER
           : unicode_is_number(c) ? NUMBER
           : unicode_is_space(c)  ? SPACE
                                  : SIGN;
}

static const char *run_end(const char *at, const char *end, enum kind kind)
{
    while (at < end && kind_of(at) == kind)
        at += utf8_length(*at);
    return at;
}

/* Length of the contraction at `at`, an apostrophe; 0: none. */
static size_t contraction(const char *at, const char *end)
{
    static const char pairs[][2] = {{'r', 'e'}, {'v', 'e'}, {'l', 'l'}};
    if (end - at < 2)
        return 0;
    if (at[1] == 's' || at[1] == 't' || at[1] == 'm' || at[1] == 'd')
        return 2;
    for (size_t i = 0; end - at > 2 && i < 3; i++)
        if (at[1] == pairs[i][0] && at[2] == pairs[i][1])
            return 3;
    return 0;
}

/*
 * End of a run of white space as a word: all of it at the end of the piece,
 * else all but the last character, which may belong to the next word; a
 * single one is taken.  `before` characters stand before `at` already.
 */
static const char *space_end(const char *at, const char *end, size_t before)
{
    const char *last = at, *next = at;
    size_t count = before;
    for (; next < end && kind_of(next) == SPACE; next += utf8_length(*next)) {
        last = next;
        count++;
    }
    return next == end || count < 2 ? next : last;
}

/* End of the word at `at`; with_space: a space stands before it already. */
static const char *word_end(const char *at, const char *end, bool with_space)
{
    if (!with_space && *at == '\'') {
        size_t length = contraction(at, end);
        if (length > 0)
            return at + length;
    }
    const char *first = at;
    if (!with_space && *at == ' ' && at + 1 < end && kind_of(at + 1) != SPACE)
        first = at + 1;
    enum kind kind = kind_of(first);
    return kind == SPACE ? space_end(at, end, with_space)
                         : run_end(first, end, kind);
}

/* The visible character of a byte. */
static uint32_t byte_character(unsigned char byte)
{
    if (byte <= 0x20)
        return 0x100u + byte;
    if (byte >= 0x7F && byte <= 0xA0)
        return 0x121u + (byte - 0x7Fu);
    return byte == 0xAD ? 0x143u : byte;
}

/* The visible characters of a byte stand for the character it belongs to, a
 * space in front for the first one. */
static bool align_word(const struct words *words, size_t out, const char *at,
                       const char *end, bool with_space, struct error *error)
{
    size_t begin = out;
    char unused[4];
    if (with_space)
        out += utf8_encode(byte_character(' '), unused);
    while (at < end) {
        size_t from = (size_t)(at - words->source), length = utf8_length(*at);
        for (size_t i = 0; i < length; i++)
            out += utf8_encode(byte_character((unsigned char)at[i]), unused);
        if (!alignment_add(words->alignment, (struct span){begin, out},
                           (struct span){from, from + length}, error))
            return false;
        at += length;
        begin = out;
    }
    return true;
}

/* Appends a word, with a space in front if asked; room is reserved. */
static bool add_word(struct words *words, const char *word, const char *end,
                     bool with_space, struct error *error)
{
    size_t out = words->text->length;
    char *start = words->text->bytes + out, *to = start;
    if (with_space)
        to += utf8_encode(byte_character(' '), to);
    for (const char *at = word; at < end; at++)
        to += utf8_encode(byte_character((unsigned char)*at), to);
    words->text->length += (size_t)(to - start);
    if (words->alignment != NULL &&
        !align_word(words, out, word, end, with_space, error))
        return false;
    return words_add(words, start, to, error);
}

static bool split(const struct splitter *self, struct slice piece,
                  bool at_start, struct words *words, struct error *error)
{
    (void)at_start;
    const char *at = piece.bytes, *end = at + piece.length;
    bool with_space = self->as.byte_level.adds_prefix_space && *at != ' ';
    while (at < end) {
        const char *next =
            self->as.byte_level.splits ? word_end(at, end, with_space) : end;
        if (!add_word(words, at, next, with_space, error))
            return false;
        with_space = false;
        at = next;
    }
    return true;
}

void splitter_byte_level(struct splitter *splitter, bool adds_prefix_space,
                         bool splits)
{
    *splitter = (struct splitter){
        .type = "ByteLevel",
        .split = split,
        .growth = 2,
        .blank = !splits             ? BLANK_STAYS
                 : adds_prefix_space ? BLANK_IMPLIED
                                     : BLANK_SPLITS,
        .parts_signs = splits && !adds_prefix_space,
        .as.byte_level = {adds_prefix_space, splits},
    };
}
