#include "model/zip.h"

#include "base/memory.h"

#include <string.h>

/* Lengths of the fixed parts of records; names and extras follow them. */
enum {
    LOCAL_BYTES = 30,
    ENTRY_BYTES = 46,
    END_BYTES = 22,
    END64_BYTES = 56,
    LOCATOR64_BYTES = 20
};

enum { COMMENT_LIMIT_BYTES = 0xFFFF, EXTRA_ZIP64 = 1, FLAG_ENCRYPTED = 1 };
enum { METHOD_STORED = 0 };

/* Fields that say "see the zip64 record". */
static const uint32_t in_zip64 = 0xFFFFFFFF;

static const char local_mark[4] = {'P', 'K', 3, 4};
static const char entry_mark[4] = {'P', 'K', 1, 2};
static const char end_mark[4] = {'P', 'K', 5, 6};
static const char end64_mark[4] = {'P', 'K', 6, 6};
static const char locator64_mark[4] = {'P', 'K', 6, 7};

static uint64_t little_endian(const char *bytes, size_t width)
{
    uint64_t value = 0;
    while (width-- > 0)
        value = value << 8 | (unsigned char)bytes[width];
    return value;
}

static unsigned read_16(const char *bytes)
{
    return (unsigned)little_endian(bytes, 2);
}

static uint32_t read_32(const char *bytes)
{
    return (uint32_t)little_endian(bytes, 4);
}

static uint64_t read_64(const char *bytes)
{
    return little_endian(bytes, 8);
}

static bool marked(const char *bytes, const char mark[4])
{
    return memcmp(bytes, mark, 4) == 0;
}

/* The record of length bytes at an offset, or NULL when it is not in there. */
static const char *record_at(struct slice archive, uint64_t offset,
                             size_t length, const char mark[4])
{
    if (archive.length < length || offset > archive.length - length ||
        !marked(archive.bytes + offset, mark))
        return NULL;
    return archive.bytes + offset;
}

static bool damaged(const struct zip *zip, const char *what,
                    struct error *error)
{
    return error_set(error,
                     "%s: %s: the zip archive is damaged, copy the file again",
                     zip->path, what);
}

static bool damaged_member(const struct zip *zip, struct slice name,
                           const char *what, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error, "%s: member '%s' %s", zip->path,
                     text_quote(name, quoted), what);
}

bool zip_begins(struct slice bytes)
{
    return bytes.length >= sizeof local_mark && marked(bytes.bytes, local_mark);
}

/* The last record of the file; a comment may follow, which fills the rest. */
static const char *find_end(struct slice archive)
{
    for (size_t rest = 0; rest <= COMMENT_LIMIT_BYTES; rest++) {
        if (archive.length < END_BYTES + rest)
            return NULL;
        const char *end = archive.bytes + archive.length - END_BYTES - rest;
        if (marked(end, end_mark) && read_16(end + 20) == rest)
            return end;
    }
    return NULL;
}

struct directory {
    uint64_t offset, bytes, count;
};

/* The 64-bit form of the last record, through the locator in front of it. */
static bool read_end64(const struct zip *zip, const char *end,
                       struct directory *directory, struct error *error)
{
    uint64_t at = (uint64_t)(end - zip->archive.bytes);
    const char *locator = at < LOCATOR64_BYTES
                              ? NULL
                              : record_at(zip->archive, at - LOCATOR64_BYTES,
                                          LOCATOR64_BYTES, locator64_mark);
    if (locator == NULL)
        return damaged(zip, "no zip64 locator", error);
    const char *end64 =
        record_at(zip->archive, read_64(locator + 8), END64_BYTES, end64_mark);
    if (end64 == NULL)
        return damaged(zip, "no zip64 directory", error);
    *directory = (struct directory){read_64(end64 + 48), read_64(end64 + 40),
                                    read_64(end64 + 32)};
    return true;
}

static bool read_end(const struct zip *zip, struct directory *directory,
                     struct error *error)
{
    const char *end = find_end(zip->archive);
    if (end == NULL)
        return error_set(error,
                         "%s: no directory at the end of the zip archive: "
                         "download was cut, run 'xenc verify' or copy "
                         "again",
                         zip->path);
    *directory = (struct directory){read_32(end + 16), read_32(end + 12),
                                    read_16(end + 10)};
    /* Either the first record is whole or the 64-bit one says everything. */
    if (directory->offset == in_zip64 || directory->bytes == in_zip64 ||
        directory->count == 0xFFFF) {
        if (!read_end64(zip, end, directory, error))
            return false;
    }
    uint64_t last = (uint64_t)(end - zip->archive.bytes);
    if (directory->offset > last ||
        directory->bytes > last - directory->offset ||
        directory->count > directory->bytes / ENTRY_BYTES)
        return damaged(zip, "the directory leads out of the file", error);
    return true;
}

/* Takes the next 8 bytes of the zip64 extra for a field that asks for it. */
static bool widen(uint64_t *field, struct slice *extra)
{
    if (*field != in_zip64)
        return true;
    if (extra->length < 8)
        return false;
    *field = read_64(extra->bytes);
    extra->bytes += 8;
    extra->length -= 8;
    return true;
}

/* The zip64 extra of an entry; empty when there is none. */
static struct slice find_extra64(struct slice extras)
{
    while (extras.length >= 4) {
        size_t length = read_16(extras.bytes + 2);
        if (length > extras.length - 4)
            break;
        if (read_16(extras.bytes) == EXTRA_ZIP64)
            return (struct slice){extras.bytes + 4, length};
        extras.bytes += 4 + length;
        extras.length -= 4 + length;
    }
    return (struct slice){"", 0};
}

static bool add_member(struct zip *zip, const struct zip_member *member,
                       struct error *error)
{
    if (slice_map_get(&zip->by_name, member->name) >= 0)
        return damaged_member(zip, member->name, "is there twice", error);
    if (zip->count == INT32_MAX)
        return damaged(zip, "too many members", error);
    if (!memory_grow((void **)&zip->members, &zip->capacity, zip->count + 1,
                     sizeof *zip->members, error))
        return false;
    zip->members[zip->count] = *member;
    return slice_map_put(&zip->by_name, member->name, (int32_t)zip->count++,
                         error);
}

/* Reads the entry in front of *rest and steps over it. */
static bool read_entry(struct zip *zip, struct slice *rest, struct error *error)
{
    const char *entry = record_at(*rest, 0, ENTRY_BYTES, entry_mark);
    if (entry == NULL)
        return damaged(zip, "an entry of the directory is broken", error);
    size_t name_bytes = read_16(entry + 28), extra_bytes = read_16(entry + 30);
    size_t length =
        ENTRY_BYTES + name_bytes + extra_bytes + read_16(entry + 32);
    if (length > rest->length)
        return damaged(zip, "an entry leads out of the directory", error);

    struct zip_member member = {
        .name = {entry + ENTRY_BYTES, name_bytes},
        .flags = read_16(entry + 8),
        .method = read_16(entry + 10),
        .stored_bytes = read_32(entry + 20),
        .bytes = read_32(entry + 24),
        .header = read_32(entry + 42),
    };
    struct slice extra = find_extra64(
        (struct slice){member.name.bytes + name_bytes, extra_bytes});
    /* The extra has the fields that ask for it, in this order. */
    if (!widen(&member.bytes, &extra) || !widen(&member.stored_bytes, &extra) ||
        !widen(&member.header, &extra))
        return damaged_member(zip, member.name, "has no zip64 sizes", error);
    rest->bytes += length;
    rest->length -= length;
    return add_member(zip, &member, error);
}

bool zip_open(struct zip *zip, struct slice archive, const char *path,
              struct error *error)
{
    struct directory directory = {0};
    *zip = (struct zip){.path = path, .archive = archive};
    if (!read_end(zip, &directory, error))
        return false;

    zip->directory = directory.offset;
    struct slice rest = {archive.bytes + directory.offset,
                         (size_t)directory.bytes};
    for (uint64_t i = 0; i < directory.count; i++) {
        if (!read_entry(zip, &rest, error)) {
            zip_close(zip);
            return false;
        }
    }
    return true;
}

void zip_close(struct zip *zip)
{
    memory_free(zip->members);
    slice_map_free(&zip->by_name);
    *zip = (struct zip){0};
}

const struct zip_member *zip_find(const struct zip *zip, struct slice name)
{
    int32_t at = slice_map_get(&zip->by_name, name);
    return at < 0 ? NULL : &zip->members[at];
}

/* Name and extras of the local header may be longer than the directory's. */
static bool find_bytes(const struct zip *zip, const struct zip_member *member,
                       struct slice *bytes)
{
    struct slice members = {zip->archive.bytes, (size_t)zip->directory};
    const char *local =
        record_at(members, member->header, LOCAL_BYTES, local_mark);
    if (local == NULL)
        return false;
    size_t name_bytes = read_16(local + 26);
    size_t length = LOCAL_BYTES + name_bytes + read_16(local + 28);
    uint64_t room = zip->directory - member->header;
    if (length > room || member->bytes > room - length ||
        !slice_equal(member->name,
                     (struct slice){local + LOCAL_BYTES, name_bytes}))
        return false;
    *bytes = (struct slice){local + length, (size_t)member->bytes};
    return true;
}

bool zip_bytes(const struct zip *zip, const struct zip_member *member,
               struct slice *bytes, struct error *error)
{
    if (member->flags & FLAG_ENCRYPTED)
        return damaged_member(zip, member->name, "is encrypted", error);
    if (member->method != METHOD_STORED ||
        member->stored_bytes != member->bytes)
        return damaged_member(zip, member->name,
                              "is compressed: torch.save stores its members "
                              "as they are, save the model again",
                              error);
    if (!find_bytes(zip, member, bytes))
        return damaged_member(zip, member->name,
                              "leads out of the file: the zip archive is "
                              "damaged, copy the file again",
                              error);
    return true;
}
