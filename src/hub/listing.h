/*
 * listing.h - which files a model has at a commit, as the Hub tells it.
 *
 * What the server says is hostile until checked: a listing has only commits
 * and blob names of hexadecimal digits, and only paths that stay inside the
 * folder they are put into.  Everything belongs to the listing.
 */
#ifndef HUB_LISTING_H
#define HUB_LISTING_H

#include "base/memory.h"
#include "hub/client.h"
#include "hub/digest.h"

struct hub_file {
    const char *path; /* "config.json", "2_Dense/model.safetensors" */
    char blob[DIGEST_NAME_BYTES + 1]; /* SHA-256 or git's SHA-1 */
    uint64_t size;                    /* bytes */
};

struct listing {
    char commit[HUBCACHE_COMMIT_BYTES + 1];
    struct hub_file *files;
    size_t count, capacity;
    struct arena memory;
};

/* Asks what the name's revision is now, and for all files of that commit. */
bool listing_get(struct listing *listing, struct hub *hub,
                 const struct hubcache_name *name, struct error *error);
void listing_free(struct listing *listing);

/* NULL when there is none. */
const struct hub_file *listing_find(const struct listing *listing,
                                    const char *path);

/* No "..", no empty or hidden part, no backslash, nothing unprintable. */
bool listing_is_path(struct slice path);

/* Collects a body in memory; more than `most` bytes are an error. */
struct hub_text {
    struct hub_body body; /* first: hub_get's */
    struct buffer bytes;
    const char *source; /* for messages */
    size_t most;
};
void hub_text_begin(struct hub_text *text, const char *source, size_t most);

#endif
