#include "hub/listing.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

enum {
    MOST_PAGE_BYTES = 16 << 20,
    MOST_PAGES = 100, /* the Hub puts 1000 files on one */
    MOST_FILES = 100000,
    WHERE_BYTES = 1024,
    PATH_LIMIT = 512
};

/*** Bodies in memory ***/

static bool take_text(struct hub_body *body, uint64_t at, struct slice bytes,
                      struct error *error)
{
    struct hub_text *text = (struct hub_text *)body;
    if (at == 0)
        text->bytes.length = 0;
    if (bytes.length > text->most - text->bytes.length)
        return error_set(error, "%s: an answer of more than %zu bytes",
                         text->source, text->most);
    return buffer_append(&text->bytes, bytes.bytes, bytes.length, error);
}

void hub_text_begin(struct hub_text *text, const char *source, size_t most)
{
    *text = (struct hub_text){
        .body = {0, take_text}, .source = source, .most = most};
}

static json_t *get_json(struct hub *hub, const struct hubcache_name *name,
                        const char *where, struct error *error)
{
    struct hub_text text;
    hub_text_begin(&text, hub->settings.endpoint, MOST_PAGE_BYTES);
    json_t *root = NULL;
    if (hub_get(hub, name, where, &text.body, error)) {
        root = json_parse(buffer_slice(&text.bytes), hub->settings.endpoint, 0,
                          error);
        if (root == NULL) {
            *error = (struct error){0};
            error_set(error,
                      "%s: what came is not JSON: is that the Hub, or a page "
                      "in between?",
                      hub->settings.endpoint);
        }
    }
    buffer_free(&text.bytes);
    return root;
}

/*** The commit ***/

/* A branch may have slashes; in the path of a URL they are %2F. */
static bool escape_revision(const char *revision, char *out, size_t room)
{
    size_t length = 0;
    for (; *revision != '\0' && length + 4 < room; revision++) {
        if (*revision == '/')
            length += (size_t)snprintf(out + length, room - length, "%%2F");
        else
            out[length++] = *revision;
    }
    out[length] = '\0';
    return *revision == '\0';
}

static bool strange(struct hub *hub, const char *what, struct error *error)
{
    return error_set(error, "%s: %s: is that the Hub?", hub->settings.endpoint,
                     what);
}

static bool get_commit(struct listing *listing, struct hub *hub,
                       const struct hubcache_name *name, struct error *error)
{
    char revision[WHERE_BYTES / 2], where[WHERE_BYTES];
    if (!escape_revision(name->revision, revision, sizeof revision))
        return error_set(error, "'%.40s': too long a revision", name->revision);
    snprintf(where, sizeof where, "/api/models/%.*s/revision/%s",
             (int)name->id.length, name->id.bytes, revision);
    json_t *root = get_json(hub, name, where, error);
    if (root == NULL)
        return false;
    struct slice commit = json_slice(json_object_get(root, "sha"));
    bool fine = hubcache_is_commit(commit);
    if (fine)
        memcpy(listing->commit, commit.bytes, HUBCACHE_COMMIT_BYTES);
    json_decref(root);
    return fine || strange(hub, "no commit in its answer", error);
}

/*** The files ***/

bool listing_is_path(struct slice path)
{
    bool starts = true; /* at the first byte of a part */
    for (size_t i = 0; i < path.length; i++) {
        char byte = path.bytes[i];
        if (text_is_control(byte) || byte == '\\' || byte == ':' ||
            (starts && (byte == '.' || byte == '/')))
            return false;
        starts = byte == '/';
    }
    return !starts && path.length <= PATH_LIMIT;
}

/* The blob's name and size: LFS's where the file is kept there, else git's. */
static bool read_entry(const json_t *entry, struct hub_file *file)
{
    const json_t *lfs = json_object_get(entry, "lfs");
    const json_t *source = json_is_object(lfs) ? lfs : entry;
    struct slice blob = json_slice(json_object_get(source, "oid"));
    const json_t *size = json_object_get(source, "size");
    if (blob.length > 7 && memcmp(blob.bytes, "sha256:", 7) == 0)
        blob = (struct slice){blob.bytes + 7, blob.length - 7};
    if (!digest_is_name(blob) || !json_is_integer(size) ||
        json_integer_value(size) < 0)
        return false;
    memcpy(file->blob, blob.bytes, blob.length);
    file->blob[blob.length] = '\0';
    file->size = (uint64_t)json_integer_value(size);
    return true;
}

/* Folders and paths that nobody could want are passed over. */
static bool add_entry(struct listing *listing, struct hub *hub,
                      const json_t *entry, struct error *error)
{
    struct slice type = json_slice(json_object_get(entry, "type"));
    struct slice path = json_slice(json_object_get(entry, "path"));
    struct hub_file file = {0};
    if (!slice_is(type, "file") || !listing_is_path(path))
        return true;
    if (!read_entry(entry, &file))
        return strange(hub, "a file without hash and size", error);
    if (listing->count == MOST_FILES)
        return strange(hub, "a listing without end", error);
    file.path = arena_copy(&listing->memory, path.bytes, path.length, error);
    if (file.path == NULL ||
        !memory_grow((void **)&listing->files, &listing->capacity,
                     listing->count + 1, sizeof file, error))
        return false;
    listing->files[listing->count++] = file;
    return true;
}

static bool add_page(struct listing *listing, struct hub *hub,
                     const json_t *page, struct error *error)
{
    if (!json_is_array(page))
        return strange(hub, "no list of files in its answer", error);
    for (size_t i = 0; i < json_array_size(page); i++)
        if (!add_entry(listing, hub, json_array_get(page, i), error))
            return false;
    return true;
}

static bool get_files(struct listing *listing, struct hub *hub,
                      const struct hubcache_name *name, struct error *error)
{
    char first[WHERE_BYTES];
    snprintf(first, sizeof first,
             "/api/models/%.*s/tree/%s?recursive=true&expand=false",
             (int)name->id.length, name->id.bytes, listing->commit);
    const char *where = first;
    for (size_t pages = 0; where != NULL; pages++) {
        if (pages == MOST_PAGES)
            return strange(hub, "a listing without end", error);
        json_t *page = get_json(hub, name, where, error);
        bool fine = page != NULL && add_page(listing, hub, page, error);
        bool is_empty = json_array_size(page) == 0;
        json_decref(page);
        if (!fine)
            return false;
        if (is_empty && hub->next != NULL)
            return strange(hub, "a listing without end", error);
        where = hub->next != NULL ? arena_copy(&listing->memory, hub->next,
                                               strlen(hub->next), error)
                                  : NULL;
    }
    return !error->set;
}

bool listing_get(struct listing *listing, struct hub *hub,
                 const struct hubcache_name *name, struct error *error)
{
    *listing = (struct listing){0};
    if (get_commit(listing, hub, name, error) &&
        get_files(listing, hub, name, error))
        return true;
    listing_free(listing);
    return false;
}

void listing_free(struct listing *listing)
{
    memory_free(listing->files);
    arena_free(&listing->memory);
    *listing = (struct listing){0};
}

const struct hub_file *listing_find(const struct listing *listing,
                                    const char *path)
{
    for (size_t i = 0; i < listing->count; i++)
        if (strcmp(listing->files[i].path, path) == 0)
            return &listing->files[i];
    return NULL;
}
