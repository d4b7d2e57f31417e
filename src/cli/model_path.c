/*
 * model_path.c - looks a model's name up in the places where models lie.
 */
#include "cli/model_path.h"

#include "base/files.h"
#include "base/memory.h"
#include "model/hubcache.h"
#include "model/packfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES = 4, PATH_BYTES = 4096 };

/* Directories that hold model directories; "" where there is none. */
struct places {
    char path[PLACES][PATH_BYTES];
};

static void set_place(char place[PATH_BYTES], const char *directory,
                      const char *below)
{
    size_t length = strlen(directory), rest = strlen(below) + 1;
    place[0] = '\0';
    if (length == 0 || length + rest > PATH_BYTES)
        return;
    memcpy(place, directory, length);
    memcpy(place + length, below, rest);
}

/* The folder that the running program lies in, or "" where it is not told. */
static void program_folder(char folder[PATH_BYTES])
{
    ssize_t length = readlink("/proc/self/exe", folder, PATH_BYTES - 1);
    folder[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
}

/*
 * A program that is run from its build folder has `models` beside it; that
 * goes before the installed ones, so that a new build never reads the models
 * of an old installation.
 */
static void find_places(struct places *places)
{
    const char *home = getenv("XENC_HOME");
    char folder[PATH_BYTES];
    program_folder(folder);
    const char *models = getenv("XENC_MODELS");
    set_place(places->path[0], models != NULL ? models : "", "");
    set_place(places->path[1], home != NULL ? home : "", "/models");
    set_place(places->path[2], folder, "/models");
    set_place(places->path[3], PKGDATADIR, "/models");
}

static bool has_suffix(const char *name)
{
    return text_ends(name, PACKFILE_SUFFIX) &&
           strlen(name) > strlen(PACKFILE_SUFFIX);
}

/* PLACE/NAME.xenc when there is such a file. */
static bool look_for_file(const char *place, const char *name, char **found,
                          struct error *error)
{
    char full[PATH_BYTES];
    int length = snprintf(full, sizeof full, "%s%s", name,
                          has_suffix(name) ? "" : PACKFILE_SUFFIX);
    if (length < 0 || length >= PATH_BYTES)
        return true;
    char *path = file_join(place, full, error);
    if (path != NULL && file_exists(path, error))
        *found = path;
    else
        memory_free(path);
    return !error->set;
}

/* PLACE/NAME when that is a model directory. */
static bool look_for_directory(const char *place, const char *name,
                               char **found, struct error *error)
{
    char *directory = file_join(place, name, error);
    if (directory == NULL)
        return false;
    char *config = file_join(directory, "config.json", error);
    if (config != NULL && file_exists(config, error)) {
        *found = directory;
        directory = NULL;
    }
    memory_free(directory);
    memory_free(config);
    return !error->set;
}

/* The file goes before a directory of its name, from which it was packed.
 * False when memory is short. */
static bool look_in(const char *place, const char *name, char **found,
                    struct error *error)
{
    *found = NULL;
    if (place[0] == '\0')
        return true;
    return look_for_file(place, name, found, error) &&
           (*found != NULL || look_for_directory(place, name, found, error));
}

static char *find_installed(const struct places *places, const char *name,
                            struct error *error)
{
    char *found = NULL;
    for (size_t i = 0; i < PLACES && found == NULL; i++)
        if (!look_in(places->path[i], name, &found, error))
            return NULL;
    return found;
}

/* Whether `name` is found in places[at] and in none before. */
static bool is_first_there(const struct places *places, size_t at,
                           const char *name, struct error *error)
{
    char *found = NULL;
    size_t place = 0;
    while (found == NULL && place <= at &&
           look_in(places->path[place], name, &found, error))
        place += found == NULL;
    bool is_first = found != NULL && place == at;
    memory_free(found);
    return is_first;
}

/* Whether a packed file has a directory of its name beside it. */
static bool is_listed_already(const char *place, const char *name,
                              struct error *error)
{
    char *found = NULL;
    look_for_directory(place, name, &found, error);
    memory_free(found);
    return found != NULL;
}

/* One entry of places[at]: NAME, or NAME.xenc without its end.  A name that an
 * earlier place has too is that one's. */
static bool visit_entry(const struct places *places, size_t at, char *name,
                        model_visit *visit, void *context, struct error *error)
{
    bool is_file = has_suffix(name);
    if (is_file)
        name[strlen(name) - strlen(PACKFILE_SUFFIX)] = '\0';
    if (name[0] == '.' || !is_first_there(places, at, name, error) ||
        (is_file && is_listed_already(places->path[at], name, error)))
        return !error->set;
    char *path = NULL;
    bool fine = look_in(places->path[at], name, &path, error) &&
                (path == NULL || visit(context, name, path, error));
    memory_free(path);
    return fine;
}

static bool visit_place(const struct places *places, size_t at,
                        model_visit *visit, void *context, struct error *error)
{
    struct file_names names;
    bool fine = file_names_read(&names, places->path[at], error);
    for (size_t i = 0; i < names.count && fine; i++)
        fine = visit_entry(places, at, names.list[i], visit, context, error);
    file_names_free(&names);
    return fine;
}

bool model_each_installed(model_visit *visit, void *context,
                          struct error *error)
{
    struct places places;
    find_places(&places);
    for (size_t i = 0; i < PLACES; i++)
        if (places.path[i][0] != '\0' &&
            !visit_place(&places, i, visit, context, error))
            return false;
    return true;
}

/* The catalogue in the first place that has one; false and error unset: none
 * has. */
static bool find_catalog(struct catalog *catalog, struct error *error)
{
    struct places places;
    find_places(&places);
    for (size_t i = 0; i < PLACES; i++) {
        if (places.path[i][0] == '\0')
            continue;
        char *path = file_join(places.path[i], "catalog.tsv", error);
        bool is_there = path != NULL && file_exists(path, error);
        bool fine = is_there && catalog_open(catalog, path, error);
        memory_free(path);
        if (is_there || error->set)
            return fine;
    }
    return false;
}

bool model_catalog(struct catalog *catalog, struct error *error)
{
    return find_catalog(catalog, error) ||
           error_set(error,
                     "no catalog.tsv: it is installed beside the models");
}

char *model_catalogued(const char *name, enum model_spelling spelling,
                       struct error *error)
{
    struct catalog catalog;
    const char *at = strchr(name, '@');
    struct slice id = {name, at ? (size_t)(at - name) : strlen(name)};
    char *found = NULL;
    if (!find_catalog(&catalog, error))
        return NULL;
    const struct catalog_entry *entry = catalog_find(&catalog, id);
    struct slice column = {NULL, 0};
    if (entry != NULL)
        column =
            entry->columns[spelling == MODEL_PRESENT_ID ? CATALOG_ID
                                                        : CATALOG_FORMER_ID];
    if (column.length > 1) { /* not "-" */
        size_t size = column.length + (at ? strlen(at) : 0) + 1;
        found = memory_new(size, 1, error);
        if (found != NULL)
            snprintf(found, size, "%.*s%s", (int)column.length, column.bytes,
                     at ? at : "");
    }
    catalog_close(&catalog);
    return found;
}

/* Under a name of the catalogue a model may be cached by its present id or the
 * one it had before. */
static char *find_catalogued(const char *name, struct error *error)
{
    static const enum model_spelling spellings[] = {MODEL_PRESENT_ID,
                                                    MODEL_FORMER_ID};
    char *found = NULL;
    for (size_t i = 0; i < 2 && found == NULL && !error->set; i++) {
        char *id = model_catalogued(name, spellings[i], error);
        if (id != NULL)
            found = hubcache_find(id, error);
        memory_free(id);
    }
    return found;
}

/* Whether `xenc pull` knows it without an organisation. */
static bool is_published(const char *name)
{
    struct error unknown = {0};
    char *id = model_catalogued(name, MODEL_PRESENT_ID, &unknown);
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
    model_each_installed(add_name, &line, &memory);
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
    bool may_be_file = has_suffix(name) || strchr(name, '/') != NULL;
    return name[0] == '/' || name[0] == '.' || file_is_folder(name, error) ||
           (may_be_file && file_exists(name, error));
}

char *model_find(const char *name, struct error *error)
{
    struct places places;
    find_places(&places);
    if (!hubcache_is_name(name))
        return NULL;
    char *found = find_installed(&places, name, error);
    if (found == NULL && !error->set)
        found = hubcache_find(name, error);
    if (found == NULL && !error->set)
        found = find_catalogued(name, error);
    return found;
}

/* NULL: the default model. */
static char *path_of(const char *name, struct error *error)
{
    /* A path is taken as it is: who opens it knows best what is missing. */
    if (name != NULL && is_path(name, error))
        return memory_copy(name, strlen(name), error);
    if (error->set)
        return NULL;
    char *found = model_find(name ? name : DEFAULT_MODEL, error);
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
