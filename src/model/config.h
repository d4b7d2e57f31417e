/*
 * config.h - config.json: keys with defaults, refusals by name.
 *
 * The getters fill `error` on a value of the wrong kind or out of range and
 * return the fallback; the first error wins, so a caller reads many keys and
 * looks at error->set once.
 */
#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include "base/error.h"
#include "base/json.h"
#include "model/folder.h"

struct modules;

struct config {
    json_t *root;
    char *path; /* of config.json, for messages */
    /* modules.json beside it (model/modules.h); NULL: the model is what
     * config.json says, with a head of its own */
    struct modules *modules;
};

/* Larger sizes are refused: products of a few of them must fit size_t. */
enum { CONFIG_SIZE_LIMIT = 1 << 24 };

/* A model directory's: config.json and modules.json. */
bool config_open(struct config *config, const char *directory,
                 struct error *error);
/* The same of a directory or of what is packed. */
bool config_open_folder(struct config *config, const struct folder *folder,
                        struct error *error);
/* One JSON file alone.  Closed on failure, all of them. */
bool config_open_file(struct config *config, const struct folder *folder,
                      const char *name, struct error *error);
void config_close(struct config *config);

/*
 * The longest sequence in tokens by the reference's rule: the smaller of
 * config.json's max_position_embeddings (`positions`; the architecture has a
 * default) and the tokenizer's model_max_length.  In a chain of modules its
 * max_seq_length stands for both.  SIZE_MAX, here and there: none.
 */
size_t config_token_limit(const struct config *config, size_t positions,
                          size_t tokenizer_limit);

/* The line of a key of the file, for messages; 0: not known. */
uint64_t config_line(const struct config *config, const char *key);

bool config_has(const struct config *config, const char *key);
/* At least 1, at most CONFIG_SIZE_LIMIT; a fallback of 0 makes it required. */
size_t config_size(const struct config *config, const char *key,
                   size_t fallback, struct error *error);
/* As config_size, but 0 may be written and is a fine fallback. */
size_t config_count(const struct config *config, const char *key,
                    size_t fallback, struct error *error);
/* As config_size, but a number below 1 stands for the fallback, often as -1. */
size_t config_positive(const struct config *config, const char *key,
                       size_t fallback, struct error *error);
double config_real(const struct config *config, const char *key, double least,
                   double most, double fallback, struct error *error);
/* What a layer norm adds to the variance: from 0 to 1. */
float config_epsilon(const struct config *config, const char *key,
                     double fallback, struct error *error);
bool config_flag(const struct config *config, const char *key, bool fallback,
                 struct error *error);
/* An object, borrowed; NULL where the key is absent or null. */
json_t *config_object(const struct config *config, const char *key,
                      struct error *error);
/* NULL fallback is allowed; a null value counts as absent. */
const char *config_text(const struct config *config, const char *key,
                        const char *fallback, struct error *error);

#endif
