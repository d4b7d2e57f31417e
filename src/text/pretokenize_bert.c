#include "text/pretokenize.h"

#include "text/unicode.h"

/* Three kinds of character: parts of words, blanks, signs. */
enum kind { PART, BLANK, SIGN };

/* clang-format off */
static const uint8_t ascii_kinds[128] = {
    ['\t'] = BLANK, ['\n'] = BLANK, ['\v'] = BLANK, ['\f'] = BLANK,
    ['\r'] = BLANK, [' '] = BLANK,
    ['!'] = SIGN, ['"'] = SIGN, ['#'] = SIGN, ['$'] = SIGN, ['%'] = SIGN,
    ['&'] = SIGN, ['\''] = SIGN, ['('] = SIGN, [')'] = SIGN, ['*'] = SIGN,
    ['+'] = SIGN, [','] = SIGN, ['-'] = SIGN, ['.'] = SIGN, ['/'] = SIGN,
    [':'] = SIGN, [';'] = SIGN, ['<'] = SIGN, ['='] = SIGN, ['>'] = SIGN,
    ['?'] = SIGN, ['@'] = SIGN, ['['] = SIGN, ['\\'] = SIGN, [']'] = SIGN,
    ['^'] = SIGN, ['_'] = SIGN, ['`'] = SIGN, ['{'] = SIGN, ['|'] = SIGN,
    ['}'] = SIGN, ['~'] = SIGN,
};
/* clang-format on */

static enum kind kind_of(const char *at)
{
    if ((unsigned char)*at < 0x80)
        return ascii_kinds[(unsigned char)*at];
    uint32_t c = utf8_decode(at);
    return unicode_is_space(c)         ? BLANK
           : unicode_is_punctuation(c) ? SIGN
                                       : PART;
}

static bool split(const struct splitter *self, struct slice piece,
                  bool at_start, struct words *words, struct error *error)
{
    (void)self;
    (void)at_start;
    const char *at = piece.bytes, *end = at + piece.length, *word = at;
    while (at < end) {
        enum kind kind = kind_of(at);
        size_t length = utf8_length(*at);
        if (kind == PART) {
            at += length;
            continue;
        }
        if (!words_add(words, word, at, error))
            return false;
        if (kind == SIGN && !words_add(words, at, at + length, error))
            return false;
        at += length;
        word = at;
    }
    return words_add(words, word, end, error);
}

void splitter_bert(struct splitter *splitter)
{
    *splitter = (struct splitter){.split = split};
}
