#include "hub/pull.h"

#include "base/files.h"
#include "hub/blobs.h"
#include "hub/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/*** What is needed ***/

/* Before a pull runs: from the cache, or from the network into memory, since a
 * pull that is only asked about writes nothing. */
bool pull_read(struct pull *pull, const struct hub_file *file,
               struct buffer *bytes, struct error *error)
{
    bool is_linked = snapshot_has(pull, file);
    if (!is_linked && !blob_is_here(pull, file))
        return blob_read(pull, file, bytes, error);
    char *path = is_linked ? file_join(pull->snapshot, file->path, error)
                           : file_join(pull->blobs, file->blob, error);
    bool fine = path != NULL && file_read(bytes, path, FILE_READ_MOST, error);
    memory_free(path);
    return fine;
}

static bool read_file(void *context, const struct hub_file *file,
                      struct buffer *bytes, struct error *error)
{
    return pull_read(context, file, bytes, error);
}

/* ROOT/.locks/models--ORG--NAME */
static char *locks_folder(const struct pull *pull, struct error *error)
{
    char *locks = file_join(pull->hub->settings.root, ".locks", error);
    char *folder = locks ? hubcache_folder(locks, pull->name->id, error) : NULL;
    memory_free(locks);
    return folder;
}

static bool find_folders(struct pull *pull, struct error *error)
{
    pull->folder =
        hubcache_folder(pull->hub->settings.root, pull->name->id, error);
    pull->locks = locks_folder(pull, error);
    if (pull->folder == NULL || pull->locks == NULL)
        return false;
    pull->blobs = file_join(pull->folder, "blobs", error);
    return pull->blobs != NULL;
}

static bool find_snapshot(struct pull *pull, struct error *error)
{
    char *snapshots = file_join(pull->folder, "snapshots", error);
    if (snapshots != NULL)
        pull->snapshot = file_join(snapshots, pull->listing.commit, error);
    memory_free(snapshots);
    return pull->snapshot != NULL;
}

static bool sum_up(struct pull *pull, struct error *error)
{
    for (size_t i = 0; i < pull->plan.count; i++)
        if (__builtin_add_overflow(pull->total, pull->plan.files[i]->size,
                                   &pull->total))
            return error_set(error, "%.*s: files without end",
                             (int)pull->name->id.length, pull->name->id.bytes);
    pull->fetched = memory_new(pull->plan.count, sizeof *pull->fetched, error);
    return pull->fetched != NULL;
}

bool pull_open(struct pull *pull, struct hub *hub,
               const struct hubcache_name *name, struct error *error)
{
    *pull = (struct pull){.hub = hub, .name = name};
    return find_folders(pull, error) &&
           listing_get(&pull->listing, hub, name, error) &&
           find_snapshot(pull, error) &&
           plan_make(&pull->plan, &pull->listing, name->id, read_file, pull,
                     error) &&
           sum_up(pull, error);
}

void pull_close(struct pull *pull)
{
    plan_free(&pull->plan);
    listing_free(&pull->listing);
    memory_free(pull->folder);
    memory_free(pull->blobs);
    memory_free(pull->locks);
    memory_free(pull->snapshot);
    memory_free(pull->fetched);
    *pull = (struct pull){0};
}

uint64_t pull_present(const struct pull *pull, const struct hub_file *file)
{
    struct error error = {0};
    uint64_t bytes = 0;
    if (snapshot_has(pull, file) || blob_is_here(pull, file))
        return file->size;
    memory_free(blob_find_part(pull, file, &bytes, &error));
    return bytes;
}

/*** Getting it ***/

/* Better now than after an hour.  What a file system does not tell is no
 * reason to stop. */
static bool check_room(const struct pull *pull, struct error *error)
{
    struct statvfs status;
    uint64_t needed = 0;
    for (size_t i = 0; i < pull->plan.count; i++) {
        const struct hub_file *file = pull->plan.files[i];
        needed += file->size - pull_present(pull, file);
    }
    if (needed == 0 || !file_make_folder(pull->blobs, error))
        return !error->set;
    if (statvfs(pull->blobs, &status) != 0 || status.f_blocks == 0)
        return true;
    if (status.f_bavail > needed / status.f_frsize)
        return true;
    return error_set(
        error, "%s: %" PRIu64 " MiB are to come, %" PRIu64 " MiB are free",
        pull->hub->settings.root, (needed >> 20) + 1,
        status.f_bavail * status.f_frsize >> 20);
}

/* Backup programs pass over folders with this file; none is no error. */
static void mark_cache(const struct pull *pull)
{
    static const char tag[] = "Signature: 8a477f597d28d172789f06886806bc55\n"
                              "# A cache of models: see "
                              "https://bford.info/cachedir/\n";
    struct error error = {0};
    char *path = file_join(pull->hub->settings.root, "CACHEDIR.TAG", &error);
    int descriptor =
        path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : -1;
    if (descriptor >= 0) {
        file_write(descriptor, tag, sizeof tag - 1, path, &error);
        close(descriptor);
    }
    memory_free(path);
}

static bool is_complete(const struct pull *pull)
{
    for (size_t i = 0; i < pull->plan.count; i++)
        if (!snapshot_has(pull, pull->plan.files[i]))
            return false;
    return true;
}

static bool get_files(struct pull *pull, struct error *error)
{
    if (!check_room(pull, error))
        return false;
    mark_cache(pull);
    for (size_t i = 0; i < pull->plan.count; i++) {
        const struct hub_file *file = pull->plan.files[i];
        if (!snapshot_has(pull, file) &&
            !blob_fetch(pull, file, &pull->fetched[i], error))
            return false;
        pull->done += file->size;
    }
    return snapshot_link(pull, error);
}

bool pull_run(struct pull *pull, struct error *error)
{
    return (is_complete(pull) || get_files(pull, error)) &&
           snapshot_write_ref(pull, error);
}
