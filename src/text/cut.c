/*
 * cut.c - where a long text may be cut without changing its ids.
 *
 * One kind of place is enough for texts with words: before a blank between two
 * ASCII letters or digits.  No normaliser that is known reads across it but
 * Strip and Prepend, and it begins a word in nearly all pre-tokenizers.  What
 * this file does not know counts as a reason not to cut.
 */
#include "text/pipeline.h"

#include <string.h>

static bool is_plain(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}

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

static bool may_cut(const struct tokenizer *tokenizer)
{
    bool lacks_blank = false;
    for (size_t i = 0; i < tokenizer->added.count; i++)
        if (added_crosses(&tokenizer->added.items[i]))
            return false;
    return normalizers_allow(&tokenizer->first, &lacks_blank) &&
           normalizers_allow(&tokenizer->normalizers, &lacks_blank) &&
           splitters_allow(&tokenizer->splitters, lacks_blank);
}

size_t tokenizer_cut(const struct tokenizer *tokenizer, struct slice text,
                     size_t from)
{
    if (!may_cut(tokenizer))
        return text.length;
    for (size_t at = from > 0 ? from : 1; at + 1 < text.length; at++)
        if (text.bytes[at] == ' ' && is_plain(text.bytes[at - 1]) &&
            is_plain(text.bytes[at + 1]))
            return at;
    return text.length;
}
