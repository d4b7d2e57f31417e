#include "model/installed.h"

#include "base/memory.h"
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

/* PLACE/NAME.xenc when there is such a file. */
static bool look_for_file(const char *place, const char *name, char **found,
                          struct error *error)
{
    char full[PATH_BYTES];
    int length = snprintf(full, sizeof full, "%s%s", name,
                          packfile_is_name(name) ? "" : PACKFILE_SUFFIX);
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

char *installed_find(const char *name, struct error *error)
{
    struct places places;
    char *found = NULL;
    find_places(&places);
    for (size_t i = 0; i < PLACES && found == NULL; i++)
        if (!look_in(places.path[i], name, &found, error))
            return NULL;
    return found;
}

/* The path of `name` in places[at]; NULL where an earlier place has it too, or
 * this one has not. */
static char *find_first(const struct places *places, size_t at,
                        const char *name, struct error *error)
{
    char *found = NULL;
    for (size_t i = 0; i < at; i++) {
        bool fine = look_in(places->path[i], name, &found, error);
        if (!fine || found != NULL) {
            memory_free(found);
            return NULL;
        }
    }
    return look_in(places->path[at], name, &found, error) ? found : NULL;
}

/* Whether a packed file has a directory of its name beside it, under which it
 * is visited. */
static bool has_directory(const char *place, const char *name,
                          struct error *error)
{
    char *found = NULL;
    look_for_directory(place, name, &found, error);
    memory_free(found);
    return found != NULL;
}

/* One entry of places[at]: NAME, or NAME.xenc without its end. */
static bool visit_entry(const struct places *places, size_t at, char *name,
                        installed_visit *visit, void *context,
                        struct error *error)
{
    bool is_file = packfile_is_name(name);
    if (is_file)
        name[strlen(name) - strlen(PACKFILE_SUFFIX)] = '\0';
    if (name[0] == '.' ||
        (is_file && has_directory(places->path[at], name, error)))
        return !error->set;
    char *path = find_first(places, at, name, error);
    bool fine = path != NULL ? visit(context, name, path, error) : !error->set;
    memory_free(path);
    return fine;
}

static bool visit_place(const struct places *places, size_t at,
                        installed_visit *visit, void *context,
                        struct error *error)
{
    struct file_names names;
    bool fine = file_names_read(&names, places->path[at], error);
    for (size_t i = 0; i < names.count && fine; i++)
        fine = visit_entry(places, at, names.list[i], visit, context, error);
    file_names_free(&names);
    return fine;
}

bool installed_each(installed_visit *visit, void *context, struct error *error)
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

bool installed_catalog(struct catalog *catalog, struct error *error)
{
    return find_catalog(catalog, error) ||
           error_set(error,
                     "no catalog.tsv: it is installed beside the models");
}

char *installed_id(const char *name, enum catalog_column spelling,
                   struct error *error)
{
    struct catalog catalog;
    const char *at = strchr(name, '@');
    struct slice id = {name, at ? (size_t)(at - name) : strlen(name)};
    char *found = NULL;
    if (!find_catalog(&catalog, error))
        return NULL;
    const struct catalog_entry *entry = catalog_find(&catalog, id);
    struct slice known = entry ? entry->columns[spelling] : (struct slice){0};
    if (known.length > 1) { /* not "-" */
        size_t size = known.length + (at ? strlen(at) : 0) + 1;
        found = memory_new(size, 1, error);
        if (found != NULL)
            snprintf(found, size, "%.*s%s", (int)known.length, known.bytes,
                     at ? at : "");
    }
    catalog_close(&catalog);
    return found;
}
