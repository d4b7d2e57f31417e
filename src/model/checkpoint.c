#include "model/checkpoint.h"

#include "base/json.h"
#include "base/memory.h"
#include "model/safetensors.h"
#include "model/torchfile.h"

#include <string.h>

const struct checkpoint_name checkpoint_names[CHECKPOINT_NAMES] = {
    {"model.safetensors", false},
    {"model.safetensors.index.json", true},
    {"pytorch_model.bin", false},
    {"pytorch_model.bin.index.json", true},
};

typedef bool read_file(struct tensors *tensors, const char *path,
                       struct error *error);

/* How the file of that name, or its shards, are read. */
static read_file *const readers[CHECKPOINT_NAMES] = {
    safetensors_read, safetensors_read, torchfile_read, torchfile_read};

/* A shard lies beside its index: a name that leads elsewhere is hostile. */
static bool is_plain_name(struct slice name)
{
    return name.length > 0 && name.bytes[0] != '.' &&
           memchr(name.bytes, '/', name.length) == NULL &&
           memchr(name.bytes, '\0', name.length) == NULL;
}

static bool visit_map(const json_t *map, const char *path,
                      checkpoint_visit *visit, void *context,
                      struct error *error)
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
               visit(context, name.bytes, error);
        if (!fine)
            break;
    }
    slice_map_free(&seen);
    return fine;
}

bool checkpoint_each_shard(const json_t *index, const char *path,
                           checkpoint_visit *visit, void *context,
                           struct error *error)
{
    const json_t *map = json_object_get(index, "weight_map");
    return json_is_object(map)
               ? visit_map(map, path, visit, context, error)
               : error_set(error,
                           "%s: no weight_map: tensor names with "
                           "their files were expected",
                           path);
}

struct shards {
    struct tensors *tensors;
    const char *directory;
    read_file *read;
};

static bool read_shard(void *context, const char *name, struct error *error)
{
    const struct shards *shards = context;
    char *path = file_join(shards->directory, name, error);
    bool fine = path != NULL && shards->read(shards->tensors, path, error);
    memory_free(path);
    return fine;
}

static bool read_shards(struct tensors *tensors, const char *path,
                        const char *directory, read_file *read,
                        struct error *error)
{
    struct shards shards = {tensors, directory, read};
    json_t *index = json_load_object(path, error);
    bool fine = index != NULL &&
                checkpoint_each_shard(index, path, read_shard, &shards, error);
    json_decref(index);
    return fine;
}

static bool read_container(struct tensors *tensors, size_t i, const char *path,
                           const char *directory, struct error *error)
{
    if (checkpoint_names[i].is_index)
        return read_shards(tensors, path, directory, readers[i], error);
    return readers[i](tensors, path, error);
}

bool checkpoint_open(struct tensors *tensors, const char *directory,
                     struct error *error)
{
    *tensors = (struct tensors){0};
    for (size_t i = 0; i < CHECKPOINT_NAMES; i++) {
        char *path = file_join(directory, checkpoint_names[i].name, error);
        if (path == NULL)
            return false;
        bool found = file_exists(path, error);
        bool fine = found && read_container(tensors, i, path, directory, error);
        memory_free(path);
        if (fine)
            return true;
        if (found || error->set) {
            tensors_free(tensors);
            return false;
        }
    }
    return error_set(error,
                     "%s: no weights: model.safetensors, pytorch_model.bin or "
                     "the shards of one were expected beside config.json",
                     directory);
}
