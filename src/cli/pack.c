/*
 * pack.c - `xenc pack`: a model directory -> one file that is mapped as it is.
 *
 * The model is opened as for scoring, so that only what runs is packed; its
 * tokenizer's tables and its weights are then written as they lie in memory.
 */
#include "config.h"

#include "base/memory.h"
#include "cli/message.h"
#include "cli/model.h"
#include "model/card.h"
#include "model/modules.h"
#include "text/packed.h"

#include <stdio.h>
#include <stdlib.h>

/* What is about to be written. */
struct packing {
    struct model model;
    struct tensors tensors; /* pointing into the model */
    json_t *metadata;       /* of texts */
    struct error *error;
};

/* Adds a text to the metadata; takes the string over, NULL is an error. */
static bool set_text(struct packing *packing, const char *key, json_t *text)
{
    return json_object_set_new(packing->metadata, key, text) == 0 ||
           error_set(packing->error, "%s: no UTF-8, or out of memory", key);
}

/* A value, which is taken over, as text. */
static bool set_value(struct packing *packing, const char *key, json_t *value)
{
    struct buffer text = {0};
    bool fine =
        value != NULL
            ? json_append_value(&text, value, true, packing->error) &&
                  set_text(packing, key, json_stringn(text.bytes, text.length))
            : json_out_of_memory(packing->error, key);
    buffer_free(&text);
    json_decref(value);
    return fine;
}

/* A tree of which no part is missing, else NULL. */
static json_t *checked(json_t *tree, bool is_whole)
{
    if (is_whole)
        return tree;
    json_decref(tree);
    return NULL;
}

/* config.json, and those of a chain of modules beside it. */
static bool add_files(struct packing *packing)
{
    const struct config *config = &packing->model.config;
    json_t *files = json_object();
    bool fine = json_object_set(files, "config.json", config->root) == 0 &&
                modules_add_files(config->modules, files);
    return set_value(packing, "files", checked(files, fine));
}

/* What people and other programs may want to read; xenc reads "files". */
static bool add_facts(struct packing *packing)
{
    const struct model *model = &packing->model;
    const struct spec *spec = encoder_spec(model->encoder);
    char layout[LAYOUT_TEXT_BYTES];
    json_t *labels = json_array();
    double parameters = 0;
    struct buffer card = {0};
    layout_print(&model->gemm->layout, layout);
    for (size_t i = 0; i < model->tensors.count; i++)
        parameters += tensor_elements(&model->tensors.list[i]);
    bool has_labels = true;
    for (size_t i = 0; i < model->task.labels; i++)
        has_labels =
            json_array_append_new(
                labels, json_string(model->task.label_names[i])) == 0 &&
            has_labels;
    bool fine =
        set_value(packing, "labels", checked(labels, has_labels)) &&
        card_read(&card, model->path, packing->error) &&
        set_text(packing, "card",
                 json_stringn(card.bytes ? card.bytes : "", card.length)) &&
        set_text(packing, "architecture", json_string(spec->family)) &&
        set_text(packing, "activation",
                 json_string(output_activation_name(model->task.activation))) &&
        set_text(packing, "limit", json_sprintf("%zu", model->token_limit)) &&
        set_text(packing, "precision",
                 json_string(precision_names[model->precision])) &&
        set_text(packing, "layout", json_string(layout)) &&
        set_text(packing, "parameters", json_sprintf("%.0f", parameters)) &&
        set_text(packing, "xenc", json_string(PACKAGE_VERSION));
    buffer_free(&card);
    return fine;
}

/* {"NAME": layout} of the matrices that do not lie row by row, with their
 * shapes; in the file they are bytes. */
static bool add_layouts(struct packing *packing)
{
    json_t *layouts = json_object();
    bool fine = true;
    for (size_t i = 0; i < packing->tensors.count; i++) {
        struct tensor *tensor = &packing->tensors.list[i];
        if (tensor->layout == NULL)
            continue;
        json_t *layout =
            json_pack("[I,I,s]", (json_int_t)tensor->shape[0],
                      (json_int_t)tensor->shape[1], tensor->layout);
        fine = json_object_set_new(layouts, tensor->name.bytes, layout) == 0 &&
               fine;
        tensor->dimensions = 1;
        tensor->shape[0] = tensor->bytes;
    }
    return set_value(packing, "matrices", checked(layouts, fine));
}

static bool pack(struct packing *packing, const struct options *options)
{
    struct error *error = packing->error;
    if (options->output == NULL)
        return error_set(error, "pack: -o FILE was expected");
    if (!model_open_parts(&packing->model, options, &packing->tensors, error))
        return false;
    if (model_is_packed(&packing->model))
        return error_set(error,
                         "%s: is packed already: a directory was "
                         "expected",
                         packing->model.path);
    packing->metadata = json_object();
    return add_files(packing) && add_facts(packing) && add_layouts(packing) &&
           set_value(packing, "tokenizer",
                     tokenizer_pack(packing->model.tokenizer, &packing->tensors,
                                    error)) &&
           packfile_write(options->output, &packing->tensors, packing->metadata,
                          error);
}

static int run(const struct options *options)
{
    struct error error = {0};
    struct packing packing = {.error = &error};
    pack(&packing, options);
    json_decref(packing.metadata);
    tensors_free(&packing.tensors);
    model_close(&packing.model);
    return error.set ? complain(&error) : EXIT_DONE;
}

static const char *const description[] = {
    "Writes a model directory as one file that opens in a few milliseconds: "
    "the weights and the tokenizer's tables lie in it as they are used, so "
    "that nothing is read before it is needed. Wherever a model is named, "
    "the file may stand in its place; scores are those of the directory at "
    "the same precision.",
    "The format is described in xenc-packfile(5).",
    NULL,
};

static const struct example examples[] = {
    {"xenc pack -m ./ms-marco-MiniLM-L6-v2 -o minilm.xenc", "Packs a model."},
    {"xenc score -m ./minilm.xenc pairs.tsv", "Scores with it."},
    {NULL, NULL},
};

const struct command command_pack = {
    .name = "pack",
    .bit = FOR_PACK,
    .summary = "write a model as one file that opens at once",
    .synopsis = "[-m MODEL] [--precision TYPE] -o FILE",
    .description = description,
    .examples = examples,
    .most_operands = 0,
    .run = run,
};
