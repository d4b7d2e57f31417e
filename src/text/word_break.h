/*
 * word_break.h - the words that a reader sees in a text, whatever a model's
 * tokens are.
 *
 * A word is a run of letters, marks, digits and '_', or a run of other signs
 * without white space; an ideograph is a word alone.  Broken UTF-8 counts as
 * signs.  No state: thread-safe.
 */
#ifndef TEXT_WORD_BREAK_H
#define TEXT_WORD_BREAK_H

#include "base/text.h"
#include "text/alignment.h"

enum word_kind { WORD_LETTERS, WORD_IDEOGRAPH, WORD_SIGNS };

/* The next word from *at on, which moves behind it; false when none is left. */
bool word_break_next(struct slice text, size_t *at, struct span *word,
                     enum word_kind *kind);

/*
 * The words of an identifier that is written as one, in order: of snake_case,
 * camelCase, XMLReader, utf8 (letters and digits are parted).  `word` is one of
 * WORD_LETTERS; *at counts in it.  The whole word when it has but one.
 */
bool word_break_part(struct slice word, size_t *at, struct span *part);

#endif
