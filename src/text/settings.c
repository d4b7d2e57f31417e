#include "text/settings.h"

#include "base/files.h"

#include <string.h>

/*
 * Precedence, as in the reference: special_tokens_map.json over
 * tokenizer_config.json, but not where the latter has added_tokens_decoder;
 * a written value over the class's own.
 */

/* DIRECTORY/NAME as an object; an empty one where the file is absent. */
static json_t *load(const char *directory, const char *name,
                    struct error *error)
{
    char *path = file_join(directory, name, error);
    if (path == NULL)
        return NULL;
    json_t *root = NULL;
    if (file_exists(path, error))
        root = json_load_object(path, error);
    else if (!error->set)
        root = json_object();
    memory_free(path);
    if (root == NULL)
        json_out_of_memory(error, name);
    return root;
}

/* Its objects are special tokens without saying so. */
static bool merge_special_map(struct settings *settings, const char *directory,
                              struct error *error)
{
    if (json_object_get(settings->config, "added_tokens_decoder") != NULL)
        return true;
    json_t *map = load(directory, "special_tokens_map.json", error);
    if (map == NULL)
        return false;

    const char *key;
    json_t *value;
    bool fine = true;
    json_object_foreach(map, key, value)
    {
        fine =
            fine && (!json_is_object(value) ||
                     json_object_set_new(value, "special", json_true()) == 0);
        fine = fine && json_object_set(settings->config, key, value) == 0;
    }
    json_decref(map);
    return fine || json_out_of_memory(error, directory);
}

/* A key of an object; null counts as absent. */
static json_t *value_of(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);
    return json_is_null(value) ? NULL : value;
}

/* A class that is named wins over the one registered for the model_type. */
static void find_class(struct settings *settings)
{
    struct slice type = json_slice(value_of(settings->model, "model_type"));
    struct slice name =
        json_slice(value_of(settings->config, "tokenizer_class"));
    if (name.bytes == NULL)
        name = json_slice(value_of(settings->model, "tokenizer_class"));
    settings->class_name = name;
    if (name.bytes == NULL && type.bytes != NULL)
        settings->class = tokenizer_class_for(type);
    if (settings->class == NULL)
        settings->class =
            tokenizer_class_named(name.bytes ? name : (struct slice){"", 0});
}

bool settings_open(struct settings *settings, const char *directory,
                   struct error *error)
{
    *settings = (struct settings){.directory = directory};
    settings->path = file_join(directory, "tokenizer_config.json", error);
    if (settings->path != NULL)
        settings->model = load(directory, "config.json", error);
    if (settings->model != NULL)
        settings->config = load(directory, "tokenizer_config.json", error);
    if (settings->config != NULL)
        settings->added = load(directory, "added_tokens.json", error);
    if (settings->added == NULL ||
        !merge_special_map(settings, directory, error)) {
        settings_close(settings);
        return false;
    }
    find_class(settings);
    return true;
}

void settings_close(struct settings *settings)
{
    json_decref(settings->model);
    json_decref(settings->config);
    json_decref(settings->added);
    memory_free(settings->path);
    *settings = (struct settings){0};
}

bool settings_flag(const struct settings *settings, const char *key,
                   bool fallback, struct error *error)
{
    const json_t *value = value_of(settings->config, key);
    if (value == NULL)
        return fallback;
    if (!json_is_boolean(value))
        error_set(error, "%s: %s: true or false was expected", settings->path,
                  key);
    return json_is_true(value);
}

static bool read_flag(const json_t *object, const char *key, bool fallback,
                      bool *flag)
{
    const json_t *value = value_of(object, key);
    *flag = value ? json_is_true(value) : fallback;
    return value == NULL || json_is_boolean(value);
}

bool settings_read_token(const json_t *value, const char *path,
                         struct added_token *token, struct error *error)
{
    *token = (struct added_token){
        .content = json_slice(json_object_get(value, "content"))};
    bool fine =
        token->content.bytes != NULL &&
        read_flag(value, "special", false, &token->special) &&
        read_flag(value, "lstrip", false, &token->lstrip) &&
        read_flag(value, "rstrip", false, &token->rstrip) &&
        read_flag(value, "single_word", false, &token->single_word) &&
        read_flag(value, "normalized", !token->special, &token->normalized);
    return fine ||
           error_set(error,
                     "%s: an added token: {\"content\": text, \"lstrip\": "
                     "true or false, ...} was expected",
                     path);
}

/* A plain string gets the flags that the class gives it in code. */
static struct added_token class_special(const struct tokenizer_class *class,
                                        enum special_name name,
                                        struct slice content)
{
    bool is_mask = name == SPECIAL_MASK;
    unsigned normalized = is_mask               ? MASK_NORMALIZED
                          : name == SPECIAL_UNK ? UNK_NORMALIZED
                                                : 0;
    return (struct added_token){
        .content = content,
        .special = true,
        .lstrip = is_mask && (class->flags & MASK_LSTRIP) != 0,
        .normalized = (class->flags & normalized) != 0,
    };
}

/* A special token from its value: a string, or an object with flags. */
static struct added_token read_special(const struct settings *settings,
                                       const char *key, const json_t *value,
                                       struct error *error)
{
    struct added_token token = {.content = {"", 0}};
    if (json_is_string(value))
        token.content = json_slice(value);
    else if (json_is_object(value))
        settings_read_token(value, settings->path, &token, error);
    else
        error_set(error, "%s: %s: a string or an object was expected",
                  settings->path, key);
    token.special = true;
    return token;
}

struct added_token settings_special(const struct settings *settings,
                                    enum special_name name, bool *is_written,
                                    struct error *error)
{
    const char *key = special_keys[name];
    const json_t *value = value_of(settings->config, key);
    const char *fallback = settings->class->specials[name];
    *is_written = value != NULL;
    if (value == NULL)
        return class_special(settings->class, name,
                             slice_of(fallback ? fallback : ""));
    if (json_is_string(value))
        return class_special(settings->class, name, json_slice(value));
    return read_special(settings, key, value, error);
}

size_t settings_additional_count(const struct settings *settings)
{
    return json_array_size(
        json_object_get(settings->config, "additional_special_tokens"));
}

struct added_token settings_additional(const struct settings *settings,
                                       size_t index, struct error *error)
{
    const char *key = "additional_special_tokens";
    const json_t *list = json_object_get(settings->config, key);
    return read_special(settings, key, json_array_get(list, index), error);
}

/* The key is written by hand or by a library: 512, 1e30, or 10^30 in full. */
size_t settings_limit(const struct settings *settings, struct error *error)
{
    const double absurd = 1e9; /* the reference writes 1e30 for "none" */
    const json_t *value = value_of(settings->config, "model_max_length");
    if (value == NULL)
        return SIZE_MAX;
    double limit = json_number_value(value);
    if (!json_is_number(value) || !(limit >= 1)) {
        error_set(error, "%s: model_max_length: a number from 1 was expected",
                  settings->path);
        return SIZE_MAX;
    }
    return limit > absurd ? SIZE_MAX : (size_t)limit;
}

bool settings_keep_end(const struct settings *settings, struct error *error)
{
    const json_t *value = value_of(settings->config, "truncation_side");
    struct slice side = json_slice(value);
    bool is_left = side.bytes != NULL && slice_is(side, "left");
    if (value != NULL && !is_left &&
        (side.bytes == NULL || !slice_is(side, "right")))
        error_set(error, "%s: truncation_side: left or right was expected",
                  settings->path);
    return is_left;
}

bool settings_lower_first(const struct settings *settings, struct error *error)
{
    const char *directory = settings->directory;
    json_t *chain = load(directory, "config_sentence_transformers.json", error);
    json_t *body = load(directory, "sentence_bert_config.json", error);
    struct slice type = json_slice(json_object_get(chain, "model_type"));
    bool lowers = type.bytes != NULL && slice_is(type, "CrossEncoder") &&
                  json_is_true(json_object_get(body, "do_lower_case"));
    json_decref(chain);
    json_decref(body);
    return lowers;
}

bool settings_give_types(const struct settings *settings)
{
    /* These models have no token types, whatever the tokenizer says. */
    struct slice type = json_slice(value_of(settings->model, "model_type"));
    if (type.bytes != NULL &&
        (slice_is(type, "distilbert") || slice_is(type, "modernbert")))
        return false;

    const json_t *names = value_of(settings->config, "model_input_names");
    if (!json_is_array(names))
        return settings->class->gives_types;
    for (size_t i = 0; i < json_array_size(names); i++) {
        struct slice name = json_slice(json_array_get(names, i));
        if (name.bytes != NULL && slice_is(name, "token_type_ids"))
            return true;
    }
    return false;
}
