/*
 * base64.h - RFC 4648 base64, as tokenizer.json holds its character map and
 * ripgrep a line that is not UTF-8.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/text.h"

/* Appends the meaning of `text`; '=' may stand at its end only. */
bool base64_decode(struct slice text, struct buffer *out, struct error *error);

#endif
