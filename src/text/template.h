/*
 * template.h - where special tokens go around one text or a pair.
 *
 * The post_processor of tokenizer.json, or a class's own, as a list of steps.
 * Read-only once the tokenizer is open.
 */
#ifndef TEXT_TEMPLATE_H
#define TEXT_TEMPLATE_H

#include "text/tokenizer.h"

struct template_step {
    enum { STEP_FIRST, STEP_SECOND, STEP_SPECIAL } kind;
    int32_t id;   /* of a special token */
    int32_t type; /* token type of the step's tokens */
};

struct template
{
    struct template_step *steps;
    size_t count, capacity;
};
void template_free(struct template *template);
bool template_add(struct template *template, struct template_step step,
                  struct error *error);
/*
 * cls A sep and cls A sep B sep (types 0 and 1) or, with two separators,
 * cls A sep sep B sep (types 0).
 */
bool template_fill(struct template *single, struct template *pair, int32_t cls,
                   int32_t sep, bool two_separators, struct error *error);
/* How many of the steps are special tokens. */
size_t template_specials(const struct template *template);

/* The tokenizer's template for a pair or for a single text. */
const struct template *tokenizer_template(const struct tokenizer *tokenizer,
                                          bool is_pair);

#endif
