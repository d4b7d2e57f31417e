#include "hub/plan.h"

#include "base/json.h"
#include "model/checkpoint.h"

#include <stdio.h>
#include <string.h>

/* Taken when they are there. */
static const char *const settings[] = {
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "modules.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
};

/* The first row whose first file is there; a second one must be there too. */
static const char *const tokenizers[][2] = {
    {"tokenizer.json", NULL},     {"vocab.txt", NULL},
    {"vocab.json", "merges.txt"}, {"sentencepiece.bpe.model", NULL},
    {"spm.model", NULL},
};

/* More files than any model is cut into. */
enum { PATH_ROOM = 1024, MOST_TEXT_BYTES = 16 << 20, MOST_NEEDED = 2048 };

struct planner {
    struct plan *plan;
    const struct listing *listing;
    struct slice id;
    plan_read *read;
    void *context;
    const char *folder; /* where shards lie: "", "2_Dense/" */
};

static bool add(struct planner *planner, const struct hub_file *file,
                struct error *error)
{
    struct plan *plan = planner->plan;
    for (size_t i = 0; i < plan->count; i++)
        if (plan->files[i] == file)
            return true;
    if (plan->count == MOST_NEEDED)
        return error_set(error, "%.*s: more than %d files would be needed",
                         (int)planner->id.length, planner->id.bytes,
                         MOST_NEEDED);
    if (!memory_grow((void **)&plan->files, &plan->capacity, plan->count + 1,
                     sizeof *plan->files, error))
        return false;
    plan->files[plan->count++] = file;
    return true;
}

/* FOLDERNAME in the listing, or NULL. */
static const struct hub_file *find(const struct planner *planner,
                                   const char *folder, const char *name)
{
    char path[PATH_ROOM];
    int length = snprintf(path, sizeof path, "%s%s", folder, name);
    return length < PATH_ROOM ? listing_find(planner->listing, path) : NULL;
}

static bool add_optional(struct planner *planner, const char *folder,
                         const char *name, struct error *error)
{
    const struct hub_file *file = find(planner, folder, name);
    return file == NULL || add(planner, file, error);
}

static bool lacks(const struct planner *planner, const char *what,
                  struct error *error)
{
    return error_set(error,
                     "%.*s: no %s: this is not a model that xenc can run",
                     (int)planner->id.length, planner->id.bytes, what);
}

static json_t *read_json(const struct planner *planner,
                         const struct hub_file *file, struct error *error)
{
    struct buffer bytes = {0};
    json_t *root = NULL;
    if (file->size > MOST_TEXT_BYTES)
        error_set(error, "%.*s: %s has more than %d MiB",
                  (int)planner->id.length, planner->id.bytes, file->path,
                  MOST_TEXT_BYTES >> 20);
    else if (planner->read(planner->context, file, &bytes, error))
        root = json_parse(buffer_slice(&bytes), file->path, 1, error);
    buffer_free(&bytes);
    return root;
}

/*** Weights ***/

static bool add_shard(void *context, const char *name, struct error *error)
{
    struct planner *planner = context;
    const struct hub_file *file = find(planner, planner->folder, name);
    char quoted[TEXT_QUOTE_BYTES];
    if (file != NULL)
        return add(planner, file, error);
    return error_set(error,
                     "%.*s: its index of weights names '%s', which is not "
                     "there",
                     (int)planner->id.length, planner->id.bytes,
                     text_quote(slice_of(name), quoted));
}

static bool add_shards(struct planner *planner, const struct hub_file *index,
                       struct error *error)
{
    json_t *root = read_json(planner, index, error);
    bool fine =
        root != NULL &&
        checkpoint_each_shard(root, index->path, add_shard, planner, error);
    json_decref(root);
    return fine && add(planner, index, error);
}

/* *found: whether the folder has weights. */
static bool add_weights(struct planner *planner, const char *folder,
                        bool *found, struct error *error)
{
    const struct hub_file *file = NULL;
    size_t i = 0;
    while (i < CHECKPOINT_NAMES && file == NULL)
        file = find(planner, folder, checkpoint_names[i++].name);
    *found = file != NULL;
    if (file == NULL)
        return true;
    planner->folder = folder;
    return checkpoint_names[i - 1].is_index ? add_shards(planner, file, error)
                                            : add(planner, file, error);
}

/*** The rest ***/

static bool add_tokenizer(struct planner *planner, struct error *error)
{
    for (size_t i = 0; i < sizeof tokenizers / sizeof *tokenizers; i++) {
        const struct hub_file *file = find(planner, "", tokenizers[i][0]);
        if (file == NULL)
            continue;
        return add(planner, file, error) &&
               (tokenizers[i][1] == NULL ||
                add_optional(planner, "", tokenizers[i][1], error));
    }
    return lacks(planner, "tokenizer", error);
}

static bool add_module(struct planner *planner, const json_t *module,
                       struct error *error)
{
    struct slice path = json_slice(json_object_get(module, "path"));
    char folder[PATH_ROOM];
    bool found;
    if (path.length == 0 || path.length >= PATH_ROOM - 1)
        return true;
    snprintf(folder, sizeof folder, "%.*s/", (int)path.length, path.bytes);
    return add_weights(planner, folder, &found, error) &&
           add_optional(planner, folder, "config.json", error);
}

static bool add_modules(struct planner *planner, struct error *error)
{
    const struct hub_file *file = find(planner, "", "modules.json");
    if (file == NULL)
        return true;
    json_t *list = read_json(planner, file, error);
    bool fine = list != NULL;
    for (size_t i = 0; i < json_array_size(list) && fine; i++)
        fine = add_module(planner, json_array_get(list, i), error);
    json_decref(list);
    return fine;
}

bool plan_make(struct plan *plan, const struct listing *listing,
               struct slice id, plan_read *read, void *context,
               struct error *error)
{
    *plan = (struct plan){0};
    struct planner planner = {plan, listing, id, read, context, ""};
    const struct hub_file *config = listing_find(listing, "config.json");
    bool has_weights = false;
    if (config == NULL)
        return lacks(&planner, "config.json", error);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (!add_optional(&planner, "", settings[i], error))
            return false;
    if (!add_tokenizer(&planner, error) || !add_modules(&planner, error) ||
        !add_weights(&planner, "", &has_weights, error))
        return false;
    return has_weights ? add(&planner, config, error)
                       : lacks(&planner,
                               "model.safetensors or pytorch_model.bin", error);
}

void plan_free(struct plan *plan)
{
    memory_free(plan->files);
    *plan = (struct plan){0};
}
