#include "model/folder.h"

#include "base/files.h"
#include "base/memory.h"

bool folder_has(const struct folder *folder, const char *name,
                struct error *error)
{
    if (folder->files != NULL)
        return json_object_get(folder->files, name) != NULL;
    char *path = file_join(folder->path, name, error);
    bool found = path != NULL && file_exists(path, error);
    memory_free(path);
    return found;
}

static json_t *load_value(const char *path, struct error *error)
{
    struct file file;
    if (!file_map(&file, path, error))
        return NULL;
    struct slice bytes = {file.bytes, file.length};
    json_t *value = json_parse(bytes, path, 1, error);
    file_release(&file);
    return value;
}

static json_t *load(const struct folder *folder, const char *name,
                    json_t *read(const char *, struct error *),
                    struct error *error)
{
    char *path = file_join(folder->path, name, error);
    json_t *value = path != NULL ? read(path, error) : NULL;
    memory_free(path);
    return value;
}

/* What a packed file has under that name. */
static json_t *packed(const struct folder *folder, const char *name,
                      struct error *error)
{
    json_t *value = json_object_get(folder->files, name);
    if (value == NULL)
        error_set(error, "%s: no %s is packed in it", folder->path, name);
    return json_incref(value);
}

json_t *folder_value(const struct folder *folder, const char *name,
                     struct error *error)
{
    return folder->files != NULL ? packed(folder, name, error)
                                 : load(folder, name, load_value, error);
}

json_t *folder_object(const struct folder *folder, const char *name,
                      struct error *error)
{
    if (folder->files == NULL)
        return load(folder, name, json_load_object, error);
    json_t *value = packed(folder, name, error);
    if (value == NULL || json_is_object(value))
        return value;
    json_decref(value);
    error_set(error, "%s: %s: an object was expected", folder->path, name);
    return NULL;
}
