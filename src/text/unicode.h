/*
 * unicode.h - UTF-8 steps, character classes, lower case, normal forms.
 *
 * The classes are those of the reference tokenizers, which follow several
 * versions of Unicode at once: utf8proc's tables and the exceptions of
 * unicode_exceptions.h.  Text passed to the steps must be valid UTF-8
 * (unicode_repair makes it so).  No state: thread-safe.
 */
#ifndef TEXT_UNICODE_H
#define TEXT_UNICODE_H

#include "base/error.h"
#include "base/text.h"
#include "text/alignment.h"

/* Bytes of the character that begins with this byte of valid UTF-8. */
static inline size_t utf8_length(char first)
{
    unsigned char byte = (unsigned char)first;
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/* The character at `bytes`; never reads past its utf8_length. */
static inline uint32_t utf8_decode(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (b[0] < 0x80)
        return b[0];
    if (b[0] < 0xE0)
        return (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu);
    if (b[0] < 0xF0)
        return (b[0] & 0x0Fu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu);
    return (b[0] & 0x07u) << 18 | (b[1] & 0x3Fu) << 12 | (b[2] & 0x3Fu) << 6 |
           (b[3] & 0x3Fu);
}

/* Writes c into out[4]; returns the bytes written. */
static inline size_t utf8_encode(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

/* Whether a byte continues a character. */
static inline bool utf8_continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* Length of the valid UTF-8 that `text` begins with. */
size_t unicode_valid_length(struct slice text);
/*
 * Appends `text` to `out`, which is empty, with U+FFFD for each maximal invalid
 * subpart, whose number is added to *invalid.  alignment may be NULL.
 */
bool unicode_repair(struct slice text, struct buffer *out, size_t *invalid,
                    struct alignment *alignment, struct error *error);

/* White_Space: 25 characters; not U+180E, U+200B, U+FEFF, U+001C-001F. */
bool unicode_is_space(uint32_t c);
/* \w of a regular expression: letters, marks, digits, joiners, '_'. */
bool unicode_is_word(uint32_t c);
/* \p{L} and \p{N} of Unicode 16. */
bool unicode_is_letter(uint32_t c);
bool unicode_is_number(uint32_t c);
/* ASCII signs and P* of Unicode 8: what BERT splits at. */
bool unicode_is_punctuation(uint32_t c);
/* What BERT's cleaning deletes: U+0000, U+FFFD, most of Cc, Cf, Co. */
bool unicode_is_deleted(uint32_t c);
/* What BERT puts blanks around: ideographs, neither kana nor Hangul. */
bool unicode_is_chinese(uint32_t c);
/* Mn of Unicode 8, which BERT's strip_accents deletes. */
bool unicode_is_accent(uint32_t c);
/* Mn, Mc and Me. */
bool unicode_is_mark(uint32_t c);
/* The same of Unicode 9, which the normalizer StripAccents deletes. */
bool unicode_is_old_mark(uint32_t c);

/* Full lower case of one character, without context: 1 or 2 characters. */
size_t unicode_lower(uint32_t c, uint32_t out[2]);

/* Canonical combining class; 0 where the reference does not know the mark. */
uint8_t unicode_combining_class(uint32_t c);

enum unicode_form { UNICODE_NFD, UNICODE_NFC, UNICODE_NFKD, UNICODE_NFKC };

/* A growing array of characters; start as {0}. */
struct code_points {
    int32_t *points;
    size_t count, capacity;
};
void code_points_free(struct code_points *list);

/* Appends the decomposition of c (of the K forms with `compatible`). */
bool unicode_decompose(uint32_t c, bool compatible, struct code_points *list,
                       struct error *error);
/*
 * Sorts the marks of list[from..] by combining class, stably, as far as they
 * follow each other.  `spare` is a buffer for long runs.
 */
bool unicode_order_marks(struct code_points *list, size_t from,
                         struct code_points *spare, struct error *error);
/* Composes a decomposed and ordered list in place. */
void unicode_compose(struct code_points *list);

/* What a character does to the borders of grapheme clusters. */
enum unicode_boundary {
    BOUNDARY_OTHER,
    BOUNDARY_BREAK,    /* CR, LF, Control: a cluster alone */
    BOUNDARY_EXTEND,   /* Extend, SpacingMark: joins what is before it */
    BOUNDARY_JOINER,   /* ZWJ */
    BOUNDARY_PREPEND,  /* joins what is after it */
    BOUNDARY_PICTURE,  /* Extended_Pictographic */
    BOUNDARY_CONSONANT /* InCB consonant */
};
enum unicode_boundary unicode_boundary(uint32_t c);
/* An InCB linker (virama), which joins two consonants. */
bool unicode_is_linker(uint32_t c);

#endif
