#include "text/pretokenize.h"

#include "text/unicode.h"

/* Four kinds of byte: parts of words, blanks, signs, and those that begin a
 * character of their own kind. */
enum kind { PART, BLANK, SIGN, OTHER };

#define O8  OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER
#define O64 O8, O8, O8, O8, O8, O8, O8, O8

/* clang-format off */
static const uint8_t kinds[256] = {
    ['\t'] = BLANK, ['\n'] = BLANK, ['\v'] = BLANK, ['\f'] = BLANK,
    ['\r'] = BLANK, [' '] = BLANK,
    ['!'] = SIGN, ['"'] = SIGN, ['#'] = SIGN, ['$'] = SIGN, ['%'] = SIGN,
    ['&'] = SIGN, ['\''] = SIGN, ['('] = SIGN, [')'] = SIGN, ['*'] = SIGN,
    ['+'] = SIGN, [','] = SIGN, ['-'] = SIGN, ['.'] = SIGN, ['/'] = SIGN,
    [':'] = SIGN, [';'] = SIGN, ['<'] = SIGN, ['='] = SIGN, ['>'] = SIGN,
    ['?'] = SIGN, ['@'] = SIGN, ['['] = SIGN, ['\\'] = SIGN, [']'] = SIGN,
    ['^'] = SIGN, ['_'] = SIGN, ['`'] = SIGN, ['{'] = SIGN, ['|'] = SIGN,
    ['}'] = SIGN, ['~'] = SIGN,
    [128] = O64, O64,
};
/* clang-format on */

static enum kind kind_of(const char *at)
{
    enum kind kind = kinds[(unsigned char)*at];
    if (kind != OTHER)
        return kind;
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
    for (;;) {
        while (at < end && kinds[(unsigned char)*at] == PART)
            at++;
        if (at == end)
            return words_add(words, word, end, error);

        enum kind kind = kind_of(at);
        const char *next = at + utf8_length(*at);
        if (kind != PART) {
            if (!words_add(words, word, at, error))
                return false;
            if (kind == SIGN && !words_add(words, at, next, error))
                return false;
            word = next;
        }
        at = next;
    }
}

void splitter_bert(struct splitter *splitter)
{
    *splitter = (struct splitter){.type = "BertPreTokenizer",
                                  .split = split,
                                  .blank = BLANK_IMPLIED,
                                  .parts_signs = true};
}
