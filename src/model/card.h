/*
 * card.h - the essentials of a model card (README.md): licence, language and
 * base model of its front matter, a line each, and its first paragraph.
 */
#ifndef MODEL_CARD_H
#define MODEL_CARD_H

#include "base/text.h"

/* Appends lines with their ends; nothing where there is no card.  False when
 * it cannot be read or memory is short. */
bool card_read(struct buffer *out, const char *directory, struct error *error);

#endif
