#include "cli/bench_make.h"

#include "base/files.h"
#include "base/memory.h"
#include "cli/bench_tokenizer.h"
#include "cli/model_path.h"
#include "families/family.h"
#include "model/safetensors_write.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* What the shapes of a family have in common. */
struct recipe {
    const char *model_type, *architecture;
    const char *keys;           /* of config.json, beside the sizes */
    const char *tokenizer_keys; /* of tokenizer_config.json */
    bench_tokenizer *tokenizer; /* NULL: the shipped model's vocabulary */
};

static const struct recipe bert = {
    .model_type = "bert",
    .architecture = "BertForSequenceClassification",
    .keys = "\"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 0",
    .tokenizer_keys =
        "\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": true",
};

static const struct recipe electra_base = {
    .model_type = "electra",
    .architecture = "ElectraForSequenceClassification",
    .keys = "\"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 0, "
            "\"embedding_size\": 768",
    .tokenizer_keys =
        "\"tokenizer_class\": \"ElectraTokenizer\", \"do_lower_case\": true",
};

static const struct recipe xlm_roberta = {
    .model_type = "xlm-roberta",
    .architecture = "XLMRobertaForSequenceClassification",
    .keys = "\"type_vocab_size\": 1, \"layer_norm_eps\": 1e-5, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 1, "
            "\"bos_token_id\": 0, \"eos_token_id\": 2",
    .tokenizer_keys = "\"tokenizer_class\": \"XLMRobertaTokenizer\"",
    .tokenizer = bench_tokenizer_xlm_roberta,
};

static const struct recipe deberta = {
    .model_type = "deberta",
    .architecture = "DebertaForSequenceClassification",
    .keys = "\"type_vocab_size\": 0, \"layer_norm_eps\": 1e-7, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 3, "
            "\"relative_attention\": true, "
            "\"pos_att_type\": [\"c2p\", \"p2c\"], "
            "\"position_biased_input\": false, "
            "\"max_relative_positions\": -1",
    .tokenizer_keys = "\"tokenizer_class\": \"DebertaTokenizer\"",
    .tokenizer = bench_tokenizer_modernbert,
};

static const struct recipe deberta_v3 = {
    .model_type = "deberta-v2",
    .architecture = "DebertaV2ForSequenceClassification",
    .keys = "\"type_vocab_size\": 0, \"layer_norm_eps\": 1e-7, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 0, "
            "\"relative_attention\": true, \"position_buckets\": 256, "
            "\"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true, "
            "\"pos_att_type\": [\"p2c\", \"c2p\"], "
            "\"position_biased_input\": false, "
            "\"max_relative_positions\": -1",
    .tokenizer_keys = "\"tokenizer_class\": \"DebertaV2Tokenizer\"",
    .tokenizer = bench_tokenizer_deberta,
};

static const struct recipe modernbert = {
    .model_type = "modernbert",
    .architecture = "ModernBertForSequenceClassification",
    .keys = "\"pad_token_id\": 3, \"cls_token_id\": 1, "
            "\"sep_token_id\": 2, \"bos_token_id\": 1, "
            "\"eos_token_id\": 2, \"norm_eps\": 1e-5, "
            "\"local_attention\": 128, \"global_attn_every_n_layers\": 3, "
            "\"global_rope_theta\": 160000.0, "
            "\"local_rope_theta\": 10000.0",
    .tokenizer_keys =
        "\"tokenizer_class\": \"PreTrainedTokenizerFast\", "
        "\"model_input_names\": [\"input_ids\", \"attention_mask\"]",
    .tokenizer = bench_tokenizer_modernbert,
};

/* Published shapes; names as in the field's comparisons. */
static const struct shape {
    const char *name;
    const struct recipe *recipe;
    int layers, hidden, heads, intermediate, vocabulary, positions;
} shapes[] = {
    {"tinybert-l2", &bert, 2, 128, 2, 512, 30522, 512},
    {"minilm-l2", &bert, 2, 384, 12, 1536, 30522, 512},
    {"minilm-l4", &bert, 4, 384, 12, 1536, 30522, 512},
    {"minilm-l6", &bert, 6, 384, 12, 1536, 30522, 512},
    {"minilm-l12", &bert, 12, 384, 12, 1536, 30522, 512},
    {"bert-base", &bert, 12, 768, 12, 3072, 30522, 512},
    {"electra-base", &electra_base, 12, 768, 12, 3072, 30522, 512},
    {"xlmr-base", &xlm_roberta, 12, 768, 12, 3072, 250002, 514},
    {"deberta-base", &deberta, 12, 768, 12, 3072, 50265, 512},
    {"deberta-v3-xsmall", &deberta_v3, 12, 384, 6, 1536, 128100, 512},
    {"deberta-v3-base", &deberta_v3, 12, 768, 12, 3072, 128100, 512},
    {"modernbert-base", &modernbert, 22, 768, 12, 1152, 50368, 8192},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static const struct shape *find_shape(const char *name, struct error *error)
{
    char names[256] = "", quoted[TEXT_QUOTE_BYTES];
    for (size_t i = 0, at = 0; i < SHAPES; i++) {
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
        if (at < sizeof names)
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%s",
                                   i > 0 ? ", " : "", shapes[i].name);
    }
    error_set(error, "--make '%s': shapes are %s",
              text_quote(slice_of(name), quoted), names);
    return NULL;
}

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
    const struct recipe *recipe = shape->recipe;
    char text[2048];
    int length = snprintf(
        text, sizeof text,
        "{\n  \"architectures\": [\"%s\"],\n  \"model_type\": \"%s\",\n"
        "  \"num_hidden_layers\": %d, \"hidden_size\": %d, "
        "\"num_attention_heads\": %d, \"intermediate_size\": %d,\n"
        "  \"vocab_size\": %d, \"max_position_embeddings\": %d,\n  %s,\n"
        "  \"id2label\": {\"0\": \"LABEL_0\"}, "
        "\"label2id\": {\"LABEL_0\": 0}\n}\n",
        recipe->architecture, recipe->model_type, shape->layers, shape->hidden,
        shape->heads, shape->intermediate, shape->vocabulary, shape->positions,
        recipe->keys);
    return write_text(directory, "config.json", text, (size_t)length, error);
}

static bool write_tokenizer_config(const struct shape *shape,
                                   const char *directory, struct error *error)
{
    char text[512];
    int limit = shape->positions == 514 ? 512 : shape->positions;
    int length = snprintf(text, sizeof text, "{%s, \"model_max_length\": %d}\n",
                          shape->recipe->tokenizer_keys, limit);
    return write_text(directory, "tokenizer_config.json", text, (size_t)length,
                      error);
}

/* Lengths of texts in tokens should be real: the shipped model's vocabulary. */
static bool copy_vocabulary(const char *directory, struct error *error)
{
    struct file file = {0};
    char *shipped = model_path(NULL, error);
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
    bool found = architecture_find(&architecture, &config, error);
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
    const struct shape *shape = find_shape(options->shape, error);
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
