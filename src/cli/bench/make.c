#include "cli/bench/make.h"

#include "base/files.h"
#include "base/memory.h"
#include "cli/bench/shapes.h"
#include "families/family.h"
#include "model/model_path.h"
#include "model/safetensors_write.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool write_text(const char *directory, const char *name,
                       const void *bytes, size_t length, struct error *error)
{
    struct new_file file;
    char *path = file_join(directory, name, error);
    bool fine = path != NULL && file_create(&file, path, error);
    if (fine) {
        fine = file_write(file.descriptor, bytes, length, path, error) &&
               file_commit(&file, error);
        file_abandon(&file);
    }
    memory_free(path);
    return fine;
}

static bool write_config(const struct shape *shape, const char *directory,
                         struct error *error)
{
    static const char *const usual[] = {"num_hidden_layers", "hidden_size",
                                        "num_attention_heads",
                                        "intermediate_size"};
    const struct recipe *recipe = shape->recipe;
    const char *const *sizes = recipe->size_keys ? recipe->size_keys : usual;
    char text[2048];
    int length = snprintf(
        text, sizeof text,
        "{\n  \"architectures\": [\"%s\"],\n  \"model_type\": \"%s\",\n"
        "  \"%s\": %d, \"%s\": %d, \"%s\": %d, \"%s\": %d,\n"
        "  \"vocab_size\": %d, \"max_position_embeddings\": %d,\n  %s,\n"
        "  \"id2label\": {\"0\": \"LABEL_0\"}, "
        "\"label2id\": {\"LABEL_0\": 0}\n}\n",
        recipe->architecture, recipe->model_type, sizes[0], shape->layers,
        sizes[1], shape->hidden, sizes[2], shape->heads, sizes[3],
        shape->intermediate, shape->vocabulary, shape->positions, recipe->keys);
    return write_text(directory, "config.json", text, (size_t)length, error);
}

static bool write_tokenizer_config(const struct shape *shape,
                                   const char *directory, struct error *error)
{
    char text[512];
    int limit = shape->positions - shape->recipe->unused_positions;
    int length = snprintf(text, sizeof text, "{%s, \"model_max_length\": %d}\n",
                          shape->recipe->tokenizer_keys, limit);
    return write_text(directory, "tokenizer_config.json", text, (size_t)length,
                      error);
}

/* Lengths of texts in tokens should be real: the shipped model's vocabulary. */
static bool copy_vocabulary(const char *directory, struct error *error)
{
    struct file file = {0};
    char *shipped = model_path(DEFAULT_MODEL, error);
    char *path = shipped ? file_join(shipped, "vocab.txt", error) : NULL;
    bool fine =
        path != NULL && file_map(&file, path, error) &&
        write_text(directory, "vocab.txt", file.bytes, file.length, error);
    if (file.bytes != NULL)
        file_release(&file);
    memory_free(path);
    memory_free(shipped);
    return fine;
}

static bool write_tokenizer(const struct shape *shape, const char *directory,
                            struct error *error)
{
    if (!write_tokenizer_config(shape, directory, error))
        return false;
    if (shape->recipe->tokenizer == NULL)
        return copy_vocabulary(directory, error);

    struct buffer text = {0};
    bool fine =
        shape->recipe->tokenizer(&text, (size_t)shape->vocabulary, error) &&
        write_text(directory, "tokenizer.json", text.bytes, text.length, error);
    buffer_free(&text);
    return fine;
}

/* splitmix64 (Steele, Lea, Flood 2014): seeded, the same everywhere. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

/* A sum of four uniforms: near enough to normal, unit variance. */
static float next_normal(uint64_t *state)
{
    uint64_t bits = next_random(state);
    int sum = (int)(bits & 0xFFFF) + (int)(bits >> 16 & 0xFFFF) +
              (int)(bits >> 32 & 0xFFFF) + (int)(bits >> 48);
    return ((float)sum - 131070.0f) * (1.0f / 37837.2f);
}

struct maker {
    const struct spec *spec;
    const struct slot_names *names;
    struct tensor *list;
    struct moments {
        float mean, spread;
    } * moments; /* of each tensor's numbers */
    size_t count, capacity, moment_capacity;
    struct arena memory;
    uint64_t random;
};

static bool add_tensor(struct maker *maker, enum slot slot, size_t layer,
                       const char *part, size_t rows, size_t columns,
                       struct moments moments, struct error *error)
{
    char name[SLOT_NAME_BYTES];
    slot_name(maker->names, slot, layer, part, name);
    char *copy = arena_copy(&maker->memory, name, strlen(name), error);
    if (copy == NULL ||
        !memory_grow((void **)&maker->list, &maker->capacity, maker->count + 1,
                     sizeof *maker->list, error) ||
        !memory_grow((void **)&maker->moments, &maker->moment_capacity,
                     maker->count + 1, sizeof *maker->moments, error))
        return false;
    maker->moments[maker->count] = moments;
    maker->list[maker->count++] = (struct tensor){
        .name = slice_of(copy),
        .type = TENSOR_F32,
        .dimensions = columns > 0 ? 2 : 1,
        .shape = {rows, columns},
        .bytes = rows * (columns > 0 ? columns : 1) * sizeof(float),
    };
    return true;
}

/* Spreads that keep activations alive through many layers, so that speed is
 * not measured on denormals. */
static bool add_module(struct maker *maker, enum slot slot, size_t layer,
                       struct error *error)
{
    static const struct moments of_table = {0, 0.02f}, of_bias = {0, 0.05f};
    struct slot_shape shape = slot_shape(maker->spec, slot);
    struct moments of_weight = of_table;
    if (shape.kind == SLOT_IS_VECTOR && shape.rows > 0)
        return add_tensor(maker, slot, layer, "", shape.rows, 0, of_bias,
                          error);
    if (shape.kind == SLOT_IS_LINEAR)
        of_weight = (struct moments){0, 1.2f / sqrtf((float)shape.columns)};
    if (shape.kind == SLOT_IS_NORM)
        of_weight = (struct moments){1, 0.1f};
    return shape.rows == 0 ||
           (add_tensor(maker, slot, layer, ".weight", shape.rows, shape.columns,
                       of_weight, error) &&
            (!shape.has_bias || add_tensor(maker, slot, layer, ".bias",
                                           shape.rows, 0, of_bias, error)));
}

static bool list_tensors(struct maker *maker, struct error *error)
{
    for (enum slot slot = 0; slot < SLOT_COUNT; slot++) {
        if (maker->names->modules[slot] == NULL)
            continue;
        bool is_per_layer = slot_shape(maker->spec, slot).is_per_layer;
        size_t copies = is_per_layer ? maker->spec->layers : 1;
        bool lacks_first =
            slot == SLOT_ATTENTION_NORM && maker->spec->lacks_first_norm;
        for (size_t layer = lacks_first; layer < copies; layer++)
            if (!add_module(maker, slot, layer, error))
                return false;
    }
    return true;
}

static bool fill_random(void *context, size_t index, void *data,
                        struct error *error)
{
    struct maker *maker = context;
    struct moments moments = maker->moments[index];
    float *out = data;
    (void)error;
    for (size_t i = 0; i < maker->list[index].bytes / sizeof *out; i++)
        out[i] = moments.mean + moments.spread * next_normal(&maker->random);
    return true;
}

static bool write_weights(const char *directory, struct error *error)
{
    struct config config;
    struct architecture architecture;
    if (!config_open(&config, directory, error))
        return false;
    /* No weights yet: a family that looks at them is in its first form. */
    struct tensors none = {0};
    bool found = architecture_find(&architecture, &config, error) &&
                 architecture_complete(&architecture, &config, &none, error);
    config_close(&config);
    if (!found)
        return false;

    architecture.spec.labels = 1;
    struct maker maker = {.spec = &architecture.spec,
                          .names = &architecture.names,
                          .random = 20261121};
    char *path = file_join(directory, "model.safetensors", error);
    bool fine = path != NULL && list_tensors(&maker, error) &&
                safetensors_write(path, maker.list, maker.count, fill_random,
                                  &maker, error);
    memory_free(path);
    memory_free(maker.list);
    memory_free(maker.moments);
    arena_free(&maker.memory);
    return fine;
}

bool bench_make(const struct options *options, struct error *error)
{
    const struct shape *shape = shape_find(options->shape, error);
    if (shape == NULL)
        return false;
    if (options->operand_count != 1)
        return error_set(error, "--make %s: a directory to write was expected",
                         options->shape);
    const char *directory = options->operands[0];
    if (mkdir(directory, 0777) != 0 && errno != EEXIST)
        return error_system(error, directory, errno);
    return write_config(shape, directory, error) &&
           write_tokenizer(shape, directory, error) &&
           write_weights(directory, error);
}
