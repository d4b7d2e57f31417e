/*
 * snapshot.h - what makes blobs a model: snapshots/COMMIT's links, and the ref.
 *
 * A link or a ref is made under a temporary name and renamed, so that a reader
 * sees the old one or the new one.
 */
#ifndef HUB_SNAPSHOT_H
#define HUB_SNAPSHOT_H

#include "hub/pull.h"

/* Whether the snapshot has the file, by whatever kind of link. */
bool snapshot_has(const struct pull *pull, const struct hub_file *file);

/* Links the plan's files in its order.  Where links cannot be, or are not
 * wanted, files are copied and the blobs that this pull brought removed. */
bool snapshot_link(struct pull *pull, struct error *error);

/* Lets the name's revision mean the listing's commit. */
bool snapshot_write_ref(struct pull *pull, struct error *error);

#endif
