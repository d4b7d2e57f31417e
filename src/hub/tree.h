/*
 * tree.h - everything below a folder, in the order of names.
 */
#ifndef HUB_TREE_H
#define HUB_TREE_H

#include "base/error.h"

#include <sys/stat.h>

struct tree_entry {
    const char *path;   /* the folder's path, a slash, below */
    const char *below;  /* "2_Dense/config.json" */
    struct stat status; /* of a link itself */
};

/* False ends the walk. */
typedef bool tree_visit(void *context, const struct tree_entry *entry,
                        struct error *error);

/* Visits files, links and folders, a folder after what is in it; links are not
 * followed.  A folder that is not there has nothing. */
bool tree_walk(const char *folder, tree_visit *visit, void *context,
               struct error *error);

#endif
