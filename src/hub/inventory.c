#include "hub/inventory.h"

#include "base/files.h"
#include "hub/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "models--";

/* FOLDER/NAME in the inventory's memory. */
static const char *keep_path(struct inventory *inventory, const char *folder,
                             const char *name, struct error *error)
{
    char *path = file_join(folder, name, error);
    const char *kept =
        path ? arena_copy(&inventory->memory, path, strlen(path), error) : NULL;
    memory_free(path);
    return kept;
}

/*** One model: its snapshots and what points to them ***/

static bool add_revision(struct inventory *inventory,
                         struct cached_model *model, const char *snapshots,
                         const char *commit, struct error *error)
{
    if (!memory_grow((void **)&model->revisions, &model->capacity,
                     model->count + 1, sizeof *model->revisions, error))
        return false;
    const char *directory = keep_path(inventory, snapshots, commit, error);
    if (directory == NULL || !file_is_folder(directory, error))
        return !error->set;
    model->revisions[model->count++] = (struct cached_revision){
        directory + strlen(directory) - HUBCACHE_COMMIT_BYTES, directory};
    return true;
}

static bool read_snapshots(struct inventory *inventory,
                           struct cached_model *model, struct error *error)
{
    struct file_names names;
    char *snapshots = file_join(model->folder, "snapshots", error);
    if (snapshots == NULL)
        return false;
    bool fine = file_names_read(&names, snapshots, error);
    for (size_t i = 0; i < names.count && fine; i++)
        if (hubcache_is_commit(slice_of(names.list[i])))
            fine =
                add_revision(inventory, model, snapshots, names.list[i], error);
    file_names_free(&names);
    memory_free(snapshots);
    return fine;
}

struct ref_search {
    struct inventory *inventory;
    struct cached_model *model;
};

static bool add_ref(void *context, const struct tree_entry *entry,
                    struct error *error)
{
    struct ref_search *search = context;
    struct cached_model *model = search->model;
    struct cached_ref ref = {NULL, ""};
    if (!S_ISREG(entry->status.st_mode) ||
        !hubcache_resolve(model->folder, entry->below, ref.commit, error))
        return !error->set;
    ref.name = arena_copy(&search->inventory->memory, entry->below,
                          strlen(entry->below), error);
    if (ref.name == NULL ||
        !memory_grow((void **)&model->refs, &model->ref_capacity,
                     model->ref_count + 1, sizeof ref, error))
        return false;
    model->refs[model->ref_count++] = ref;
    return true;
}

static bool read_refs(struct inventory *inventory, struct cached_model *model,
                      struct error *error)
{
    struct ref_search search = {inventory, model};
    char *refs = file_join(model->folder, "refs", error);
    bool fine = refs != NULL && tree_walk(refs, add_ref, &search, error);
    memory_free(refs);
    return fine;
}

/*** All of them ***/

/* "ORG--NAME" -> "ORG/NAME": an id has no "--" of its own. */
static const char *keep_id(struct inventory *inventory, const char *rest,
                           struct error *error)
{
    char *id = arena_copy(&inventory->memory, rest, strlen(rest), error);
    char *dashes = id ? strstr(id, "--") : NULL;
    if (dashes != NULL) {
        *dashes = '/';
        memmove(dashes + 1, dashes + 2, strlen(dashes + 2) + 1);
    }
    return id;
}

static bool add_model(struct inventory *inventory, const char *name,
                      struct error *error)
{
    if (!memory_grow((void **)&inventory->models, &inventory->capacity,
                     inventory->count + 1, sizeof *inventory->models, error))
        return false;
    struct cached_model *model = &inventory->models[inventory->count];
    *model = (struct cached_model){
        .id = keep_id(inventory, name + sizeof prefix - 1, error),
        .folder = keep_path(inventory, inventory->root, name, error),
    };
    if (model->id == NULL || model->folder == NULL)
        return false;
    struct hubcache_name parsed;
    if (!hubcache_parse(model->id, &parsed) || strchr(model->id, '@') != NULL)
        return true;
    inventory->count++;
    return read_snapshots(inventory, model, error) &&
           read_refs(inventory, model, error);
}

static int by_id(const void *left, const void *right)
{
    const struct cached_model *a = left, *b = right;
    return strcmp(a->id, b->id);
}

static bool read_root(struct inventory *inventory, struct error *error)
{
    struct file_names names;
    bool fine = file_names_read(&names, inventory->root, error);
    for (size_t i = 0; i < names.count && fine; i++)
        if (strncmp(names.list[i], prefix, sizeof prefix - 1) == 0)
            fine = add_model(inventory, names.list[i], error);
    file_names_free(&names);
    if (inventory->count > 0)
        qsort(inventory->models, inventory->count, sizeof *inventory->models,
              by_id);
    return fine;
}

bool inventory_open(struct inventory *inventory, struct error *error)
{
    *inventory = (struct inventory){.root = hubcache_root(error)};
    if (inventory->root != NULL && read_root(inventory, error))
        return true;
    inventory_close(inventory);
    return false;
}

void inventory_close(struct inventory *inventory)
{
    for (size_t i = 0; i < inventory->count; i++) {
        memory_free(inventory->models[i].revisions);
        memory_free(inventory->models[i].refs);
    }
    memory_free(inventory->models);
    memory_free(inventory->root);
    arena_free(&inventory->memory);
    *inventory = (struct inventory){0};
}

const struct cached_model *inventory_find(const struct inventory *inventory,
                                          struct slice id)
{
    for (size_t i = 0; i < inventory->count; i++)
        if (slice_is(id, inventory->models[i].id))
            return &inventory->models[i];
    return NULL;
}

const struct cached_revision *
cached_revision_find(const struct cached_model *model, const char *revision)
{
    for (size_t i = 0; i < model->ref_count; i++)
        if (strcmp(model->refs[i].name, revision) == 0)
            revision = model->refs[i].commit;
    for (size_t i = 0; i < model->count; i++)
        if (strcmp(model->revisions[i].commit, revision) == 0)
            return &model->revisions[i];
    return NULL;
}

/*** Files ***/

static bool add_bytes(void *context, const struct tree_entry *entry,
                      struct error *error)
{
    uint64_t *bytes = context;
    struct stat status;
    if (stat(entry->path, &status) != 0) /* ENOENT: a link to nowhere */
        return errno == ENOENT || errno == ELOOP ||
               error_system(error, entry->path, errno);
    if (S_ISREG(status.st_mode))
        *bytes += (uint64_t)status.st_size;
    return true;
}

bool cached_revision_bytes(const struct cached_revision *revision,
                           uint64_t *bytes, struct error *error)
{
    *bytes = 0;
    return tree_walk(revision->directory, add_bytes, bytes, error);
}

bool cached_blob_name(const char *link, char name[CACHED_BLOB_BYTES],
                      struct error *error)
{
    static const char blobs[] = "../blobs/";
    char target[4096];
    ssize_t length = readlink(link, target, sizeof target - 1);
    if (length < 0 && errno != EINVAL && errno != ENOENT) /* EINVAL: no link */
        return error_system(error, link, errno);
    target[length > 0 ? length : 0] = '\0';
    const char *folder = strstr(target, blobs);
    const char *last = folder ? folder + sizeof blobs - 1 : "";
    bool is_name = strchr(last, '/') == NULL && last[0] != '.' &&
                   strlen(last) < CACHED_BLOB_BYTES;
    strcpy(name, is_name ? last : "");
    return true;
}
