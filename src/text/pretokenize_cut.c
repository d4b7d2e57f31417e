#include "text/pretokenize.h"

#include "text/unicode.h"

/* A piece while it is cut; `word` is where the next word begins. */
struct piece {
    const char *word;
    struct words *words;
    struct error *error;
};

static bool add_up_to(struct piece *piece, const char *at)
{
    const char *word = piece->word;
    piece->word = at;
    return words_add(piece->words, word, at, piece->error);
}

static bool cut_at(struct piece *piece, enum cut cut, const char *from,
                   const char *to)
{
    switch (cut) {
    case CUT_REMOVED:
        if (!add_up_to(piece, from))
            return false;
        piece->word = to;
        return true;
    case CUT_WITH_PREVIOUS:
        return add_up_to(piece, to);
    case CUT_WITH_NEXT:
        return add_up_to(piece, from);
    default:
        return add_up_to(piece, from) && add_up_to(piece, to);
    }
}

/* The next match from *from on. */
static bool find_match(const struct splitter *self, const char **from,
                       const char **to, const char *end)
{
    bool (*is_match)(uint32_t) = self->as.cutter.is_match;
    if (is_match == NULL)
        return pattern_find(&self->as.cutter.pattern, from, to, end);
    const char *at = *from;
    while (at < end && !is_match(utf8_decode(at)))
        at += utf8_length(*at);
    if (at == end)
        return false;
    *from = at;
    *to = at + utf8_length(*at);
    return true;
}

/* End of the matches that follow each other without a gap. */
static const char *matches_end(const struct splitter *self, const char *to,
                               const char *end)
{
    const char *from = to, *next = to;
    while (find_match(self, &from, &next, end) && from == to)
        to = from = next;
    return to;
}

static bool split(const struct splitter *self, struct slice slice,
                  bool at_start, struct words *words, struct error *error)
{
    (void)at_start;
    const char *from = slice.bytes, *to = from, *end = from + slice.length;
    struct piece piece = {from, words, error};
    enum cut cut = self->as.cutter.cut;
    while (find_match(self, &from, &to, end)) {
        if (cut == CUT_CONTIGUOUS)
            to = matches_end(self, to, end);
        if (!cut_at(&piece, cut, from, to))
            return false;
        from = to;
    }
    return add_up_to(&piece, end);
}

void splitter_cut_kind(struct splitter *splitter, bool (*is_match)(uint32_t c),
                       enum cut cut)
{
    bool at_blanks = is_match(' ');
    *splitter = (struct splitter){
        .type = is_match == unicode_is_space    ? "WhitespaceSplit"
                : is_match == unicode_is_number ? "Digits"
                                                : "Punctuation",
        .split = split,
        .blank = !at_blanks           ? BLANK_STAYS
                 : cut == CUT_REMOVED ? BLANK_IMPLIED
                                      : BLANK_JOINS,
        .as.cutter = {.is_match = is_match, .cut = cut},
    };
}

void splitter_cut_pattern(struct splitter *splitter, struct pattern pattern,
                          enum cut cut)
{
    *splitter = (struct splitter){
        .type = "Split",
        .split = split,
        .as.cutter = {.pattern = pattern, .cut = cut},
    };
}
