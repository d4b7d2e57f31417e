#include "hub/shared.h"

#include "base/files.h"
#include "base/memory.h"
#include "hub/digest.h"
#include "hub/lock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINK_BYTES = 4096, ENTRY_BYTES = SHARED_HASH_BYTES + 32 };

bool shared_hash(const char *blob, char hash[SHARED_HASH_BYTES + 1])
{
    static const char store[] = "../../blobs/"; /* then "c5/c501..." */
    char target[LINK_BYTES];
    ssize_t length = readlink(blob, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    const char *name = target + sizeof store + 2;
    if (length != (ssize_t)(sizeof store + 2 + SHARED_HASH_BYTES) ||
        strncmp(target, store, sizeof store - 1) != 0 ||
        !digest_is_name(slice_of(name)) || name[-1] != '/' ||
        strncmp(target + sizeof store - 1, name, 2) != 0)
        return false;
    strcpy(hash, name);
    return true;
}

/* "models--ORG--NAME/blobs/HASH": a line that leads elsewhere is nobody's. */
static bool is_user(const char *root, struct slice line, const char *hash,
                    struct error *error)
{
    char link[LINK_BYTES], found[SHARED_HASH_BYTES + 1];
    if (line.length == 0 || line.length >= sizeof link ||
        line.bytes[0] == '/' || line.bytes[0] == '.' ||
        memmem(line.bytes, line.length, "/.", 2) != NULL)
        return false;
    snprintf(link, sizeof link, "%.*s", (int)line.length, line.bytes);
    char *path = file_join(root, link, error);
    bool is =
        path != NULL && shared_hash(path, found) && strcmp(found, hash) == 0;
    memory_free(path);
    return is;
}

static bool has_users(const char *root, const char *list, const char *hash,
                      bool *has, struct error *error)
{
    struct buffer bytes = {0};
    bool fine = file_read(&bytes, list, FILE_READ_MOST, error);
    struct slice rest = buffer_slice(&bytes);
    *has = false;
    while (fine && rest.length > 0 && !*has)
        *has = is_user(root, text_cut(&rest, '\n'), hash, error);
    buffer_free(&bytes);
    return fine && !error->set;
}

/* ROOT/blobs/XX/HASH and what is added to it. */
static char *entry_path(const char *root, const char *hash, const char *suffix,
                        struct error *error)
{
    char entry[ENTRY_BYTES];
    snprintf(entry, sizeof entry, "blobs/%.2s/%s%s", hash, hash, suffix);
    return file_join(root, entry, error);
}

static bool sweep_locked(const char *root, const char *hash, const char *list,
                         struct error *error)
{
    bool has;
    if (!has_users(root, list, hash, &has, error) || has)
        return !error->set;
    char *payload = entry_path(root, hash, "", error);
    bool fine = payload != NULL &&
                (unlink(payload) == 0 || errno == ENOENT ||
                 error_system(error, payload, errno)) &&
                (unlink(list) == 0 || error_system(error, list, errno));
    memory_free(payload);
    return fine;
}

static bool is_marked(const char *root, struct error *error)
{
    char *mark = file_join(root, "blobs/.huggingface-shared-blobs", error);
    struct buffer text = {0};
    bool is = mark != NULL && file_exists(mark, error) &&
              file_read(&text, mark, FILE_READ_MOST, error) &&
              slice_is(buffer_slice(&text), "1\n");
    buffer_free(&text);
    memory_free(mark);
    return is;
}

bool shared_sweep(const char *root, const char *hash, struct error *error)
{
    static const struct hub_watcher nobody = {NULL, NULL};
    struct lock lock;
    char *list = entry_path(root, hash, ".refs", error);
    char *lock_path = entry_path(root, hash, ".lock", error);
    bool fine = list != NULL && lock_path != NULL;
    if (fine && is_marked(root, error) && file_exists(list, error) &&
        lock_take(&lock, lock_path, &nobody, hash, error)) {
        fine =
            !file_exists(list, error) || sweep_locked(root, hash, list, error);
        lock_release(&lock);
    }
    memory_free(lock_path);
    memory_free(list);
    return fine && !error->set;
}
