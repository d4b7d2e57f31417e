#include "model/hubcache.h"

#include "base/files.h"
#include "base/memory.h"

#include <ctype.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    PART_BYTES = 96,
    REVISION_BYTES = 200,
    COMMIT_BYTES = HUBCACHE_COMMIT_BYTES
};

const char *hubcache_variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *home(void)
{
    const char *directory = hubcache_variable("HOME");
    const struct passwd *user = directory ? NULL : getpwuid(getuid());
    return user ? user->pw_dir : directory ? directory : "/";
}

/* A piece of a path that stands for something: how long it is, and for what;
 * value NULL: it stays as it is. */
struct stand_in {
    size_t length;
    const char *value;
};

/* Longer names of users and variables stand for themselves. */
enum { NAME_BYTES = 256 };

static bool copy_name(char name[NAME_BYTES], const char *start, size_t length)
{
    if (length == 0 || length >= NAME_BYTES)
        return false;
    memcpy(name, start, length);
    name[length] = '\0';
    return true;
}

/* "~" or "~user", at a path's beginning. */
static struct stand_in read_home(const char *path)
{
    char name[NAME_BYTES];
    size_t length = path[0] == '~' ? strcspn(path, "/") : 0;
    if (length == 1)
        return (struct stand_in){1, home()};
    const struct passwd *user =
        length > 1 && copy_name(name, path + 1, length - 1) ? getpwnam(name)
                                                            : NULL;
    return (struct stand_in){length, user ? user->pw_dir : NULL};
}

/* "$NAME" or "${NAME}"; what is not set stays, as in Python's expandvars. */
static struct stand_in read_variable(const char *path)
{
    char name[NAME_BYTES];
    bool is_braced = path[1] == '{';
    const char *start = path + 1 + is_braced;
    size_t length = is_braced ? strcspn(start, "}") : 0;
    while (!is_braced &&
           (isalnum((unsigned char)start[length]) || start[length] == '_'))
        length++;
    bool is_whole = !is_braced || start[length] == '}';
    return (struct stand_in){
        .length = (size_t)(start - path) + length + (is_braced && is_whole),
        .value =
            is_whole && copy_name(name, start, length) ? getenv(name) : NULL,
    };
}

/* PATH with homes and variables, then BELOW; a new block. */
static char *expand(const char *path, const char *below, struct error *error)
{
    struct buffer out = {0};
    struct stand_in piece = read_home(path);
    bool fine = true;
    while (fine && *path != '\0') {
        fine = piece.value != NULL
                   ? buffer_append_text(&out, piece.value, error)
                   : buffer_append(&out, path, piece.length, error);
        path += piece.length;
        piece = *path == '$' ? read_variable(path)
                             : (struct stand_in){strcspn(path, "$"), NULL};
    }
    fine = fine && buffer_append(&out, below, strlen(below) + 1, error);
    if (fine)
        return out.bytes;
    buffer_free(&out);
    return NULL;
}

char *hubcache_expand(const char *path, struct error *error)
{
    return expand(path, "", error);
}

struct place {
    const char *variable, *below;
};

/* The first of the places whose variable is set, else below ~/.cache. */
static char *first_place(const struct place *places, size_t count,
                         const char *otherwise, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = hubcache_variable(places[i].variable);
        if (value != NULL)
            return expand(value, places[i].below, error);
    }
    return expand("~/.cache", otherwise, error);
}

char *hubcache_root(struct error *error)
{
    static const struct place places[] = {
        {"HF_HUB_CACHE", ""},
        {"HUGGINGFACE_HUB_CACHE", ""},
        {"HF_HOME", "/hub"},
        {"XDG_CACHE_HOME", "/huggingface/hub"},
    };
    return first_place(places, sizeof places / sizeof *places,
                       "/huggingface/hub", error);
}

char *hubcache_home(struct error *error)
{
    static const struct place places[] = {
        {"HF_HOME", ""},
        {"XDG_CACHE_HOME", "/huggingface"},
    };
    return first_place(places, sizeof places / sizeof *places, "/huggingface",
                       error);
}

/* One part of an id: letters, digits, '.', '_', '-', no ".." or "--", a letter
 * or digit at both ends. */
static bool is_part(struct slice part)
{
    if (part.length == 0 || part.length > PART_BYTES)
        return false;
    for (size_t i = 0; i < part.length; i++) {
        unsigned char byte = (unsigned char)part.bytes[i];
        bool is_word = isalnum(byte) || byte == '_';
        bool is_edge = i == 0 || i + 1 == part.length;
        if (!is_word && (is_edge || (byte != '.' && byte != '-')))
            return false;
        if (i > 0 && !is_word && byte != '_' &&
            byte == (unsigned char)part.bytes[i - 1])
            return false;
    }
    return true;
}

/* Branches, tags and refs/pr/N; nothing that leaves refs/. */
static bool is_revision(const char *revision)
{
    size_t length = strlen(revision);
    if (length == 0 || length > REVISION_BYTES || revision[0] == '/' ||
        revision[0] == '.' || revision[length - 1] == '/' ||
        strstr(revision, "..") != NULL || strstr(revision, "//") != NULL)
        return false;
    for (const char *at = revision; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("._-/", *at) == NULL)
            return false;
    return true;
}

bool hubcache_is_commit(struct slice text)
{
    if (text.length != COMMIT_BYTES)
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (strchr("0123456789abcdef", text.bytes[i]) == NULL ||
            text.bytes[i] == '\0')
            return false;
    return true;
}

bool hubcache_parse(const char *text, struct hubcache_name *name)
{
    const char *at = strchr(text, '@');
    size_t length = at ? (size_t)(at - text) : strlen(text);
    const char *slash = memchr(text, '/', length);
    size_t before = slash ? (size_t)(slash - text) + 1 : 0;
    *name = (struct hubcache_name){{text, length}, at ? at + 1 : "main"};
    return (slash == NULL || is_part((struct slice){text, before - 1})) &&
           is_part((struct slice){text + before, length - before}) &&
           is_revision(name->revision);
}

bool hubcache_is_name(const char *name)
{
    struct hubcache_name parsed;
    return hubcache_parse(name, &parsed);
}

char *hubcache_folder(const char *root, struct slice id, struct error *error)
{
    char folder[2 * PART_BYTES + 16];
    const char *slash = memchr(id.bytes, '/', id.length);
    int before = slash ? (int)(slash - id.bytes) : 0;
    int after = (int)id.length - before - (slash != NULL);
    snprintf(folder, sizeof folder, "models--%.*s%s%.*s", before, id.bytes,
             slash ? "--" : "", after, id.bytes + id.length - after);
    return file_join(root, folder, error);
}

/* The commit that a file of refs/ holds; false where there is none. */
static bool read_ref(const char *path, char commit[COMMIT_BYTES + 1],
                     struct error *error)
{
    struct file file;
    if (!file_exists(path, error) || !file_map(&file, path, error))
        return false;
    struct slice text = text_trim((struct slice){file.bytes, file.length});
    bool is_commit = hubcache_is_commit(text);
    if (is_commit)
        snprintf(commit, COMMIT_BYTES + 1, "%.*s", COMMIT_BYTES, text.bytes);
    file_release(&file);
    return is_commit;
}

bool hubcache_resolve(const char *folder, const char *revision,
                      char commit[COMMIT_BYTES + 1], struct error *error)
{
    if (hubcache_is_commit(slice_of(revision))) {
        strcpy(commit, revision);
        return true;
    }
    char *refs = file_join(folder, "refs", error);
    char *path = refs ? file_join(refs, revision, error) : NULL;
    bool is_found = path != NULL && read_ref(path, commit, error);
    memory_free(path);
    memory_free(refs);
    return is_found;
}

static char *find_snapshot(const char *folder, const char *revision,
                           struct error *error)
{
    char commit[COMMIT_BYTES + 1], below[COMMIT_BYTES + 16];
    struct stat status;
    if (!hubcache_resolve(folder, revision, commit, error))
        return NULL;
    snprintf(below, sizeof below, "snapshots/%s", commit);
    char *snapshot = file_join(folder, below, error);
    if (snapshot != NULL && stat(snapshot, &status) == 0 &&
        S_ISDIR(status.st_mode))
        return snapshot;
    memory_free(snapshot);
    return NULL;
}

char *hubcache_find(const char *name, struct error *error)
{
    struct hubcache_name parsed;
    if (!hubcache_parse(name, &parsed))
        return NULL;
    char *root = hubcache_root(error);
    char *folder = root ? hubcache_folder(root, parsed.id, error) : NULL;
    char *snapshot =
        folder ? find_snapshot(folder, parsed.revision, error) : NULL;
    memory_free(folder);
    memory_free(root);
    return snapshot;
}
