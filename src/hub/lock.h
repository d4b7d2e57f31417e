/*
 * lock.h - one download of a file at a time, as huggingface_hub locks it.
 *
 * An flock(2) on an empty file that nobody removes.  A lock only saves work:
 * on file systems without locks two downloads of a file end well too, each
 * under a temporary name of its own.
 */
#ifndef HUB_LOCK_H
#define HUB_LOCK_H

#include "hub/client.h"

struct lock {
    int descriptor;
};

/* Waits as long as it takes and tells the watcher.  False: the file
 * cannot be made. */
bool lock_take(struct lock *lock, const char *path,
               const struct hub_watcher *watcher, const char *name,
               struct error *error);
void lock_release(struct lock *lock);

#endif
