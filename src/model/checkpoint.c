#include "model/checkpoint.h"

#include "base/json.h"
#include "base/memory.h"
#include "model/safetensors.h"
#include "model/torchfile.h"

#include <string.h>

typedef bool read_file(struct tensors *tensors, const char *path,
                       struct error *error);

/* A container: the file's name, how it is read, whether it is an index. */
static const struct container {
    const char *name;
    read_file *read;
    bool is_index;
} containers[] = {
    {"model.safetensors", safetensors_read, false},
    {"model.safetensors.index.json", safetensors_read, true},
    {"pytorch_model.bin", torchfile_read, false},
    {"pytorch_model.bin.index.json", torchfile_read, true},
};

/* A shard lies beside its index: a name that leads elsewhere is hostile. */
static bool is_plain_name(struct slice name)
{
    return name.length > 0 && name.bytes[0] != '.' &&
           memchr(name.bytes, '/', name.length) == NULL &&
           memchr(name.bytes, '\0', name.length) == NULL;
}

static bool read_shard(struct tensors *tensors, const char *directory,
                       const char *name, read_file *read, struct error *error)
{
    char *path = file_join(directory, name, error);
    bool fine = path != NULL && read(tensors, path, error);
    memory_free(path);
    return fine;
}

static bool read_weight_map(struct tensors *tensors, const json_t *map,
                            const char *path, const char *directory,
                            read_file *read, struct error *error)
{
    struct slice_map seen = {0};
    bool fine = true;
    const char *tensor;
    json_t *file;
    json_object_foreach((json_t *)(uintptr_t)map, tensor, file)
    {
        struct slice name = json_slice(file);
        if (!is_plain_name(name)) {
            fine = error_set(error,
                             "%s: weight_map: the name of a file beside it "
                             "was expected for every tensor",
                             path);
            break;
        }
        if (slice_map_get(&seen, name) >= 0)
            continue;
        fine = slice_map_put(&seen, name, 1, error) &&
               read_shard(tensors, directory, name.bytes, read, error);
        if (!fine)
            break;
    }
    slice_map_free(&seen);
    return fine;
}

static bool read_shards(struct tensors *tensors, const char *path,
                        const char *directory, read_file *read,
                        struct error *error)
{
    json_t *index = json_load_object(path, error);
    if (index == NULL)
        return false;
    const json_t *map = json_object_get(index, "weight_map");
    bool fine =
        json_is_object(map)
            ? read_weight_map(tensors, map, path, directory, read, error)
            : error_set(error,
                        "%s: no weight_map: tensor names with "
                        "their files were expected",
                        path);
    json_decref(index);
    return fine;
}

static bool read_container(struct tensors *tensors,
                           const struct container *container, const char *path,
                           const char *directory, struct error *error)
{
    if (container->is_index)
        return read_shards(tensors, path, directory, container->read, error);
    return container->read(tensors, path, error);
}

bool checkpoint_open(struct tensors *tensors, const char *directory,
                     struct error *error)
{
    *tensors = (struct tensors){0};
    for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
        char *path = file_join(directory, containers[i].name, error);
        if (path == NULL)
            return false;
        bool found = file_exists(path);
        bool fine = found && read_container(tensors, &containers[i], path,
                                            directory, error);
        memory_free(path);
        if (fine)
            return true;
        if (found) {
            tensors_free(tensors);
            return false;
        }
    }
    return error_set(error,
                     "%s: no weights: model.safetensors, pytorch_model.bin or "
                     "the shards of one were expected beside config.json",
                     directory);
}
