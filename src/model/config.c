#include "model/config.h"

#include "base/files.h"
#include "base/memory.h"
#include "model/modules.h"

bool config_open_file(struct config *config, const struct folder *folder,
                      const char *name, struct error *error)
{
    *config = (struct config){0};
    config->path = file_join(folder->path, name, error);
    if (config->path != NULL)
        config->root = folder_object(folder, name, error);
    if (config->root == NULL)
        config_close(config);
    return config->root != NULL;
}

uint64_t config_line(const struct config *config, const char *key)
{
    struct buffer text = {0};
    struct error ignored = {0};
    uint64_t line = file_read(&text, config->path, FILE_READ_MOST, &ignored)
                        ? json_key_line(buffer_slice(&text), key)
                        : 0;
    buffer_free(&text);
    return line;
}

static bool has_config(const struct folder *folder, struct error *error)
{
    return folder_has(folder, "config.json", error) ||
           error_set(error,
                     "%s: no config.json: a Hugging Face model "
                     "directory has config.json, tokenizer.json and "
                     "model.safetensors",
                     folder->path);
}

bool config_open_folder(struct config *config, const struct folder *folder,
                        struct error *error)
{
    *config = (struct config){0};
    if (!has_config(folder, error) ||
        !config_open_file(config, folder, "config.json", error))
        return false;
    if (modules_open(&config->modules, folder, error))
        return true;
    config_close(config);
    return false;
}

bool config_open(struct config *config, const char *directory,
                 struct error *error)
{
    return config_open_folder(config, &(struct folder){directory, NULL}, error);
}

void config_close(struct config *config)
{
    modules_close(config->modules);
    json_decref(config->root);
    memory_free(config->path);
    *config = (struct config){0};
}

static const json_t *value_of(const struct config *config, const char *key)
{
    const json_t *value = json_object_get(config->root, key);
    return json_is_null(value) ? NULL : value;
}

bool config_has(const struct config *config, const char *key)
{
    return value_of(config, key) != NULL;
}

static size_t size_between(const struct config *config, const char *key,
                           json_int_t least, size_t fallback,
                           struct error *error)
{
    const json_t *value = value_of(config, key);
    if (value == NULL)
        return fallback;
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= least &&
        number <= CONFIG_SIZE_LIMIT)
        return (size_t)number;
    error_set(error, "%s: %s: a whole number from %lld to %d was expected",
              config->path, key, (long long)least, CONFIG_SIZE_LIMIT);
    return fallback;
}

size_t config_size(const struct config *config, const char *key,
                   size_t fallback, struct error *error)
{
    if (fallback == 0 && !config_has(config, key))
        error_set(error, "%s: no %s: the architecture needs it", config->path,
                  key);
    return size_between(config, key, 1, fallback, error);
}

size_t config_count(const struct config *config, const char *key,
                    size_t fallback, struct error *error)
{
    return size_between(config, key, 0, fallback, error);
}

size_t config_positive(const struct config *config, const char *key,
                       size_t fallback, struct error *error)
{
    const json_t *value = value_of(config, key);
    if (json_is_integer(value) && json_integer_value(value) < 1)
        return fallback;
    return size_between(config, key, 1, fallback, error);
}

double config_real(const struct config *config, const char *key, double least,
                   double most, double fallback, struct error *error)
{
    const json_t *value = value_of(config, key);
    if (value == NULL)
        return fallback;
    double number = json_number_value(value);
    if (json_is_number(value) && number >= least && number <= most)
        return number;
    error_set(error, "%s: %s: a number from %g to %g was expected",
              config->path, key, least, most);
    return fallback;
}

float config_epsilon(const struct config *config, const char *key,
                     double fallback, struct error *error)
{
    return (float)config_real(config, key, 0, 1, fallback, error);
}

bool config_flag(const struct config *config, const char *key, bool fallback,
                 struct error *error)
{
    const json_t *value = value_of(config, key);
    if (value == NULL)
        return fallback;
    if (json_is_boolean(value))
        return json_is_true(value);
    error_set(error, "%s: %s: true or false was expected", config->path, key);
    return fallback;
}

json_t *config_object(const struct config *config, const char *key,
                      struct error *error)
{
    json_t *value = json_object_get(config->root, key);
    if (value == NULL || json_is_null(value))
        return NULL;
    if (json_is_object(value))
        return value;
    error_set(error, "%s: %s: an object was expected", config->path, key);
    return NULL;
}

const char *config_text(const struct config *config, const char *key,
                        const char *fallback, struct error *error)
{
    const json_t *value = value_of(config, key);
    if (value == NULL)
        return fallback;
    if (json_is_string(value))
        return json_string_value(value);
    error_set(error, "%s: %s: a string was expected", config->path, key);
    return fallback;
}

size_t config_token_limit(const struct config *config, size_t positions,
                          size_t tokenizer_limit)
{
    if (config->modules != NULL && config->modules->token_limit > 0)
        return config->modules->token_limit;
    return positions < tokenizer_limit ? positions : tokenizer_limit;
}
