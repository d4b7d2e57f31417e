/*
 * pull.h - a model from the Hub into the cache that other programs share.
 *
 * A pull pins the commit, gets what the model needs, file by file under
 * temporary names, gives a file its name when its hash is right, then makes
 * the snapshot's links, and at the very end writes the ref: whenever it is cut
 * off, the revision is whole, or as it was before.
 */
#ifndef HUB_PULL_H
#define HUB_PULL_H

#include "hub/plan.h"

struct pull {
    struct hub *hub;
    const struct hubcache_name *name;
    struct listing listing;
    struct plan plan;
    char *folder, *blobs, *locks; /* models--ORG--NAME, ... */
    char *snapshot;       /* the directory that the model is opened by */
    bool *fetched;        /* [plan.count] its blob is this pull's */
    uint64_t done, total; /* bytes of all files of the plan */
};

/* Asks the Hub which files are needed and writes nothing; the name outlives
 * the pull.  pull_close after a failure too. */
bool pull_open(struct pull *pull, struct hub *hub,
               const struct hubcache_name *name, struct error *error);
/* The bytes of one of the plan's files, before they are in the cache. */
bool pull_read(struct pull *pull, const struct hub_file *file,
               struct buffer *bytes, struct error *error);
/* Gets what is not here. */
bool pull_run(struct pull *pull, struct error *error);
void pull_close(struct pull *pull);

/* Bytes of a file that need not come: its size, or what an earlier download
 * that was cut off has left. */
uint64_t pull_present(const struct pull *pull, const struct hub_file *file);

#endif
