/*
 * shared.h - the store that huggingface_hub 2 keeps blobs in which several
 * models have: ROOT/blobs/XX/HASH, with HASH.refs naming who links to it.
 */
#ifndef HUB_SHARED_H
#define HUB_SHARED_H

#include "base/error.h"

enum { SHARED_HASH_BYTES = 64 };

/* Whether a model's blob is a link into the store: to which hash. */
bool shared_hash(const char *blob, char hash[SHARED_HASH_BYTES + 1]);

/* Removes what nobody links to any more.  Without the list of users, or with
 * one that cannot be read, it stays: too much is better than too little. */
bool shared_sweep(const char *root, const char *hash, struct error *error);

#endif
