/*
 * inventory.h - which models the cache has, whoever brought them.
 *
 * Everything belongs to the inventory; models come in the order of their ids,
 * revisions in that of their commits.
 */
#ifndef HUB_INVENTORY_H
#define HUB_INVENTORY_H

#include "base/memory.h"
#include "base/text.h"
#include "model/hubcache.h"

#include <stdint.h>

struct cached_ref {
    const char *name; /* "main", "refs/pr/1" */
    char commit[HUBCACHE_COMMIT_BYTES + 1];
};

struct cached_revision {
    const char *commit;
    const char *directory; /* the snapshot's */
};

struct cached_model {
    const char *id;
    const char *folder; /* ROOT/models--ORG--NAME */
    struct cached_revision *revisions;
    size_t count, capacity;
    struct cached_ref *refs;
    size_t ref_count, ref_capacity;
};

struct inventory {
    char *root;
    struct cached_model *models;
    size_t count, capacity;
    struct arena memory;
};

/* Reads the cache of hubcache_root; one that is not there is empty. */
bool inventory_open(struct inventory *inventory, struct error *error);
void inventory_close(struct inventory *inventory);

const struct cached_model *inventory_find(const struct inventory *inventory,
                                          struct slice id);

/* The commit that a ref or a commit means; NULL: the model has it not. */
const struct cached_revision *
cached_revision_find(const struct cached_model *model, const char *revision);

/* Bytes of a revision's files. */
bool cached_revision_bytes(const struct cached_revision *revision,
                           uint64_t *bytes, struct error *error);

/* The name that a file's link gives its blob, or "" when it is no link into
 * the folder blobs beside it. */
enum { CACHED_BLOB_BYTES = 256 };
bool cached_blob_name(const char *link, char name[CACHED_BLOB_BYTES],
                      struct error *error);

#endif
