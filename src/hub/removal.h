/*
 * removal.h - a cached model, or one of its revisions, and the blobs that
 * nobody else uses.
 *
 * Paths are removed in their order: refs first, so that what is half removed
 * is not found any more, then snapshots, then blobs.  Locks stay.
 */
#ifndef HUB_REMOVAL_H
#define HUB_REMOVAL_H

#include "hub/inventory.h"
#include "hub/shared.h"

struct shared_blob {
    char hash[SHARED_HASH_BYTES + 1];
};

struct removal {
    const char *root; /* the inventory's */
    const char **paths;
    size_t count, capacity;
    struct shared_blob *shared; /* of the store, perhaps not needed then */
    size_t shared_count, shared_capacity;
    struct arena memory;
};

/* `revision`: a ref or a commit; NULL: all of the model.  A commit that
 * another ref means too is kept with it.  removal_free after a failure too. */
bool removal_plan(struct removal *removal, const struct inventory *inventory,
                  const struct cached_model *model, const char *revision,
                  struct error *error);
bool removal_run(struct removal *removal, struct error *error);
void removal_free(struct removal *removal);

#endif
