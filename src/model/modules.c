#include "model/modules.h"

#include "base/files.h"
#include "base/memory.h"
#include "model/checkpoint.h"

#include <stdio.h>
#include <string.h>

/* Class paths differ by version; their last component does not. */
static const struct {
    const char *class_name;
    const char *weights; /* the submodule that has them; NULL: none */
} kinds[] = {
    [MODULE_TRANSFORMER] = {"Transformer", NULL},
    [MODULE_POOLING] = {"Pooling", NULL},
    [MODULE_DENSE] = {"Dense", "linear"},
    [MODULE_LAYER_NORM] = {"LayerNorm", "norm"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Of the chain, and of its Transformer. */
static const char settings_name[] = "config_sentence_transformers.json";
static const char body_name[] = "sentence_bert_config.json";

/* More than chains have, and longer than folders are called. */
enum { MOST_MODULES = 16, FOLDER_BYTES = 64 };

/* An empty object where the file is absent. */
static bool open_optional(struct config *config, const struct folder *folder,
                          const char *name, struct error *error)
{
    if (folder_has(folder, name, error))
        return config_open_file(config, folder, name, error);
    if (error->set)
        return false;
    *config = (struct config){.root = json_object()};
    config->path = file_join(folder->path, name, error);
    return config->path != NULL &&
           (config->root != NULL || json_out_of_memory(error, name));
}

static bool check_length(const json_t *list, const char *path,
                         struct error *error)
{
    size_t count = json_array_size(list);
    return (count > 0 && count <= MOST_MODULES) ||
           error_set(error, "%s: a list of 1 to %d modules was expected", path,
                     MOST_MODULES);
}

static bool set_kind(struct module *module, const char *type, const char *path,
                     struct error *error)
{
    const char *dot = strrchr(type, '.');
    const char *class_name = dot ? dot + 1 : type;
    for (size_t i = 0; i < KINDS; i++)
        if (strcmp(class_name, kinds[i].class_name) == 0) {
            module->kind = (enum module_kind)i;
            return true;
        }
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error,
                     "%s: module '%s': Transformer, Pooling, Dense and "
                     "LayerNorm are supported",
                     path, text_quote(slice_of(class_name), quoted));
}

/* The body lies in the directory itself, other modules in a folder of it: a
 * name that leads elsewhere is hostile. */
static bool is_fine_folder(enum module_kind kind, const char *folder)
{
    if (kind == MODULE_TRANSFORMER)
        return folder[0] == '\0';
    return folder[0] != '\0' && folder[0] != '.' &&
           strpbrk(folder, "/%") == NULL && strlen(folder) < FOLDER_BYTES;
}

static bool set_folder(struct modules *modules, struct module *module,
                       const char *folder, const char *path,
                       struct error *error)
{
    if (!is_fine_folder(module->kind, folder))
        return error_set(error,
                         "%s: a Transformer with the path \"\" and other "
                         "modules with that of a folder were expected",
                         path);
    char weights[2 * FOLDER_BYTES] = "";
    if (kinds[module->kind].weights != NULL)
        snprintf(weights, sizeof weights, "%s/%s", folder,
                 kinds[module->kind].weights);
    module->folder =
        arena_copy(&modules->memory, folder, strlen(folder), error);
    module->weights =
        arena_copy(&modules->memory, weights, strlen(weights), error);
    return module->folder != NULL && module->weights != NULL;
}

static bool open_module(struct modules *modules, struct module *module,
                        const struct config *entry, const struct folder *folder,
                        struct error *error)
{
    const char *type = config_text(entry, "type", "", error);
    const char *name = config_text(entry, "path", "", error);
    if (error->set || !set_kind(module, type, entry->path, error) ||
        !set_folder(modules, module, name, entry->path, error))
        return false;
    if (module->kind == MODULE_TRANSFORMER)
        return open_optional(&module->config, folder, body_name, error);
    char *path = file_join(name, "config.json", error);
    bool fine =
        path != NULL && config_open_file(&module->config, folder, path, error);
    memory_free(path);
    return fine;
}

static bool open_list(struct modules *modules, const json_t *list,
                      const struct folder *folder, struct error *error)
{
    modules->list =
        memory_new(json_array_size(list), sizeof *modules->list, error);
    if (modules->list == NULL)
        return false;
    modules->count = json_array_size(list);
    for (size_t i = 0; i < modules->count; i++) {
        struct config entry = {json_array_get(list, i), modules->path, NULL};
        if (!open_module(modules, &modules->list[i], &entry, folder, error))
            return false;
    }
    if (modules->list[0].kind == MODULE_TRANSFORMER)
        return true;
    return error_set(error, "%s: a Transformer was expected first",
                     modules->path);
}

/* Whether the body gives hidden states, for the modules after it, or logits. */
static bool read_task(struct modules *modules, struct error *error)
{
    const struct config *body = &modules->list[0].config;
    const char *task =
        config_text(body, "transformer_task", "feature-extraction", error);
    modules->has_head = strcmp(task, "feature-extraction") == 0;
    modules->token_limit = config_count(body, "max_seq_length", 0, error);
    if (!modules->has_head && strcmp(task, "sequence-classification") != 0) {
        char quoted[TEXT_QUOTE_BYTES];
        return error_set(error,
                         "%s: transformer_task '%s': feature-extraction and "
                         "sequence-classification are supported",
                         body->path, text_quote(slice_of(task), quoted));
    }
    if (!modules->has_head && modules->count > 1)
        return error_set(error,
                         "%s: no module was expected after a Transformer for "
                         "sequence-classification",
                         body->path);
    return !error->set;
}

/* The reference puts the prompt of that name before every first text. */
static bool refuse_prompt(const struct config *settings, struct error *error)
{
    const char *name =
        config_text(settings, "default_prompt_name", NULL, error);
    if (name == NULL)
        return !error->set;
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error,
                     "%s: default_prompt_name '%s': prompts are not supported",
                     settings->path, text_quote(slice_of(name), quoted));
}

static bool open_chain(struct modules *modules, const struct folder *folder,
                       struct error *error)
{
    modules->path = file_join(folder->path, "modules.json", error);
    if (modules->path == NULL)
        return false;
    modules->root = folder_value(folder, "modules.json", error);
    return modules->root != NULL &&
           check_length(modules->root, modules->path, error) &&
           open_list(modules, modules->root, folder, error) &&
           read_task(modules, error) &&
           refuse_prompt(&modules->settings, error);
}

bool modules_open(struct modules **modules, const struct folder *folder,
                  struct error *error)
{
    *modules = NULL;
    if (!folder_has(folder, "modules.json", error))
        return !error->set;
    struct modules *chain = memory_new(1, sizeof *chain, error);
    bool fine = chain != NULL &&
                open_optional(&chain->settings, folder, settings_name, error);
    const char *type =
        fine ? config_text(&chain->settings, "model_type", "", error) : "";
    bool is_ours = strcmp(type, "CrossEncoder") == 0;
    if (fine && is_ours)
        fine = open_chain(chain, folder, error);
    if (fine && is_ours && !error->set)
        *modules = chain;
    else
        modules_close(chain);
    return !error->set;
}

void modules_close(struct modules *modules)
{
    if (modules == NULL)
        return;
    for (size_t i = 0; i < modules->count; i++)
        config_close(&modules->list[i].config);
    memory_free(modules->list);
    memory_free(modules->path);
    json_decref(modules->root);
    config_close(&modules->settings);
    arena_free(&modules->memory);
    memory_free(modules);
}

bool modules_add_files(const struct modules *modules, json_t *files)
{
    if (modules == NULL)
        return true;
    bool fine =
        json_object_set(files, "modules.json", modules->root) == 0 &&
        json_object_set(files, settings_name, modules->settings.root) == 0;
    for (size_t i = 0; fine && i < modules->count; i++) {
        const struct module *module = &modules->list[i];
        char name[2 * FOLDER_BYTES];
        snprintf(name, sizeof name, "%s/config.json", module->folder);
        fine = json_object_set(
                   files, module->kind == MODULE_TRANSFORMER ? body_name : name,
                   module->config.root) == 0;
    }
    return fine;
}

/* Copies the table's entries under "FOLDER/NAME"; the bytes stay its own. */
static bool add_renamed(struct tensors *tensors, const struct tensors *read,
                        const char *folder, struct error *error)
{
    for (size_t i = 0; i < read->count; i++) {
        struct tensor tensor = read->list[i];
        struct buffer name = {0};
        bool fine =
            buffer_append_text(&name, folder, error) &&
            buffer_append_text(&name, "/", error) &&
            buffer_append(&name, tensor.name.bytes, tensor.name.length, error);
        tensor.name = buffer_slice(&name);
        fine = fine && tensors_add(tensors, &tensor, folder, error);
        buffer_free(&name);
        if (!fine)
            return false;
    }
    return true;
}

static bool read_folder(const struct module *module, const char *directory,
                        struct tensors *tensors, struct error *error)
{
    struct tensors read;
    char *path = file_join(directory, module->folder, error);
    bool fine = path != NULL && checkpoint_open(&read, path, error);
    memory_free(path);
    if (!fine)
        return false;
    fine = add_renamed(tensors, &read, module->folder, error) &&
           tensors_take_bytes(tensors, &read, error);
    tensors_free(&read);
    return fine;
}

bool modules_read_weights(const struct modules *modules, const char *directory,
                          struct tensors *tensors, struct error *error)
{
    size_t count = modules != NULL ? modules->count : 0;
    for (size_t i = 0; i < count; i++)
        if (modules->list[i].weights[0] != '\0' &&
            !read_folder(&modules->list[i], directory, tensors, error))
            return false;
    return true;
}
