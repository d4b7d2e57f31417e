/*
 * base64.h - RFC 4648 base64, as tokenizer.json holds its character map.
 */
#ifndef TEXT_BASE64_H
#define TEXT_BASE64_H

#include "base/text.h"

/* Appends the meaning of `text`; '=' may stand at its end only. */
bool base64_decode(struct slice text, struct buffer *out, struct error *error);

#endif
