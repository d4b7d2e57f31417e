/*
 * pattern.h - what Replace and Split of tokenizer.json look for.
 *
 * A plain string, or one of the few regular expressions that published
 * tokenizers use there: a character or \s, alone, with '+' or with '{n,}'.
 */
#ifndef TEXT_PATTERN_H
#define TEXT_PATTERN_H

#include "base/error.h"
#include "base/text.h"

struct pattern {
    struct slice text; /* the string, or the character that repeats */
    bool is_space;     /* any white space in its place */
    size_t least;      /* 0: the string; else so many characters and more */
    size_t most;       /* 1 or SIZE_MAX */
};

/* A regular expression; false when it is not one of the known forms.  The
 * bytes of the expression must live as long as the pattern. */
bool pattern_parse(struct pattern *pattern, struct slice expression);

/* The next match from *from on, as from..to; false when there is none. */
bool pattern_find(const struct pattern *pattern, const char **from,
                  const char **to, const char *end);

#endif
