#include "hub/tree.h"

#include "base/files.h"
#include "base/memory.h"

#include <errno.h>
#include <string.h>

enum { DEEPEST = 32 }; /* deeper than the cache of any model */

struct walk {
    size_t root_length; /* of the folder's path and its slash */
    tree_visit *visit;
    void *context;
};

static bool walk_folder(const struct walk *walk, const char *folder, int depth,
                        struct error *error);

static bool visit_entry(const struct walk *walk, const char *path, int depth,
                        struct error *error)
{
    struct tree_entry entry = {.path = path, .below = path + walk->root_length};
    if (lstat(path, &entry.status) != 0)
        return errno == ENOENT || error_system(error, path, errno);
    if (S_ISDIR(entry.status.st_mode) &&
        !walk_folder(walk, path, depth + 1, error))
        return false;
    return walk->visit(walk->context, &entry, error);
}

static bool walk_folder(const struct walk *walk, const char *folder, int depth,
                        struct error *error)
{
    struct file_names names;
    if (depth > DEEPEST)
        return error_set(error, "%s: more than %d folders in each other",
                         folder, DEEPEST);
    bool fine = file_names_read(&names, folder, error);
    for (size_t i = 0; i < names.count && fine; i++) {
        char *path = file_join(folder, names.list[i], error);
        fine = path != NULL && visit_entry(walk, path, depth, error);
        memory_free(path);
    }
    file_names_free(&names);
    return fine;
}

bool tree_walk(const char *folder, tree_visit *visit, void *context,
               struct error *error)
{
    struct walk walk = {strlen(folder) + 1, visit, context};
    return walk_folder(&walk, folder, 0, error);
}
