/*
 * digest.h - whether bytes are those of a blob's name; the door to nettle.
 *
 * The Hub names a file by its contents: 64 hexadecimal digits are the SHA-256
 * of the bytes (LFS), 40 the SHA-1 of git's blob, "blob SIZE\0" and the bytes.
 */
#ifndef HUB_DIGEST_H
#define HUB_DIGEST_H

#include "base/error.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_NAME_BYTES = 64 }; /* of the longer kind, without its end */

/* 40 or 64 hexadecimal digits in lower case. */
bool digest_is_name(struct slice name);

struct digest;

/* For `size` bytes that should be called `name`.  NULL with error where the
 * program was built without nettle.  digest_free takes NULL. */
struct digest *digest_new(struct slice name, uint64_t size,
                          struct error *error);
void digest_add(struct digest *digest, struct slice bytes);
/* Starts anew for the same name and size. */
void digest_restart(struct digest *digest);
/* Ends the digest: whether the bytes have that name. */
bool digest_fits(struct digest *digest);
void digest_free(struct digest *digest);

#endif
