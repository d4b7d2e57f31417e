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

enum { PART_BYTES = 96, COMMIT_BYTES = 40 };

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static const char *home(void)
{
    const char *directory = variable("HOME");
    const struct passwd *user = directory ? NULL : getpwuid(getuid());
    return user ? user->pw_dir : directory ? directory : "/";
}

/* BASE/BELOW, with "~" and "~/x" as a shell reads them; a new block. */
static char *expand(const char *base, const char *below, struct error *error)
{
    bool is_home = base[0] == '~' && (base[1] == '/' || base[1] == '\0');
    const char *front = is_home ? home() : "",
               *rest = is_home ? base + 1 : base;
    size_t size = strlen(front) + strlen(rest) + strlen(below) + 1;
    char *path = memory_new(size, 1, error);
    if (path != NULL)
        snprintf(path, size, "%s%s%s", front, rest, below);
    return path;
}

char *hubcache_root(struct error *error)
{
    static const struct {
        const char *variable, *below;
    } places[] = {
        {"HF_HUB_CACHE", ""},
        {"HUGGINGFACE_HUB_CACHE", ""},
        {"HF_HOME", "/hub"},
        {"XDG_CACHE_HOME", "/huggingface/hub"},
    };
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (variable(places[i].variable) != NULL)
            return expand(variable(places[i].variable), places[i].below, error);
    return expand("~/.cache", "/huggingface/hub", error);
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
    if (revision[0] == '\0' || revision[0] == '/' || revision[0] == '.' ||
        strstr(revision, "..") != NULL)
        return false;
    for (const char *at = revision; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("._-/", *at) == NULL)
            return false;
    return true;
}

static bool is_commit(struct slice text)
{
    if (text.length != COMMIT_BYTES)
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (strchr("0123456789abcdef", text.bytes[i]) == NULL ||
            text.bytes[i] == '\0')
            return false;
    return true;
}

struct reference {
    struct slice organisation, name; /* organisation may be empty */
    const char *revision;
};

static bool parse(const char *text, struct reference *reference)
{
    const char *at = strchr(text, '@'), *slash = strchr(text, '/');
    const char *end = at ? at : text + strlen(text);
    *reference = (struct reference){.revision = at ? at + 1 : "main"};
    if (slash != NULL && slash < end) {
        reference->organisation = (struct slice){text, (size_t)(slash - text)};
        if (!is_part(reference->organisation))
            return false;
        text = slash + 1;
    }
    reference->name = (struct slice){text, (size_t)(end - text)};
    return is_part(reference->name) && is_revision(reference->revision);
}

bool hubcache_is_name(const char *name)
{
    struct reference reference;
    return parse(name, &reference);
}

/* ROOT/models--ORG--NAME */
static char *repository(const char *root, const struct reference *reference,
                        struct error *error)
{
    char folder[2 * PART_BYTES + 16];
    snprintf(folder, sizeof folder, "models--%.*s%s%.*s",
             (int)reference->organisation.length,
             reference->organisation.length ? reference->organisation.bytes
                                            : "",
             reference->organisation.length ? "--" : "",
             (int)reference->name.length, reference->name.bytes);
    return file_join(root, folder, error);
}

/* The commit that a revision stands for; false when the cache does not know. */
static bool resolve(const char *folder, const char *revision,
                    char commit[COMMIT_BYTES + 1], struct error *error)
{
    struct slice text = slice_of(revision);
    struct file file = {0};
    char *refs = NULL, *path = NULL;
    bool is_found = is_commit(text);
    if (!is_found) {
        refs = file_join(folder, "refs", error);
        path = refs ? file_join(refs, revision, error) : NULL;
        if (path != NULL && file_exists(path) && file_map(&file, path, error)) {
            text = (struct slice){file.bytes, file.length};
            while (text.length > 0 &&
                   isspace((unsigned char)text.bytes[text.length - 1]))
                text.length--;
            is_found = is_commit(text);
        }
    }
    if (is_found) {
        memcpy(commit, text.bytes, COMMIT_BYTES);
        commit[COMMIT_BYTES] = '\0';
    }
    if (file.bytes != NULL)
        file_release(&file);
    memory_free(path);
    memory_free(refs);
    return is_found;
}

static char *find_snapshot(const char *folder, const char *revision,
                           struct error *error)
{
    char commit[COMMIT_BYTES + 1], below[COMMIT_BYTES + 16];
    struct stat status;
    if (!resolve(folder, revision, commit, error))
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
    struct reference reference;
    if (!parse(name, &reference))
        return NULL;
    char *root = hubcache_root(error);
    char *folder = root ? repository(root, &reference, error) : NULL;
    char *snapshot =
        folder ? find_snapshot(folder, reference.revision, error) : NULL;
    memory_free(folder);
    memory_free(root);
    return snapshot;
}
