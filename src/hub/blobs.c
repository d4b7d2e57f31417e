#include "hub/blobs.h"

#include "base/files.h"
#include "hub/lock.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char suffix[] = ".incomplete";
enum {
    NAME_ROOM = DIGEST_NAME_BYTES + 32,
    PATH_ROOM = 2048 /* listing_is_path allows 512 bytes, escaped 1536 */
};

struct blob {
    struct hub_body body; /* first: hub_get's */
    struct pull *pull;
    const struct hub_file *file;
    struct digest *digest;
    char *temporary; /* its path */
    int descriptor;
    bool is_resumed; /* its beginning is of another download */
    bool is_useless; /* what came is not to be kept */
    bool is_gone;    /* somebody has cleaned the cache meanwhile */
};

bool blob_has_size(const char *path, const struct hub_file *file)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           (uint64_t)status.st_size == file->size;
}

bool blob_is_here(const struct pull *pull, const struct hub_file *file)
{
    struct error error = {0};
    char *path = file_join(pull->blobs, file->blob, &error);
    bool is_here = path != NULL && blob_has_size(path, file);
    memory_free(path);
    return is_here;
}

/*** Temporary names ***/

/* Different for each process and each call; rename(2) makes a clash harmless,
 * since all of them hold what the name says or nothing of use. */
static uint32_t draw(void)
{
    static uint32_t count;
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    uint64_t mixed = (uint64_t)time.tv_nsec * 0x9E3779B97F4A7C15u ^
                     (uint64_t)time.tv_sec << 20 ^ (uint64_t)getpid() << 40 ^
                     ++count;
    mixed *= 0xD6E8FEB86659FD93u;
    return (uint32_t)(mixed >> 32);
}

char *blob_temporary(const struct pull *pull, const char *name,
                     struct error *error)
{
    char file[NAME_ROOM];
    snprintf(file, sizeof file, "%s.%08" PRIx32 "%s", name, draw(), suffix);
    return file_join(pull->blobs, file, error);
}

/* HASH.incomplete or HASH.XXXXXXXX.incomplete */
static bool is_part_of(const char *name, const char *blob)
{
    size_t length = strlen(blob);
    if (strncmp(name, blob, length) != 0)
        return false;
    name += length;
    bool is_marked = name[0] == '.' && strlen(name) == 9 + sizeof suffix - 1;
    for (size_t i = 1; i < 9 && is_marked; i++)
        is_marked = isxdigit((unsigned char)name[i]);
    return strcmp(is_marked ? name + 9 : name, suffix) == 0;
}

/* Calls `visit` with the path of each part of the blob. */
static void each_part(const struct pull *pull, const struct hub_file *file,
                      void (*visit)(void *context, char *path), void *context)
{
    struct error error = {0};
    DIR *folder = opendir(pull->blobs);
    struct dirent *entry;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char *path = is_part_of(entry->d_name, file->blob)
                         ? file_join(pull->blobs, entry->d_name, &error)
                         : NULL;
        if (path != NULL)
            visit(context, path);
        memory_free(path);
    }
    if (folder != NULL)
        closedir(folder);
}

struct search {
    uint64_t most, bytes; /* larger ones are no beginning of the file */
    char *path;
    struct error *error;
};

static void keep_longest(void *context, char *path)
{
    struct search *search = context;
    struct stat status;
    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        status.st_size == 0 || (uint64_t)status.st_size > search->most ||
        (uint64_t)status.st_size <= search->bytes)
        return;
    memory_free(search->path);
    search->bytes = (uint64_t)status.st_size;
    search->path = memory_copy(path, strlen(path), search->error);
}

char *blob_find_part(const struct pull *pull, const struct hub_file *file,
                     uint64_t *bytes, struct error *error)
{
    struct search search = {.most = file->size, .error = error};
    each_part(pull, file, keep_longest, &search);
    *bytes = search.bytes;
    return search.path;
}

static void remove_part(void *context, char *path)
{
    (void)context;
    unlink(path);
}

/*** Taking bytes in ***/

static void tell(const struct blob *blob)
{
    struct hub_progress progress = {blob->file->path,
                                    blob->pull->done + blob->body.have,
                                    blob->pull->total, NULL};
    hub_tell(&blob->pull->hub->watcher, &progress);
}

static bool rewind_blob(struct blob *blob, struct error *error)
{
    blob->body.have = 0;
    blob->is_resumed = false;
    digest_restart(blob->digest);
    return (ftruncate(blob->descriptor, 0) == 0 &&
            lseek(blob->descriptor, 0, SEEK_SET) == 0) ||
           error_system(error, blob->temporary, errno);
}

static bool take(struct hub_body *body, uint64_t at, struct slice bytes,
                 struct error *error)
{
    struct blob *blob = (struct blob *)body;
    const struct hub_file *file = blob->file;
    if (at == 0 && !rewind_blob(blob, error))
        return false;
    if (bytes.length > file->size - body->have) {
        blob->is_useless = true;
        const struct hubcache_name *name = blob->pull->name;
        return error_set(
            error,
            "%.*s: %s: more bytes came than the %" PRIu64 " that the Hub lists",
            (int)name->id.length, name->id.bytes, file->path, file->size);
    }
    if (!file_write(blob->descriptor, bytes.bytes, bytes.length,
                    blob->temporary, error)) {
        blob->is_useless = true; /* a full disk stays no fuller than it was */
        return false;
    }
    digest_add(blob->digest, bytes);
    body->have += bytes.length;
    tell(blob);
    return true;
}

/* What an earlier download has left is read again for the hash. */
static bool take_over(struct blob *blob, struct error *error)
{
    struct file file;
    if (!file_map(&file, blob->temporary, error))
        return false;
    digest_add(blob->digest, (struct slice){file.bytes, file.length});
    blob->body.have = file.length;
    blob->is_resumed = file.length > 0;
    file_release(&file);
    return lseek(blob->descriptor, (off_t)blob->body.have, SEEK_SET) >= 0 ||
           error_system(error, blob->temporary, errno);
}

/* Renaming is the claim: without working locks one of two gets it. */
static bool open_temporary(struct blob *blob, struct error *error)
{
    uint64_t bytes;
    blob->temporary = blob_temporary(blob->pull, blob->file->blob, error);
    char *part = blob_find_part(blob->pull, blob->file, &bytes, error);
    bool has_part = blob->temporary != NULL && part != NULL &&
                    rename(part, blob->temporary) == 0;
    memory_free(part);
    if (error->set)
        return false;
    blob->descriptor =
        open(blob->temporary, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (blob->descriptor < 0)
        return error_system(error, blob->temporary, errno);
    return !has_part || take_over(blob, error);
}

/*** The end of a download ***/

static bool check_bytes(const struct pull *pull, const struct hub_file *file,
                        uint64_t bytes, struct digest *digest,
                        struct error *error)
{
    if (bytes != file->size)
        return error_set(
            error, "%.*s: %s: %" PRIu64 " bytes came, the Hub lists %" PRIu64,
            (int)pull->name->id.length, pull->name->id.bytes, file->path, bytes,
            file->size);
    return digest_fits(digest) ||
           error_set(error,
                     "%.*s: %s: the hash of what came is not the one that the "
                     "Hub lists: it was changed on the way, and is thrown "
                     "away",
                     (int)pull->name->id.length, pull->name->id.bytes,
                     file->path);
}

static bool check(struct blob *blob, struct error *error)
{
    bool fine = check_bytes(blob->pull, blob->file, blob->body.have,
                            blob->digest, error);
    blob->is_useless |= !fine;
    return fine;
}

/* The path below the endpoint; what is more than a plain name is escaped. */
static void write_path(const struct pull *pull, const struct hub_file *file,
                       char *out, size_t room)
{
    static const char plain[] = "-._~/";
    const struct hubcache_name *name = pull->name;
    int length = snprintf(out, room, "/%.*s/resolve/%s/", (int)name->id.length,
                          name->id.bytes, pull->listing.commit);
    char *end = out + length, *last = out + room - 4;
    for (const char *at = file->path; *at != '\0' && end < last; at++) {
        unsigned char byte = (unsigned char)*at;
        if (isalnum(byte) || strchr(plain, byte) != NULL)
            *end++ = *at;
        else
            end += snprintf(end, 4, "%%%02X", byte);
    }
    *end = '\0';
}

static bool get(struct blob *blob, struct error *error)
{
    char path[PATH_ROOM];
    if (blob->body.have == blob->file->size)
        return true;
    write_path(blob->pull, blob->file, path, sizeof path);
    return hub_get(blob->pull->hub, blob->pull->name, path, &blob->body, error);
}

static bool finish(struct blob *blob, struct error *error)
{
    char *path = file_join(blob->pull->blobs, blob->file->blob, error);
    bool fine = path != NULL;
    if (fine && fsync(blob->descriptor) != 0 && errno != EINVAL)
        fine = error_system(error, blob->temporary, errno);
    if (fine && rename(blob->temporary, path) != 0) {
        blob->is_gone = errno == ENOENT;
        fine = error_system(error, blob->temporary, errno);
    }
    memory_free(path);
    return fine;
}

/* *again: what went wrong was the other download's beginning, or the file was
 * removed under our hands. */
static bool download(struct pull *pull, const struct hub_file *file,
                     bool *again, struct error *error)
{
    struct blob blob = {.body = {0, take}, .pull = pull, .file = file};
    blob.descriptor = -1;
    blob.digest = digest_new(slice_of(file->blob), file->size, error);
    bool fine = blob.digest != NULL && file_make_folder(pull->blobs, error) &&
                open_temporary(&blob, error) && get(&blob, error) &&
                check(&blob, error) && finish(&blob, error);
    *again = !fine && (blob.is_gone || (blob.is_resumed && blob.is_useless));
    if (blob.descriptor >= 0)
        close(blob.descriptor);
    if (!fine && blob.temporary && (blob.is_useless || blob.body.have == 0))
        unlink(blob.temporary);
    memory_free(blob.temporary);
    digest_free(blob.digest);
    return fine;
}

static bool download_locked(struct pull *pull, const struct hub_file *file,
                            bool is_alone, struct error *error)
{
    bool again = true, fine = false;
    for (int attempts = 0; again && !fine && attempts < 3; attempts++) {
        *error = (struct error){0};
        fine = download(pull, file, &again, error);
    }
    if (fine && is_alone)
        each_part(pull, file, remove_part, NULL);
    return fine;
}

bool blob_fetch(struct pull *pull, const struct hub_file *file, bool *fetched,
                struct error *error)
{
    char name[NAME_ROOM];
    struct lock lock;
    *fetched = false;
    if (blob_is_here(pull, file))
        return true;
    snprintf(name, sizeof name, "%s.lock", file->blob);
    char *path = file_join(pull->locks, name, error);
    bool fine = path != NULL &&
                lock_take(&lock, path, &pull->hub->watcher, file->path, error);
    memory_free(path);
    if (!fine)
        return false;
    if (!blob_is_here(pull, file)) {
        fine = download_locked(pull, file, lock.descriptor >= 0, error);
        *fetched = fine;
    }
    lock_release(&lock);
    return fine;
}

bool blob_read(struct pull *pull, const struct hub_file *file,
               struct buffer *bytes, struct error *error)
{
    char path[PATH_ROOM];
    struct hub_text text;
    hub_text_begin(&text, file->path, (size_t)file->size);
    write_path(pull, file, path, sizeof path);
    struct digest *digest = digest_new(slice_of(file->blob), file->size, error);
    bool fine = digest != NULL &&
                hub_get(pull->hub, pull->name, path, &text.body, error);
    if (fine)
        digest_add(digest, buffer_slice(&text.bytes));
    fine = fine && check_bytes(pull, file, text.bytes.length, digest, error) &&
           buffer_append(bytes, text.bytes.bytes, text.bytes.length, error);
    digest_free(digest);
    buffer_free(&text.bytes);
    return fine;
}
