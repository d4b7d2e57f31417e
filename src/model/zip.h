/*
 * zip.h - the members of a zip archive, in place in a mapped file.
 *
 * Only what torch.save writes: members that are stored, not compressed, zip64
 * where they are large.  Members are found through the central directory;
 * every offset and size is checked against the archive's bytes, which the
 * caller keeps.  Format: PKWARE's APPNOTE.TXT, sections 4.3 and 4.5.3.
 */
#ifndef MODEL_ZIP_H
#define MODEL_ZIP_H

#include "base/error.h"
#include "base/text.h"

struct zip_member {
    struct slice name;
    uint64_t header; /* where its local header lies */
    uint64_t stored_bytes, bytes;
    unsigned method, flags;
};

struct zip {
    const char *path; /* for errors */
    struct slice archive;
    uint64_t directory; /* where the members' bytes end */
    struct zip_member *members;
    size_t count, capacity;
    struct slice_map by_name; /* -> index in members */
};

/* Do the bytes begin as an archive with members does? */
bool zip_begins(struct slice bytes);

/* Reads the directory.  A name twice is an error. */
bool zip_open(struct zip *zip, struct slice archive, const char *path,
              struct error *error);
void zip_close(struct zip *zip);

const struct zip_member *zip_find(const struct zip *zip, struct slice name);

/* The member's bytes, or an error when they are not there as they are. */
bool zip_bytes(const struct zip *zip, const struct zip_member *member,
               struct slice *bytes, struct error *error);

#endif
