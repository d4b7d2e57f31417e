#include "model/model_path.h"

#include "base/files.h"
#include "base/memory.h"
#include "model/hubcache.h"
#include "model/installed.h"
#include "model/packfile.h"

#include <stdlib.h>
#include <string.h>

/* Under a name of the catalogue a model may be cached by its present id or the
 * one it had before. */
static char *find_published(const char *name, struct error *error)
{
    char *found = NULL;
    for (enum catalog_column spelling = CATALOG_ID;
         spelling <= CATALOG_FORMER_ID && found == NULL && !error->set;
         spelling++) {
        char *id = installed_id(name, spelling, error);
        if (id != NULL)
            found = hubcache_find(id, error);
        memory_free(id);
    }
    return found;
}

char *model_path_find(const char *name, struct error *error)
{
    if (!hubcache_is_name(name))
        return NULL;
    char *found = installed_find(name, error);
    if (found == NULL && !error->set)
        found = hubcache_find(name, error);
    if (found == NULL && !error->set)
        found = find_published(name, error);
    return found;
}

/* Whether `xenc pull` knows it without an organisation. */
static bool is_published(const char *name)
{
    struct error unknown = {0};
    char *id = installed_id(name, CATALOG_ID, &unknown);
    memory_free(id);
    return id != NULL;
}

static void not_cached(const char *name, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    char *root = hubcache_root(error);
    error_set(error,
              "no model '%s': no such directory, and not in the cache %s: "
              "'xenc pull %s' brings it",
              text_quote(slice_of(name), quoted), root ? root : "", name);
    memory_free(root);
}

static bool add_name(void *line, const char *name, const char *path,
                     struct error *error)
{
    (void)path;
    (void)error;
    name_line_add(line, slice_of(name));
    return true;
}

static void not_found(const char *name, struct error *error)
{
    struct name_line line = {0};
    struct error memory = {0};
    installed_each(add_name, &line, &memory);
    const char *installed = name_line_end(&line, "none");
    char quoted[TEXT_QUOTE_BYTES];
    if (name == NULL)
        error_set(error,
                  "no model given: use -m DIR or set XENC_MODEL; installed: %s",
                  installed);
    else
        error_set(error,
                  "no model '%s': neither a directory here nor installed; "
                  "installed: %s",
                  text_quote(slice_of(name), quoted), installed);
}

/* "./x", "/x", "../x", whatever is a directory here, and a file that is
 * called as packed ones are or by a path. */
static bool is_path(const char *name, struct error *error)
{
    bool may_be_file = packfile_is_name(name) || strchr(name, '/') != NULL;
    return name[0] == '/' || name[0] == '.' || file_is_folder(name, error) ||
           (may_be_file && file_exists(name, error));
}

/* NULL: the default model. */
static char *path_of(const char *name, struct error *error)
{
    /* A path is taken as it is: who opens it knows best what is missing. */
    if (name != NULL && is_path(name, error))
        return memory_copy(name, strlen(name), error);
    if (error->set)
        return NULL;
    char *found = model_path_find(name ? name : DEFAULT_MODEL, error);
    if (found != NULL || error->set)
        return found;

    bool has_slash = name != NULL && strchr(name, '/') != NULL;
    if (has_slash && !hubcache_is_name(name))
        return memory_copy(name, strlen(name), error);
    if (has_slash || (name != NULL && is_published(name)))
        not_cached(name, error);
    else
        not_found(name, error);
    return NULL;
}

char *model_path(const char *name, struct error *error)
{
    const char *chosen = name != NULL ? name : getenv("XENC_MODEL");
    struct error reason = {0};
    if (chosen != NULL && chosen[0] == '\0')
        chosen = NULL;
    char *path = path_of(chosen, &reason);
    bool is_variable = name == NULL && chosen != NULL;
    if (reason.set)
        error_set(error, "%s%s", is_variable ? "XENC_MODEL: " : "",
                  reason.text);
    return path;
}
