/*
 * verification.h - whether the files of a cached model are what their names
 * say: blobs are called after the hash of their contents.
 */
#ifndef HUB_VERIFICATION_H
#define HUB_VERIFICATION_H

#include "hub/client.h"
#include "hub/inventory.h"

enum verdict_of_file {
    FILE_FINE,
    FILE_DAMAGED, /* another hash */
    FILE_MISSING, /* a link that leads nowhere */
    FILE_UNKNOWN  /* no hash to compare with: no link to a blob */
};

/* `path` is below the snapshot. */
typedef bool verification_visit(void *context,
                                const struct cached_revision *revision,
                                const char *path, enum verdict_of_file verdict,
                                struct error *error);

/* Hashes each blob of the revisions once; `revision` NULL: all of them. */
bool verification_run(const struct cached_model *model,
                      const struct cached_revision *revision,
                      const struct hub_watcher *watcher,
                      verification_visit *visit, void *context,
                      struct error *error);

#endif
