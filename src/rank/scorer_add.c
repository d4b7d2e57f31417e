/*
 * scorer_add.c - records on their way into the window that is being filled:
 * tokenized, cut to the limit or into windows, checked.
 */
#include "rank/scorer_inside.h"

static enum scorer_status fail_record(const struct record_facts *facts,
                                      const struct error *reason,
                                      struct error *error)
{
    error_pass_at(error, facts->file, facts->line, reason);
    return SCORER_BAD_RECORD;
}

enum scorer_status scorer_add_part(struct scorer *scorer,
                                   const struct record_facts *facts,
                                   enum part_kind kind, struct id_span first,
                                   struct id_span second, struct error *error)
{
    struct window *window = scorer->filling;
    size_t at = window->ids.count;
    struct error reason = {0};
    bool cut;
    if (!pair_build(scorer->tokenizer, first, &second,
                    (struct cut_rule){.limit = SIZE_MAX}, &window->ids,
                    &window->types, &cut, error))
        return SCORER_FAILED;
    if (!encoder_accepts(scorer->encoder, window->ids.ids + at,
                         window->types.ids + at, window->ids.count - at,
                         &reason)) {
        window->ids.count = window->types.count = at;
        return fail_record(facts, &reason, error);
    }
    return window_add(window, facts, kind, at, error) &&
                   scorer_advance(scorer, error)
               ? SCORER_FINE
               : SCORER_FAILED;
}

enum scorer_status scorer_take_back(struct scorer *scorer,
                                    enum scorer_status status,
                                    struct error *error)
{
    struct error later = {0};
    static const struct record_facts none = {.is_scored = false};
    if (status == SCORER_BAD_RECORD &&
        !window_add(scorer->filling, &none, PART_NONE,
                    scorer->filling->ids.count, &later)) {
        *error = later;
        return SCORER_FAILED;
    }
    return status;
}

void scorer_count_record(struct scorer *scorer,
                         const struct record_facts *facts, size_t invalid)
{
    struct scorer_counts *counts = &scorer->counts;
    counts->records++;
    counts->cut += facts->tokens < facts->uncut_tokens;
    counts->invalid_utf8 += scorer->first.invalid + invalid > 0;
    if (facts->uncut_tokens > counts->longest_tokens) {
        counts->longest_tokens = facts->uncut_tokens;
        counts->has_longer = facts->is_longer;
    }
}

enum scorer_status scorer_cut_pair(const struct scorer *scorer,
                                   const struct pair_limits *limits,
                                   struct record_facts *facts,
                                   struct id_span *first,
                                   struct id_span *second, struct error *error)
{
    struct error reason = {0};
    struct cut_rule rule = {limits->tokens, scorer->options.truncation,
                            limits->keeps_end};
    facts->uncut_tokens = pair_length(scorer->tokenizer, *first, second);
    if (limits->long_texts == LONG_ERROR &&
        facts->uncut_tokens > limits->tokens) {
        error_at(error, facts->file, facts->line,
                 "%s%zu tokens: the limit is %zu; %s",
                 facts->is_longer ? "over " : "", facts->uncut_tokens,
                 limits->tokens, limits->advice);
        return SCORER_BAD_RECORD;
    }
    if (!pair_cut(scorer->tokenizer, first, second, rule, &reason))
        return fail_record(facts, &reason, error);
    facts->tokens = pair_length(scorer->tokenizer, *first, second);
    return SCORER_FINE;
}

static enum scorer_status add_pair(struct scorer *scorer,
                                   const struct pair_limits *limits,
                                   struct record_facts *facts,
                                   struct pair_texts *texts,
                                   struct error *error)
{
    facts->is_longer = texts->is_longer;
    enum scorer_status status = scorer_cut_pair(
        scorer, limits, facts, &texts->first, &texts->second, error);
    if (status == SCORER_FINE)
        status = scorer_add_part(scorer, facts, PART_ONLY, texts->first,
                                 texts->second, error);
    if (status == SCORER_FINE)
        scorer_count_record(scorer, facts, texts->invalid);
    return status;
}

/*** Windows ***/

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The facts of a window: the record goes with the last one. */
static struct record_facts part_facts(const struct record_facts *facts,
                                      const struct passage *passage)
{
    struct record_facts part = *facts;
    part.part = passage->span;
    if (!passage->is_last)
        part.bytes = part.group = part.query = part.id = part.text =
            part.counts = (struct slice){"", 0};
    return part;
}

enum scorer_status scorer_plan_windows(struct scorer *scorer,
                                       const struct record_facts *facts,
                                       struct id_span whole, struct slice text,
                                       size_t most, struct window_plan *plan,
                                       struct error *error)
{
    struct passages *passages = &scorer->passages;
    const struct passage_rule *rule = &scorer->options.windows;
    size_t room = scorer_room(scorer, &scorer->limits);
    size_t enough = rule->length > 0 ? lesser(rule->length, room) : room;
    bool is_whole;
    passages_open(passages, scorer->tokenizer, &scorer->scratch, text, most);
    if (!passages_look(passages, enough, &is_whole, error))
        return SCORER_FAILED;

    /* Half of the room is the other text's, and what a window leaves. */
    plan->whole = whole;
    plan->text = (struct id_span){passages->ids.ids, passages->ids.count};
    size_t left = room - lesser(is_whole ? plan->text.count : enough, room);
    id_span_keep(&plan->whole,
                 lesser(whole.count, left > room / 2 ? left : room / 2),
                 scorer->limits.keeps_end);
    size_t length = room - plan->whole.count;
    plan->fits = is_whole && plan->text.count <= length;
    plan->length = rule->length > 0 ? lesser(rule->length, length) : length;
    plan->stride = rule->stride > 0 ? lesser(rule->stride, plan->length)
                                    : (plan->length + 1) / 2;
    if (plan->fits || plan->length > 0)
        return SCORER_FINE;
    error_at(error, facts->file, facts->line,
             "--long window: a limit of %zu tokens leaves no room for a window",
             scorer->options.token_limit);
    return SCORER_BAD_RECORD;
}

static enum scorer_status add_windows(struct scorer *scorer,
                                      struct record_facts *facts,
                                      const struct window_plan *plan,
                                      struct error *error)
{
    struct passages *passages = &scorer->passages;
    struct passage passage;
    enum scorer_status status = SCORER_FINE;
    passages_begin(passages, plan->length, plan->stride);
    do {
        if (!passages_next(passages, &passage, error))
            return SCORER_FAILED;
        facts->tokens = pair_special_tokens(scorer->tokenizer, true) +
                        plan->whole.count + passages_tokens(passages);
        facts->uncut_tokens =
            facts->tokens + (scorer->first.ids.count - plan->whole.count);
        struct record_facts part = part_facts(facts, &passage);
        status = scorer_add_part(scorer, &part,
                                 passage.is_last ? PART_LAST : PART_MORE,
                                 plan->whole, passage.tokens, error);
    } while (status == SCORER_FINE && !passage.is_last);
    return status;
}

static enum scorer_status add_passages(struct scorer *scorer,
                                       struct record_facts *facts,
                                       struct slice text, size_t most,
                                       struct error *error)
{
    struct window_plan plan;
    enum scorer_status status = scorer_plan_windows(
        scorer, facts, scorer_first_ids(scorer), text, most, &plan, error);
    if (status != SCORER_FINE)
        return status;
    if (!plan.fits) {
        status = add_windows(scorer, facts, &plan, error);
        if (status != SCORER_FINE)
            return scorer_take_back(scorer, status, error);
    } else {
        facts->windows = 1;
        facts->span = (struct span){0, text.length};
        facts->tokens = pair_length(scorer->tokenizer, plan.whole, &plan.text);
        facts->uncut_tokens =
            facts->tokens + (scorer->first.ids.count - plan.whole.count);
        status = scorer_add_part(scorer, facts, PART_ONLY, plan.whole,
                                 plan.text, error);
        if (status != SCORER_FINE)
            return status;
    }
    scorer_count_record(scorer, facts, scorer->passages.invalid);
    return SCORER_FINE;
}

/*** Records ***/

enum scorer_status scorer_add_limited(struct scorer *scorer,
                                      const struct record_facts *facts,
                                      struct slice first, struct slice second,
                                      const struct pair_limits *limits,
                                      struct error *error)
{
    struct record_facts scored = *facts;
    struct pair_texts texts;
    scored.is_scored = true;
    if (scorer->options.keeps_text)
        scored.text = second;
    if (limits->long_texts == LONG_WINDOW)
        return scorer_encode_first(scorer, first, error)
                   ? add_passages(scorer, &scored, second,
                                  limits->second_tokens, error)
                   : SCORER_FAILED;
    return scorer_read_pair(scorer, limits, first, second, &texts, error)
               ? add_pair(scorer, limits, &scored, &texts, error)
               : SCORER_FAILED;
}

enum scorer_status scorer_add(struct scorer *scorer,
                              const struct record_facts *facts,
                              struct slice first, struct slice second,
                              struct error *error)
{
    return scorer_add_limited(scorer, facts, first, second, &scorer->limits,
                              error);
}

bool scorer_add_unscored(struct scorer *scorer,
                         const struct record_facts *facts, struct error *error)
{
    struct record_facts unscored = *facts;
    unscored.is_scored = false;
    scorer->counts.records++;
    return window_add(scorer->filling, &unscored, PART_ONLY,
                      scorer->filling->ids.count, error) &&
           scorer_advance(scorer, error);
}
