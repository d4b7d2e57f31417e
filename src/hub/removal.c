#include "hub/removal.h"

#include "base/files.h"
#include "hub/tree.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool add_shared(struct removal *removal, const char *path,
                       struct error *error)
{
    struct shared_blob blob;
    if (!shared_hash(path, blob.hash))
        return true;
    if (!memory_grow((void **)&removal->shared, &removal->shared_capacity,
                     removal->shared_count + 1, sizeof blob, error))
        return false;
    removal->shared[removal->shared_count++] = blob;
    return true;
}

static bool add_path(struct removal *removal, const char *path,
                     struct error *error)
{
    if (!memory_grow((void **)&removal->paths, &removal->capacity,
                     removal->count + 1, sizeof *removal->paths, error))
        return false;
    const char *kept = arena_copy(&removal->memory, path, strlen(path), error);
    if (kept == NULL)
        return false;
    removal->paths[removal->count++] = kept;
    return add_shared(removal, path, error);
}

static bool add_entry(void *context, const struct tree_entry *entry,
                      struct error *error)
{
    return add_path(context, entry->path, error);
}

/* FOLDER/NAME and what is below it; NAME may not be there. */
static bool add_tree(struct removal *removal, const char *folder,
                     const char *name, struct error *error)
{
    char *path = file_join(folder, name, error);
    bool fine = path != NULL && tree_walk(path, add_entry, removal, error) &&
                (access(path, F_OK) != 0 || add_path(removal, path, error));
    memory_free(path);
    return fine;
}

/* A snapshot's config.json goes first: what is half removed does not open. */
struct snapshot_walk {
    struct removal *removal;
    bool is_config; /* the walk is for these, or for all others */
};

static bool add_snapshot_entry(void *context, const struct tree_entry *entry,
                               struct error *error)
{
    const struct snapshot_walk *walk = context;
    const char *slash = strrchr(entry->path, '/');
    bool is_config = strcmp(slash, "/config.json") == 0;
    return is_config != walk->is_config ||
           add_path(walk->removal, entry->path, error);
}

static bool add_snapshots(struct removal *removal, const char *folder,
                          const char *name, struct error *error)
{
    struct snapshot_walk configs = {removal, true}, others = {removal, false};
    char *path = file_join(folder, name, error);
    bool fine = path != NULL &&
                tree_walk(path, add_snapshot_entry, &configs, error) &&
                tree_walk(path, add_snapshot_entry, &others, error) &&
                (access(path, F_OK) != 0 || add_path(removal, path, error));
    memory_free(path);
    return fine;
}

/*** All of a model ***/

/* What was listed first is not listed again. */
static bool add_rest(void *context, const struct tree_entry *entry,
                     struct error *error)
{
    static const char *const first[] = {"refs", "snapshots"};
    for (size_t i = 0; i < 2; i++) {
        size_t length = strlen(first[i]);
        if (strncmp(entry->below, first[i], length) == 0 &&
            (entry->below[length] == '/' || entry->below[length] == '\0'))
            return true;
    }
    return add_path(context, entry->path, error);
}

static bool plan_model(struct removal *removal,
                       const struct cached_model *model, struct error *error)
{
    return add_tree(removal, model->folder, "refs", error) &&
           add_snapshots(removal, model->folder, "snapshots", error) &&
           tree_walk(model->folder, add_rest, removal, error) &&
           add_path(removal, model->folder, error);
}

/*** One revision ***/

static bool add_refs(struct removal *removal, const struct cached_model *model,
                     const char *commit, const char *only, struct error *error)
{
    char *refs = file_join(model->folder, "refs", error);
    bool fine = refs != NULL;
    for (size_t i = 0; i < model->ref_count && fine; i++) {
        const struct cached_ref *ref = &model->refs[i];
        if (only != NULL ? strcmp(ref->name, only) != 0
                         : strcmp(ref->commit, commit) != 0)
            continue;
        char *path = file_join(refs, ref->name, error);
        fine = path != NULL && add_path(removal, path, error);
        memory_free(path);
    }
    memory_free(refs);
    return fine;
}

/* Another ref keeps the commit alive. */
static bool is_kept(const struct cached_model *model, const char *commit,
                    const char *revision)
{
    if (strcmp(revision, commit) == 0)
        return false;
    for (size_t i = 0; i < model->ref_count; i++)
        if (strcmp(model->refs[i].commit, commit) == 0 &&
            strcmp(model->refs[i].name, revision) != 0)
            return true;
    return false;
}

/* Blobs by name: 1 while only the revision that goes has them, then 0. */
struct usage {
    struct slice_map blobs;
    struct arena memory;
    bool is_leaving; /* the walk is through the revision that goes */
};

static bool count_blob(void *context, const struct tree_entry *entry,
                       struct error *error)
{
    struct usage *usage = context;
    char name[CACHED_BLOB_BYTES];
    if (!S_ISLNK(entry->status.st_mode))
        return true;
    if (!cached_blob_name(entry->path, name, error))
        return false;
    bool is_known = slice_map_get(&usage->blobs, slice_of(name)) >= 0;
    if (name[0] == '\0' || (!usage->is_leaving && !is_known))
        return true;
    const char *kept = arena_copy(&usage->memory, name, strlen(name), error);
    return kept != NULL && slice_map_put(&usage->blobs, slice_of(kept),
                                         usage->is_leaving, error);
}

static bool count_uses(struct usage *usage, const struct cached_model *model,
                       const struct cached_revision *leaving,
                       struct error *error)
{
    usage->is_leaving = true;
    bool fine = tree_walk(leaving->directory, count_blob, usage, error);
    usage->is_leaving = false;
    for (size_t i = 0; i < model->count && fine; i++)
        if (&model->revisions[i] != leaving)
            fine = tree_walk(model->revisions[i].directory, count_blob, usage,
                             error);
    return fine;
}

struct blob_search {
    struct removal *removal;
    const struct usage *usage;
};

static bool add_unused(void *context, const struct tree_entry *entry,
                       struct error *error)
{
    struct blob_search *search = context;
    if (slice_map_get(&search->usage->blobs, slice_of(entry->below)) != 1)
        return true;
    return add_path(search->removal, entry->path, error);
}

static bool add_blobs(struct removal *removal, const struct cached_model *model,
                      const struct cached_revision *leaving,
                      struct error *error)
{
    struct usage usage = {0};
    struct blob_search search = {removal, &usage};
    char *blobs = file_join(model->folder, "blobs", error);
    bool fine = blobs != NULL && count_uses(&usage, model, leaving, error) &&
                tree_walk(blobs, add_unused, &search, error);
    memory_free(blobs);
    slice_map_free(&usage.blobs);
    arena_free(&usage.memory);
    return fine;
}

static bool plan_revision(struct removal *removal,
                          const struct cached_model *model,
                          const struct cached_revision *revision,
                          struct error *error)
{
    char absent[64], tree[64], snapshot[64];
    snprintf(snapshot, sizeof snapshot, "snapshots/%s", revision->commit);
    snprintf(absent, sizeof absent, ".no_exist/%s", revision->commit);
    snprintf(tree, sizeof tree, "trees/%s.json", revision->commit);
    return add_refs(removal, model, revision->commit, NULL, error) &&
           add_snapshots(removal, model->folder, snapshot, error) &&
           add_blobs(removal, model, revision, error) &&
           add_tree(removal, model->folder, absent, error) &&
           add_tree(removal, model->folder, tree, error);
}

/*** Both ***/

bool removal_plan(struct removal *removal, const struct inventory *inventory,
                  const struct cached_model *model, const char *revision,
                  struct error *error)
{
    *removal = (struct removal){.root = inventory->root};
    if (revision == NULL)
        return plan_model(removal, model, error);
    const struct cached_revision *found = cached_revision_find(model, revision);
    if (found == NULL)
        return error_set(error, "%s: no revision '%.40s' in the cache",
                         model->id, revision);
    if (is_kept(model, found->commit, revision))
        return add_refs(removal, model, found->commit, revision, error);
    return model->count == 1 ? plan_model(removal, model, error)
                             : plan_revision(removal, model, found, error);
}

bool removal_run(struct removal *removal, struct error *error)
{
    for (size_t i = 0; i < removal->count; i++)
        if (remove(removal->paths[i]) != 0 && errno != ENOENT)
            return error_system(error, removal->paths[i], errno);
    for (size_t i = 0; i < removal->shared_count; i++)
        if (!shared_sweep(removal->root, removal->shared[i].hash, error))
            return false;
    return true;
}

void removal_free(struct removal *removal)
{
    memory_free(removal->paths);
    memory_free(removal->shared);
    arena_free(&removal->memory);
    *removal = (struct removal){0};
}
