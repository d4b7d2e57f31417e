/*
 * pair.h - ids of one or two texts -> the sequence a model sees: cut to the
 * limit by the rule of the reference, special tokens and types by the template.
 */
#ifndef TEXT_PAIR_H
#define TEXT_PAIR_H

#include "text/tokenizer.h"

enum truncation {
    TRUNCATION_LONGEST_FIRST,
    TRUNCATION_ONLY_FIRST,
    TRUNCATION_ONLY_SECOND
};

/* How a sequence is cut.  limit SIZE_MAX means none. */
struct cut_rule {
    size_t limit; /* tokens of the sequence at most, special ones included */
    enum truncation truncation;
    bool keeps_end; /* a text that is cut loses its beginning */
};

struct id_span {
    const int32_t *ids;
    size_t count;
};

/* Shortens a text to `count` of its tokens, the first or the last ones. */
void id_span_keep(struct id_span *text, size_t count, bool keeps_end);

/* Special tokens that the template adds to a pair or to a single text. */
size_t pair_special_tokens(const struct tokenizer *tokenizer, bool is_pair);

/* Length of the sequence before any cut; with the specials. */
size_t pair_length(const struct tokenizer *tokenizer, struct id_span first,
                   const struct id_span *second);

/*
 * Shortens the texts to what pair_build takes of them.  Errors as there.
 */
bool pair_cut(const struct tokenizer *tokenizer, struct id_span *first,
              struct id_span *second, struct cut_rule rule,
              struct error *error);

/*
 * Appends ids and types of the sequence, zeros for a model that is given none;
 * second is NULL for a single text (an empty second text is still a pair).
 * *cut is set when tokens were left out.  Error: a limit below the special
 * tokens, or a strategy that would have to empty its text (the reference's
 * rule), and short memory.
 */
bool pair_build(const struct tokenizer *tokenizer, struct id_span first,
                const struct id_span *second, struct cut_rule rule,
                struct token_list *ids, struct token_list *types, bool *cut,
                struct error *error);

#endif
