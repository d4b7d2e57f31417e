#include "rank/explain.h"

#include "rank/scorer_inside.h"
#include "text/word_break.h"

#include <string.h>

/* The tokens of the window that the record's score comes from. */
static enum scorer_status find_window(struct scorer *scorer,
                                      const struct record_facts *facts,
                                      struct slice text, struct id_span *first,
                                      struct passage *passage,
                                      struct error *error)
{
    struct passages *passages = &scorer->passages;
    struct window_plan plan;
    enum scorer_status status = scorer_plan_windows(
        scorer, facts, scorer_first_ids(scorer), text, SIZE_MAX, &plan, error);
    if (status != SCORER_FINE)
        return status;
    *first = plan.whole;
    if (plan.fits)
        plan.length = plan.stride = plan.text.count;
    passages_begin(passages, plan.length, plan.stride);
    do {
        if (!passages_next(passages, passage, error))
            return SCORER_FAILED;
    } while (passage->number < facts->window && !passage->is_last);
    return SCORER_FINE;
}

/* The tokens up to the cut.  Those behind the limit are not read: that there
 * are more is all that the rules of the cut ask for. */
static enum scorer_status find_kept(struct scorer *scorer,
                                    const struct record_facts *facts,
                                    struct slice text, struct id_span *first,
                                    struct passage *passage,
                                    struct error *error)
{
    struct passages *passages = &scorer->passages;
    size_t enough = scorer->options.token_limit;
    struct record_facts unused = *facts;
    passages_open(passages, scorer->tokenizer, &scorer->scratch, text,
                  SIZE_MAX);
    passages_begin(passages, enough, enough);
    if (!passages_next(passages, passage, error))
        return SCORER_FAILED;
    *first = scorer_first_ids(scorer);
    passage->tokens.count += !passage->is_last;
    return scorer_cut_pair(scorer, &scorer->limits, &unused, first,
                           &passage->tokens, error);
}

/* The tokens that have a byte of the word; they follow each other. */
static struct span find_tokens(const struct passage *passage, struct span word,
                               size_t from)
{
    const struct span *spans = passage->spans;
    size_t count = passage->tokens.count;
    while (from < count && spans[from].end <= word.begin)
        from++;
    struct span found = {from, from};
    for (size_t i = from; i < count && spans[i].begin < word.end; i++)
        if (spans[i].end > word.begin && spans[i].end > spans[i].begin)
            found.end = i + 1;
    return found;
}

/* Fills words and tokens: the words that have any. */
static bool find_words(struct scorer *scorer, struct slice text,
                       const struct passage *passage, struct error *error)
{
    struct occlusion *occlusion = &scorer->occlusion;
    struct span word, tokens = {0, 0};
    enum word_kind kind;
    occlusion->words.count = occlusion->tokens.count = 0;
    if (passage->tokens.count == 0)
        return true;
    size_t at = passage->spans[0].begin;
    while (word_break_next(text, &at, &word, &kind)) {
        tokens = find_tokens(passage, word, tokens.begin);
        if (tokens.begin == passage->tokens.count)
            return true;
        if (tokens.begin < tokens.end &&
            (!span_list_add(&occlusion->words, word, error) ||
             !span_list_add(&occlusion->tokens, tokens, error)))
            return false;
    }
    return true;
}

/* The passage's tokens without those of a word. */
static bool leave_out(struct token_list *rest, struct id_span tokens,
                      struct span word, struct error *error)
{
    size_t behind = tokens.count - word.end;
    rest->count = 0;
    if (!token_list_reserve(rest, tokens.count, error))
        return false;
    memcpy(rest->ids, tokens.ids, word.begin * sizeof *rest->ids);
    memcpy(rest->ids + word.begin, tokens.ids + word.end,
           behind * sizeof *rest->ids);
    rest->count = word.begin + behind;
    return true;
}

static enum scorer_status add_rows(struct scorer *scorer,
                                   const struct record_facts *facts,
                                   struct id_span first,
                                   const struct passage *passage,
                                   struct error *error)
{
    struct occlusion *occlusion = &scorer->occlusion;
    struct record_facts bare = {
        .file = facts->file, .line = facts->line, .is_scored = true};
    struct record_facts last = *facts;
    size_t words = occlusion->words.count;
    struct id_span tokens = passage->tokens;
    enum scorer_status status = scorer_add_part(
        scorer, words > 0 ? &bare : &last, words > 0 ? PART_MORE : PART_LAST,
        first, tokens, error);
    for (size_t i = 0; i < words && status == SCORER_FINE; i++) {
        bool is_last = i + 1 == words;
        struct record_facts *row = is_last ? &last : &bare;
        row->part = occlusion->words.spans[i];
        if (!leave_out(&occlusion->rest, tokens, occlusion->tokens.spans[i],
                       error))
            return SCORER_FAILED;
        struct id_span rest = {occlusion->rest.ids, occlusion->rest.count};
        status = scorer_add_part(scorer, row, is_last ? PART_LAST : PART_MORE,
                                 first, rest, error);
    }
    return status;
}

enum scorer_status explain_add(struct scorer *scorer,
                               const struct record_facts *facts,
                               struct slice first, struct slice second,
                               struct error *error)
{
    struct id_span first_ids;
    struct passage passage;
    if (!scorer_encode_first(scorer, first, error))
        return SCORER_FAILED;
    enum scorer_status status =
        scorer->options.long_texts == LONG_WINDOW
            ? find_window(scorer, facts, second, &first_ids, &passage, error)
            : find_kept(scorer, facts, second, &first_ids, &passage, error);
    if (status != SCORER_FINE)
        return status;
    if (!find_words(scorer, second, &passage, error))
        return SCORER_FAILED;
    status = add_rows(scorer, facts, first_ids, &passage, error);
    if (status != SCORER_FINE)
        return scorer_take_back(scorer, status, error);
    scorer->counts.records++;
    return SCORER_FINE;
}
