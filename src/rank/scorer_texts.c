/*
 * scorer_texts.c - the texts of a pair as ids, read no further than a cut to
 * the limit must know: a document of 100 MB costs as much as its first piece.
 *
 * What is read is exact, piece by piece (passages_piece), so that the ids that
 * stay after the cut are those of the whole texts.
 */
#include "rank/scorer_inside.h"

size_t scorer_room(const struct scorer *scorer,
                   const struct pair_limits *limits)
{
    size_t specials = pair_special_tokens(scorer->tokenizer, true);
    return limits->tokens > specials ? limits->tokens - specials : 0;
}

/* More than `enough` tokens of the text, or all, which *is_whole says. */
static bool read_text(struct scorer *scorer, struct slice text, size_t enough,
                      struct token_list *ids, size_t *invalid, bool *is_whole,
                      struct error *error)
{
    size_t at = 0;
    ids->count = *invalid = 0;
    do {
        struct slice piece = passages_piece(scorer->tokenizer, text, at);
        if (!tokenizer_encode(scorer->tokenizer, &scorer->scratch, piece, ids,
                              invalid, error))
            return false;
        at += piece.length;
    } while (at < text.length && ids->count <= enough);
    *is_whole = at == text.length;
    return true;
}

bool scorer_read_first(struct scorer *scorer, struct slice text, size_t enough,
                       struct error *error)
{
    struct text_memory *first = &scorer->first;
    if (first->is_filled && (first->is_whole || first->ids.count > enough) &&
        slice_equal(buffer_slice(&first->text), text))
        return true;
    first->is_filled = false;
    first->text.length = 0;
    first->is_filled =
        buffer_append(&first->text, text.bytes, text.length, error) &&
        read_text(scorer, text, enough, &first->ids, &first->invalid,
                  &first->is_whole, error);
    return first->is_filled;
}

bool scorer_encode_first(struct scorer *scorer, struct slice text,
                         struct error *error)
{
    return scorer_read_first(scorer, text, SIZE_MAX, error);
}

struct id_span scorer_first_ids(const struct scorer *scorer)
{
    return (struct id_span){scorer->first.ids.ids, scorer->first.ids.count};
}

/* A cut that takes the beginning, or refuses with the number of tokens, knows
 * the end. */
static bool reads_all(const struct scorer *scorer,
                      const struct pair_limits *limits)
{
    return limits->keeps_end ||
           (scorer->options.truncation != TRUNCATION_LONGEST_FIRST &&
            limits->long_texts != LONG_ERROR);
}

/*
 * Two texts that are both longer than the room share it, and the odd token is
 * the longer one's: then alone it matters how long they are.
 */
static bool is_undecided(const struct pair_texts *texts, size_t room,
                         bool first_is_whole)
{
    return !first_is_whole && texts->second.count > room && room % 2 == 1;
}

static bool read_second(struct scorer *scorer, const struct pair_limits *limits,
                        struct slice text, size_t enough,
                        struct pair_texts *texts, struct error *error)
{
    bool is_whole;
    if (enough > limits->second_tokens)
        enough = limits->second_tokens;
    if (!read_text(scorer, text, enough, &scorer->second, &texts->invalid,
                   &is_whole, error))
        return false;
    texts->second = (struct id_span){scorer->second.ids, scorer->second.count};
    if (texts->second.count > limits->second_tokens) {
        texts->second.count = limits->second_tokens;
        is_whole = true; /* what counts of it */
    }
    texts->is_longer = !scorer->first.is_whole || !is_whole;
    return true;
}

bool scorer_read_pair(struct scorer *scorer, const struct pair_limits *limits,
                      struct slice first, struct slice second,
                      struct pair_texts *texts, struct error *error)
{
    size_t room = scorer_room(scorer, limits);
    bool is_all = reads_all(scorer, limits);
    if (!scorer_read_first(scorer, first, is_all ? SIZE_MAX : room, error))
        return false;
    texts->first = scorer_first_ids(scorer);
    /* Longer than the room and, to be cut as the longer one, than the first. */
    size_t enough = texts->first.count > room ? texts->first.count : room;
    if (!read_second(scorer, limits, second, is_all ? SIZE_MAX : enough, texts,
                     error))
        return false;
    if (!is_undecided(texts, room, scorer->first.is_whole))
        return true;
    if (!scorer_encode_first(scorer, first, error))
        return false;
    texts->first = scorer_first_ids(scorer);
    return read_second(scorer, limits, second, SIZE_MAX, texts, error);
}
