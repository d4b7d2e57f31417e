#include "text/word_break.h"

#include "text/unicode.h"

/* A character: broken bytes are signs, one each. */
enum kind { SPACE, LETTERS, IDEOGRAPH, SIGN };

struct character {
    enum kind kind;
    size_t length;
};

static struct character character_at(struct slice text, size_t at)
{
    struct slice rest = {text.bytes + at, text.length - at};
    size_t length = text_character(rest);
    if (length == 0)
        return (struct character){SIGN, 1};
    uint32_t c = utf8_decode(rest.bytes);
    enum kind kind = unicode_is_space(c)     ? SPACE
                     : unicode_is_chinese(c) ? IDEOGRAPH
                     : unicode_is_word(c)    ? LETTERS
                                             : SIGN;
    return (struct character){kind, length};
}

bool word_break_next(struct slice text, size_t *at, struct span *word,
                     enum word_kind *kind)
{
    static const enum word_kind kinds[] = {
        [LETTERS] = WORD_LETTERS,
        [IDEOGRAPH] = WORD_IDEOGRAPH,
        [SIGN] = WORD_SIGNS,
    };
    struct character first = {SPACE, 0};
    while (*at < text.length) {
        first = character_at(text, *at);
        if (first.kind != SPACE)
            break;
        *at += first.length;
    }
    if (*at >= text.length)
        return false;

    word->begin = *at;
    *at += first.length;
    while (*at < text.length && first.kind != IDEOGRAPH) {
        struct character next = character_at(text, *at);
        if (next.kind != first.kind)
            break;
        *at += next.length;
    }
    word->end = *at;
    *kind = kinds[first.kind];
    return true;
}

/* What a part may be made of. */
enum part { UPPER, LOWER, DIGIT, JOIN };

static enum part part_kind(uint32_t c)
{
    uint32_t lower[2];
    if (c == '_')
        return JOIN;
    if (unicode_is_number(c))
        return DIGIT;
    return unicode_lower(c, lower) == 1 && lower[0] == c ? LOWER : UPPER;
}

static enum part part_at(struct slice word, size_t at)
{
    return part_kind(utf8_decode(word.bytes + at));
}

/*
 * A part ends where the kind changes, but a capital goes with the small letters
 * behind it: "HTTPServer" is HTTP and Server.
 */
bool word_break_part(struct slice word, size_t *at, struct span *part)
{
    while (*at < word.length && part_at(word, *at) == JOIN)
        (*at)++;
    if (*at >= word.length)
        return false;

    size_t last = *at; /* where the last character of the part begins */
    enum part kind = part_at(word, *at), before = kind;
    part->begin = *at;
    for (*at += utf8_length(word.bytes[*at]); *at < word.length;) {
        enum part now = part_at(word, *at);
        if (now == LOWER && before == UPPER) {
            if (last > part->begin) {
                *at = last;
                break;
            }
        } else if (now != before) {
            break;
        }
        last = *at;
        before = now;
        *at += utf8_length(word.bytes[*at]);
    }
    part->end = *at;
    return true;
}
