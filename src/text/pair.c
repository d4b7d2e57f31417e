#include "text/pair.h"

#include "text/template.h"

/* How many tokens of each text stay. */
struct kept {
    size_t first, second;
};

size_t pair_special_tokens(const struct tokenizer *tokenizer, bool is_pair)
{
    return template_specials(tokenizer_template(tokenizer, is_pair));
}

size_t pair_length(const struct tokenizer *tokenizer, struct id_span first,
                   const struct id_span *second)
{
    return pair_special_tokens(tokenizer, second != NULL) + first.count +
           (second ? second->count : 0);
}

/*
 * The reference's longest_first: the shorter text stays whole while it fits
 * in half of the room; when both are cut, an odd token goes to the longer
 * one, to the second of two equal ones.
 */
static struct kept cut_longest(struct kept counts, size_t room, bool is_pair)
{
    if (!is_pair)
        return (struct kept){room, 0};
    bool first_is_longer = counts.first > counts.second;
    size_t shorter = first_is_longer ? counts.second : counts.first;
    size_t longer = shorter;
    if (shorter <= room && room - shorter > shorter)
        longer = room - shorter;
    if (shorter > room || longer > room - shorter) {
        shorter = room / 2;
        longer = shorter + room % 2;
    }
    return first_is_longer ? (struct kept){longer, shorter}
                           : (struct kept){shorter, longer};
}

/* only_first, only_second: the one text loses all that is too much. */
static bool cut_one(size_t *count, size_t surplus, const char *which,
                    struct error *error)
{
    if (*count <= surplus)
        return error_set(error,
                         "the %s text has %zu tokens, %zu would have to go: "
                         "use a larger limit or longest_first",
                         which, *count, surplus);
    *count -= surplus;
    return true;
}

static bool cut_to_room(struct kept *kept, size_t room, bool is_pair,
                        enum truncation truncation, struct error *error)
{
    size_t surplus = kept->first + kept->second - room;
    if (room == 0) {
        *kept = (struct kept){0, 0};
        return true;
    }
    switch (truncation) {
    case TRUNCATION_ONLY_FIRST:
        return cut_one(&kept->first, surplus, "first", error);
    case TRUNCATION_ONLY_SECOND:
        if (!is_pair)
            return error_set(error, "only_second needs a second text");
        return cut_one(&kept->second, surplus, "second", error);
    default:
        *kept = cut_longest(*kept, room, is_pair);
        return true;
    }
}

static bool append_tokens(struct id_span tokens, int32_t type,
                          struct token_list *ids, struct token_list *types,
                          struct error *error)
{
    for (size_t i = 0; i < tokens.count; i++)
        if (!token_list_append(ids, tokens.ids[i], error) ||
            !token_list_append(types, type, error))
            return false;
    return true;
}

void id_span_keep(struct id_span *text, size_t count, bool keeps_end)
{
    if (keeps_end)
        text->ids += text->count - count;
    text->count = count;
}

bool pair_cut(const struct tokenizer *tokenizer, struct id_span *first,
              struct id_span *second, struct cut_rule rule, struct error *error)
{
    bool is_pair = second != NULL;
    size_t limit = rule.limit;
    struct kept kept = {first->count, is_pair ? second->count : 0};
    size_t specials = pair_special_tokens(tokenizer, is_pair);
    if (limit < specials)
        return error_set(error,
                         "a limit of %zu tokens has no room for the %zu "
                         "special tokens: at least %zu were expected",
                         limit, specials, specials);

    if (kept.first + kept.second > limit - specials &&
        !cut_to_room(&kept, limit - specials, is_pair, rule.truncation, error))
        return false;
    id_span_keep(first, kept.first, rule.keeps_end);
    if (is_pair)
        id_span_keep(second, kept.second, rule.keeps_end);
    return true;
}

bool pair_build(const struct tokenizer *tokenizer, struct id_span first,
                const struct id_span *second, struct cut_rule rule,
                struct token_list *ids, struct token_list *types, bool *cut,
                struct error *error)
{
    bool is_pair = second != NULL;
    struct id_span kept = is_pair ? *second : (struct id_span){NULL, 0};
    size_t uncut = first.count + kept.count;
    if (!pair_cut(tokenizer, &first, is_pair ? &kept : NULL, rule, error))
        return false;
    *cut = first.count + kept.count < uncut;

    const struct template *template = tokenizer_template(tokenizer, is_pair);
    bool gives_types = tokenizer_gives_types(tokenizer);
    for (size_t i = 0; i < template->count; i++) {
        const struct template_step *step = &template->steps[i];
        struct id_span tokens = {&step->id, 1};
        if (step->kind == STEP_FIRST)
            tokens = first;
        else if (step->kind == STEP_SECOND)
            tokens = kept;
        if (!append_tokens(tokens, gives_types ? step->type : 0, ids, types,
                           error))
            return false;
    }
    return true;
}
