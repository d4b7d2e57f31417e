#include "hub/snapshot.h"

#include "base/files.h"
#include "base/interrupt.h"
#include "hub/blobs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "../../blobs/HASH", one ".." more for each folder that the file is in. */
static void write_target(const struct hub_file *file, char *out, size_t room)
{
    size_t length = 0;
    out[0] = '\0';
    for (const char *at = file->path; *at != '\0'; at++)
        if (*at == '/')
            length += (size_t)snprintf(out + length, room - length, "../");
    snprintf(out + length, room - length, "../../blobs/%s", file->blob);
}

enum { TARGET_ROOM = 2048 }; /* three bytes for each of a path's 512 */

/* A link to the blob, or a file in place of one. */
static bool is_right(const char *path, const struct hub_file *file)
{
    char wanted[TARGET_ROOM], found[TARGET_ROOM];
    struct stat status;
    if (lstat(path, &status) != 0 || !blob_has_size(path, file))
        return false;
    if (S_ISREG(status.st_mode))
        return true;
    ssize_t length = readlink(path, found, sizeof found - 1);
    found[length > 0 ? length : 0] = '\0';
    write_target(file, wanted, sizeof wanted);
    return strcmp(found, wanted) == 0;
}

bool snapshot_has(const struct pull *pull, const struct hub_file *file)
{
    struct error error = {0};
    char *path = file_join(pull->snapshot, file->path, &error);
    bool has = path != NULL && is_right(path, file);
    memory_free(path);
    return has;
}

/*** Copies, where there are no links ***/

static bool copy_bytes(const char *from, int to, const char *name,
                       struct error *error)
{
    struct file file;
    if (!file_map(&file, from, error))
        return false;
    bool fine = file_write(to, file.bytes, file.length, name, error);
    file_release(&file);
    return fine && (fsync(to) == 0 || errno == EINVAL ||
                    error_system(error, name, errno));
}

static bool copy_file(const char *from, const char *to, struct error *error)
{
    int descriptor =
        open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return error_system(error, to, errno);
    bool fine = copy_bytes(from, descriptor, to, error);
    close(descriptor);
    if (!fine)
        unlink(to);
    return fine;
}

static bool copy_blob(const struct pull *pull, const struct hub_file *file,
                      const char *temporary, struct error *error)
{
    char *blob = file_join(pull->blobs, file->blob, error);
    bool fine = blob != NULL && copy_file(blob, temporary, error);
    memory_free(blob);
    return fine;
}

/*** Links ***/

/* What symlink(2) says where a file system has none. */
static bool means_no_links(int reason)
{
    return reason == EPERM || reason == ENOSYS || reason == EOPNOTSUPP;
}

static bool make_link(struct pull *pull, const struct hub_file *file,
                      const char *temporary, struct error *error)
{
    char target[TARGET_ROOM];
    write_target(file, target, sizeof target);
    bool *has_no_links = &pull->hub->settings.has_no_links;
    if (!*has_no_links && symlink(target, temporary) != 0) {
        if (!means_no_links(errno))
            return error_system(error, temporary, errno);
        *has_no_links = true;
    }
    return !*has_no_links || copy_blob(pull, file, temporary, error);
}

static bool link_file(struct pull *pull, const struct hub_file *file,
                      struct error *error)
{
    char *path = file_join(pull->snapshot, file->path, error);
    char *temporary = path ? blob_temporary(pull, file->blob, error) : NULL;
    interrupt_unlink(temporary);
    bool fine = temporary != NULL && file_make_folders_above(path, error) &&
                make_link(pull, file, temporary, error);
    if (fine && rename(temporary, path) != 0) {
        fine = error_system(error, path, errno);
        unlink(temporary);
    }
    interrupt_unlink(NULL);
    memory_free(temporary);
    memory_free(path);
    return fine;
}

/* Copies have made them superfluous; other blobs may be another's. */
static void remove_fetched(struct pull *pull)
{
    struct error error = {0};
    for (size_t i = 0; i < pull->plan.count; i++) {
        char *path =
            pull->fetched[i]
                ? file_join(pull->blobs, pull->plan.files[i]->blob, &error)
                : NULL;
        if (path != NULL)
            unlink(path);
        memory_free(path);
    }
}

bool snapshot_link(struct pull *pull, struct error *error)
{
    const struct plan *plan = &pull->plan;
    for (size_t i = 0; i < plan->count; i++)
        if (!snapshot_has(pull, plan->files[i]) &&
            !link_file(pull, plan->files[i], error))
            return false;
    for (size_t i = 0; i < plan->count; i++)
        if (!snapshot_has(pull, plan->files[i]))
            return error_set(error,
                             "%s/%s: somebody has cleaned the cache "
                             "meanwhile: try again",
                             pull->snapshot, plan->files[i]->path);
    if (pull->hub->settings.has_no_links)
        remove_fetched(pull);
    return true;
}

/*** The ref ***/

static bool write_ref(struct pull *pull, const char *path, struct error *error)
{
    char *temporary = blob_temporary(pull, pull->listing.commit, error);
    if (temporary == NULL)
        return false;
    interrupt_unlink(temporary);
    int descriptor = open(
        temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    bool fine = descriptor >= 0 || error_system(error, temporary, errno);
    fine = fine &&
           file_write(descriptor, pull->listing.commit, HUBCACHE_COMMIT_BYTES,
                      temporary, error) &&
           (fsync(descriptor) == 0 || errno == EINVAL ||
            error_system(error, temporary, errno));
    if (descriptor >= 0)
        close(descriptor);
    if (fine && rename(temporary, path) != 0)
        fine = error_system(error, path, errno);
    if (!fine && descriptor >= 0)
        unlink(temporary);
    interrupt_unlink(NULL);
    memory_free(temporary);
    return fine;
}

bool snapshot_write_ref(struct pull *pull, struct error *error)
{
    const char *revision = pull->name->revision;
    char commit[HUBCACHE_COMMIT_BYTES + 1];
    if (hubcache_resolve(pull->folder, revision, commit, error) &&
        strcmp(commit, pull->listing.commit) == 0)
        return true;
    char *refs = file_join(pull->folder, "refs", error);
    char *path = refs ? file_join(refs, revision, error) : NULL;
    bool fine = path != NULL && file_make_folder(pull->blobs, error) &&
                file_make_folders_above(path, error) &&
                write_ref(pull, path, error);
    memory_free(path);
    memory_free(refs);
    return fine;
}
