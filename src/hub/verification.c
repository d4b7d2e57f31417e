#include "hub/verification.h"

#include "base/files.h"
#include "hub/digest.h"
#include "hub/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { STEP_BYTES = 1 << 20 };

struct verification {
    const struct cached_revision *revision;
    const struct hub_watcher *watcher;
    verification_visit *visit;
    void *context;
    struct slice_map known; /* verdicts of blobs that were hashed */
    struct arena memory;
    char *step; /* STEP_BYTES */
};

static bool hash_descriptor(struct verification *verification, int descriptor,
                            struct digest *digest,
                            struct hub_progress *progress, struct error *error)
{
    ssize_t got;
    while ((got = read(descriptor, verification->step, STEP_BYTES)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_system(error, progress->name, errno);
        digest_add(digest, (struct slice){verification->step, (size_t)got});
        progress->done += (size_t)got;
        hub_tell(verification->watcher, progress);
    }
    return true;
}

static bool hash_file(struct verification *verification,
                      const struct tree_entry *entry, struct slice blob,
                      enum verdict_of_file *verdict, struct error *error)
{
    int descriptor = open(entry->path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && (errno == ENOENT || errno == ELOOP)) {
        *verdict = FILE_MISSING;
        return true;
    }
    if (descriptor < 0)
        return error_system(error, entry->path, errno);
    struct stat status;
    bool fine = fstat(descriptor, &status) == 0 ||
                error_system(error, entry->path, errno);
    uint64_t size = fine ? (uint64_t)status.st_size : 0;
    struct hub_progress progress = {entry->below, 0, size, NULL};
    struct digest *digest = fine ? digest_new(blob, size, error) : NULL;
    fine = digest != NULL &&
           hash_descriptor(verification, descriptor, digest, &progress, error);
    if (fine)
        *verdict = digest_fits(digest) ? FILE_FINE : FILE_DAMAGED;
    digest_free(digest);
    close(descriptor);
    return fine;
}

/* Revisions share blobs, and one file may be in several folders. */
static bool judge(struct verification *verification,
                  const struct tree_entry *entry, enum verdict_of_file *verdict,
                  struct error *error)
{
    char name[CACHED_BLOB_BYTES];
    if (!cached_blob_name(entry->path, name, error))
        return false;
    struct slice blob = slice_of(name);
    *verdict = FILE_UNKNOWN;
    if (!digest_is_name(blob))
        return true;
    int32_t known = slice_map_get(&verification->known, blob);
    if (known >= 0) {
        *verdict = (enum verdict_of_file)known;
        return true;
    }
    const char *kept =
        arena_copy(&verification->memory, name, blob.length, error);
    return kept != NULL &&
           hash_file(verification, entry, blob, verdict, error) &&
           slice_map_put(&verification->known, slice_of(kept),
                         (int32_t)*verdict, error);
}

static bool visit_file(void *context, const struct tree_entry *entry,
                       struct error *error)
{
    struct verification *verification = context;
    enum verdict_of_file verdict;
    if (S_ISDIR(entry->status.st_mode))
        return true;
    return judge(verification, entry, &verdict, error) &&
           verification->visit(verification->context, verification->revision,
                               entry->below, verdict, error);
}

bool verification_run(const struct cached_model *model,
                      const struct cached_revision *revision,
                      const struct hub_watcher *watcher,
                      verification_visit *visit, void *context,
                      struct error *error)
{
    struct verification verification = {
        .watcher = watcher, .visit = visit, .context = context};
    verification.step = memory_new(STEP_BYTES, 1, error);
    bool fine = verification.step != NULL;
    for (size_t i = 0; i < model->count && fine; i++) {
        verification.revision = &model->revisions[i];
        if (revision == NULL || revision == verification.revision)
            fine = tree_walk(verification.revision->directory, visit_file,
                             &verification, error);
    }
    memory_free(verification.step);
    slice_map_free(&verification.known);
    arena_free(&verification.memory);
    return fine;
}
