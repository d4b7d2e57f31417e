#include "hub/digest.h"

#include "base/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

struct digest {
    char name[DIGEST_NAME_BYTES + 1];
    uint64_t size;
    bool is_git;
    union {
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
    } state;
};

void digest_restart(struct digest *digest)
{
    if (!digest->is_git) {
        sha256_init(&digest->state.sha256);
        return;
    }
    char header[32];
    int length = snprintf(header, sizeof header, "blob %" PRIu64, digest->size);
    sha1_init(&digest->state.sha1);
    sha1_update(&digest->state.sha1, (size_t)length + 1,
                (const uint8_t *)header);
}

struct digest *digest_new(struct slice name, uint64_t size, struct error *error)
{
    assert(digest_is_name(name));
    struct digest *digest = memory_new(1, sizeof *digest, error);
    if (digest == NULL)
        return NULL;
    memcpy(digest->name, name.bytes, name.length);
    digest->size = size;
    digest->is_git = name.length < DIGEST_NAME_BYTES;
    digest_restart(digest);
    return digest;
}

void digest_add(struct digest *digest, struct slice bytes)
{
    const uint8_t *data = (const uint8_t *)bytes.bytes;
    if (digest->is_git)
        sha1_update(&digest->state.sha1, bytes.length, data);
    else
        sha256_update(&digest->state.sha256, bytes.length, data);
}

bool digest_fits(struct digest *digest)
{
    uint8_t sum[SHA256_DIGEST_SIZE];
    char digits[DIGEST_NAME_BYTES + 1];
    size_t length = digest->is_git ? SHA1_DIGEST_SIZE : SHA256_DIGEST_SIZE;
    if (digest->is_git)
        sha1_digest(&digest->state.sha1, length, sum);
    else
        sha256_digest(&digest->state.sha256, length, sum);
    for (size_t i = 0; i < length; i++)
        snprintf(digits + 2 * i, 3, "%02x", sum[i]);
    return strcmp(digits, digest->name) == 0;
}

void digest_free(struct digest *digest)
{
    memory_free(digest);
}
