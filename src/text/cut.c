/*
 * cut.c - where a long text may be cut without changing its ids.
 *
 * One kind of place is enough for texts with words: before a blank between two
 * ASCII letters or digits.  No normaliser that is known reads across it but
 * Strip and Prepend, and it begins a word in nearly all pre-tokenizers.  Where
 * an ASCII sign begins a word, too, the place before one between two letters or
 * digits is another: base64 and minified JSON have no blanks.  A pre-tokenizer
 * that splits at blanks alone (Metaspace) has no such place, for its words are
 * whatever stands between them.  What this file does not know counts as a
 * reason not to cut.
 */
#include "text/pipeline.h"

#include <string.h>

static bool is_plain(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

/* ASCII bytes before which a text may be cut, between letters or digits. */
struct places {
    bool before[128];
};

/* Whether a token's spelling may lie across the place, or swallow its blank. */
static bool added_crosses(const struct added_token *token)
{
    const char *at = token->content.bytes;
    const char *end = at + token->content.length;
    bool strips = (token->lstrip && is_plain(*at)) ||
                  (token->rstrip && is_plain(end[-1]));
    bool has_space = false, has_other = false;
    for (; at < end; at += utf8_length(*at)) {
        bool space = unicode_is_space(utf8_decode(at));
        has_space = has_space || space;
        has_other = has_other || !space;
    }
    return strips || (has_space && has_other);
}

static bool normalizers_allow(const struct normalizer_list *list,
                              bool *lacks_blank)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].parts == PARTS_OTHER)
            return false;
        *lacks_blank = *lacks_blank || list->items[i].parts == PARTS_LACK_BLANK;
    }
    return true;
}

/* Some splitter must begin a word there before any could join two. */
static bool splitters_allow(const struct splitter_list *list, bool lacks_blank)
{
    for (size_t i = 0; i < list->count; i++) {
        enum splitter_blank blank = list->items[i].blank;
        if (blank != BLANK_STAYS)
            return blank == BLANK_IMPLIED ||
                   (blank == BLANK_SPLITS && !lacks_blank);
    }
    return false;
}

static bool normalizers_see_signs(const struct normalizer_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].sees_signs)
            return true;
    return false;
}

/* The splitter that decides about a blank decides about signs. */
static bool splitters_part_signs(const struct splitter_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].blank != BLANK_STAYS)
            return list->items[i].parts_signs;
    return false;
}

/* Signs that stand in no added token, which could lie across one. */
static void add_signs(const struct tokenizer *tokenizer, struct places *places)
{
    bool in_token[256] = {false};
    for (size_t i = 0; i < tokenizer->added.count; i++) {
        struct slice content = tokenizer->added.items[i].content;
        for (size_t at = 0; at < content.length; at++)
            in_token[(unsigned char)content.bytes[at]] = true;
    }
    for (int byte = '!'; byte <= '~'; byte++)
        places->before[byte] = !is_plain((char)byte) && !in_token[byte];
}

static struct places find_places(const struct tokenizer *tokenizer)
{
    struct places places = {.before = {false}};
    bool lacks_blank = false;
    for (size_t i = 0; i < tokenizer->added.count; i++)
        if (added_crosses(&tokenizer->added.items[i]))
            return places;
    if (!normalizers_allow(&tokenizer->first, &lacks_blank) ||
        !normalizers_allow(&tokenizer->normalizers, &lacks_blank))
        return places;
    places.before[' '] = splitters_allow(&tokenizer->splitters, lacks_blank);
    if (splitters_part_signs(&tokenizer->splitters) &&
        !normalizers_see_signs(&tokenizer->first) &&
        !normalizers_see_signs(&tokenizer->normalizers))
        add_signs(tokenizer, &places);
    return places;
}

size_t tokenizer_cut(const struct tokenizer *tokenizer, struct slice text,
                     size_t from)
{
    struct places places = find_places(tokenizer);
    for (size_t at = from > 0 ? from : 1; at + 1 < text.length; at++) {
        unsigned char byte = (unsigned char)text.bytes[at];
        if (byte < 128 && places.before[byte] && is_plain(text.bytes[at - 1]) &&
            is_plain(text.bytes[at + 1]))
            return at;
    }
    return text.length;
}
