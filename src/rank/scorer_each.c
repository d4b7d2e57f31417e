/*
 * scorer_each.c - records of one text beside several others, the same ones in
 * every record: a text and the sentences about it that may be true.
 */
#include "rank/scorer_inside.h"

static struct id_span second_of(const struct scorer *scorer, size_t i)
{
    const struct second_texts *seconds = &scorer->seconds;
    size_t begin = i > 0 ? seconds->ends[i - 1] : 0;
    return (struct id_span){seconds->ids.ids + begin, seconds->ends[i] - begin};
}

static bool encode_seconds(struct scorer *scorer, const struct slice *texts,
                           size_t count, struct error *error)
{
    struct second_texts *seconds = &scorer->seconds;
    if (seconds->texts == texts)
        return true;
    if (!memory_grow((void **)&seconds->ends, &seconds->capacity, count,
                     sizeof *seconds->ends, error))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!tokenizer_encode(scorer->tokenizer, &scorer->scratch, texts[i],
                              &seconds->ids, &seconds->invalid, error))
            return false;
        seconds->ends[i] = seconds->ids.count;
    }
    seconds->texts = texts;
    seconds->count = count;
    return true;
}

/* Each pair is cut for itself; the record is cut when one of them is. */
static enum scorer_status add_pair(struct scorer *scorer,
                                   struct record_facts *facts,
                                   enum part_kind kind, struct id_span second,
                                   struct error *error)
{
    size_t cut = facts->uncut_tokens - facts->tokens; /* so far */
    struct id_span first = scorer_first_ids(scorer);
    enum scorer_status status =
        scorer_cut_pair(scorer, &scorer->limits, facts, &first, &second, error);
    if (facts->uncut_tokens - facts->tokens < cut)
        facts->uncut_tokens = facts->tokens + cut;
    return status == SCORER_FINE
               ? scorer_add_part(scorer, facts, kind, first, second, error)
               : status;
}

/* What a part needs that is not the record's last. */
static struct record_facts bare_facts(const struct record_facts *facts)
{
    return (struct record_facts){.file = facts->file,
                                 .line = facts->line,
                                 .index = facts->index,
                                 .is_scored = true};
}

static enum scorer_status add_pairs(struct scorer *scorer,
                                    struct record_facts *facts,
                                    struct error *error)
{
    struct record_facts bare = bare_facts(facts);
    enum scorer_status status = SCORER_FINE;
    size_t last = scorer->seconds.count - 1;
    for (size_t i = 0; i < last && status == SCORER_FINE; i++)
        status =
            add_pair(scorer, &bare, PART_MORE, second_of(scorer, i), error);
    facts->tokens = bare.tokens;
    facts->uncut_tokens = bare.uncut_tokens;
    return status == SCORER_FINE ? add_pair(scorer, facts, PART_LAST,
                                            second_of(scorer, last), error)
                                 : status;
}

/*** Windows ***/

static struct id_span longest_second(const struct scorer *scorer)
{
    struct id_span longest = second_of(scorer, 0);
    for (size_t i = 1; i < scorer->seconds.count; i++) {
        struct id_span second = second_of(scorer, i);
        if (second.count > longest.count)
            longest = second;
    }
    return longest;
}

/* One window beside each of the second texts. */
static enum scorer_status add_window(struct scorer *scorer,
                                     const struct record_facts *facts,
                                     const struct passage *passage,
                                     size_t most_tokens, struct error *error)
{
    struct record_facts bare = bare_facts(facts), last = *facts;
    enum scorer_status status = SCORER_FINE;
    size_t count = scorer->seconds.count;
    bare.part = last.part = passage->span;
    for (size_t i = 0; i < count && status == SCORER_FINE; i++) {
        struct id_span second = second_of(scorer, i);
        bool is_last = passage->is_last && i + 1 == count;
        if (second.count > most_tokens)
            id_span_keep(&second, most_tokens, scorer->limits.keeps_end);
        status = scorer_add_part(scorer, is_last ? &last : &bare,
                                 is_last ? PART_LAST : PART_MORE,
                                 passage->tokens, second, error);
    }
    return status;
}

/* All windows are as long as the longest of the second texts lets them be, so
 * that each of those sees the same ones. */
static enum scorer_status add_windows(struct scorer *scorer,
                                      struct record_facts *facts,
                                      struct slice text, struct error *error)
{
    struct passages *passages = &scorer->passages;
    struct id_span longest = longest_second(scorer);
    struct window_plan plan;
    struct passage passage = {.span = {0, text.length}, .is_last = true};
    enum scorer_status status = scorer_plan_windows(
        scorer, facts, longest, text, SIZE_MAX, &plan, error);
    if (status != SCORER_FINE)
        return status;
    passage.tokens = plan.text;
    if (!plan.fits)
        passages_begin(passages, plan.length, plan.stride);
    do {
        if (!plan.fits && !passages_next(passages, &passage, error))
            return SCORER_FAILED;
        facts->tokens = pair_special_tokens(scorer->tokenizer, true) +
                        plan.whole.count + passages_tokens(passages);
        facts->uncut_tokens = facts->tokens + longest.count - plan.whole.count;
        status = add_window(scorer, facts, &passage, plan.whole.count, error);
    } while (status == SCORER_FINE && !passage.is_last);
    return status;
}

/* A text that is cut alone needs no more tokens than there is room for, if the
 * others leave any. */
static size_t enough_first(const struct scorer *scorer)
{
    size_t room = scorer_room(scorer, &scorer->limits);
    bool cuts_first = scorer->options.truncation == TRUNCATION_ONLY_FIRST &&
                      scorer->limits.long_texts == LONG_TRUNCATE;
    return cuts_first && !scorer->limits.keeps_end &&
                   longest_second(scorer).count < room
               ? room
               : SIZE_MAX;
}

enum scorer_status scorer_add_each(struct scorer *scorer,
                                   const struct record_facts *facts,
                                   struct slice first,
                                   const struct slice *seconds, size_t count,
                                   struct error *error)
{
    struct record_facts scored = *facts;
    bool has_windows = scorer->options.long_texts == LONG_WINDOW;
    scored.is_scored = true;
    if (scorer->options.keeps_text)
        scored.text = first;
    if (!encode_seconds(scorer, seconds, count, error) ||
        (!has_windows &&
         !scorer_read_first(scorer, first, enough_first(scorer), error)))
        return SCORER_FAILED;
    scored.is_longer = !has_windows && !scorer->first.is_whole;
    enum scorer_status status = has_windows
                                    ? add_windows(scorer, &scored, first, error)
                                    : add_pairs(scorer, &scored, error);
    if (status != SCORER_FINE)
        return scorer_take_back(scorer, status, error);
    scorer_count_record(scorer, &scored,
                        scorer->seconds.invalid +
                            (has_windows ? scorer->passages.invalid : 0));
    return SCORER_FINE;
}
