/*
 * plan.h - which of a listing's files xenc needs.
 *
 * config.json, the first weight file that checkpoint_open would take (with its
 * shards where that is an index), tokenizer.json or else the vocabulary, the
 * settings beside them, and for a chain of modules the same from each module's
 * folder.  Everything else of a repository stays where it is.
 */
#ifndef HUB_PLAN_H
#define HUB_PLAN_H

#include "hub/listing.h"

/* config.json comes last and the weights before it: links that are made in
 * this order never make a directory that opens before it is whole. */
struct plan {
    const struct hub_file **files; /* the listing's */
    size_t count, capacity;
};

/* Reads one of the listing's files, which says what else is needed. */
typedef bool plan_read(void *context, const struct hub_file *file,
                       struct buffer *bytes, struct error *error);

/* `id` is for messages.  plan_free after a failure too. */
bool plan_make(struct plan *plan, const struct listing *listing,
               struct slice id, plan_read *read, void *context,
               struct error *error);
void plan_free(struct plan *plan);

#endif
