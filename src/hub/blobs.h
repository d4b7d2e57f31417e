/*
 * blobs.h - the files of a cached model by their contents: blobs/HASH.
 *
 * A download is blobs/HASH.XXXXXXXX.incomplete until it is whole and its hash
 * is right.  One that was cut off, of xenc's or of huggingface_hub's, under
 * this name or as HASH.incomplete, is taken over and gone on with: who holds
 * the lock knows that nobody works on it.
 */
#ifndef HUB_BLOBS_H
#define HUB_BLOBS_H

#include "hub/pull.h"

/* Makes sure that the file's blob is there; *fetched: it was not. */
bool blob_fetch(struct pull *pull, const struct hub_file *file, bool *fetched,
                struct error *error);

/* Reads the file's bytes over the network, checks them, keeps nothing. */
bool blob_read(struct pull *pull, const struct hub_file *file,
               struct buffer *bytes, struct error *error);

/* Whether what lies at the path has the file's size. */
bool blob_has_size(const char *path, const struct hub_file *file);
/* Whether the blob is there with the file's size. */
bool blob_is_here(const struct pull *pull, const struct hub_file *file);

/* The path of the longest incomplete download of the blob, a new block, and
 * its bytes; NULL: none. */
char *blob_find_part(const struct pull *pull, const struct hub_file *file,
                     uint64_t *bytes, struct error *error);

/* A new name in blobs/ for something that is not yet what it should be; what
 * a crash leaves under it any cleaner of the cache removes.  A new block. */
char *blob_temporary(const struct pull *pull, const char *name,
                     struct error *error);

#endif
