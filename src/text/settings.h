/*
 * settings.h - what the small files of a model directory say about its
 * tokenizer: config.json, tokenizer_config.json, special_tokens_map.json,
 * added_tokens.json.
 *
 * Getters fill `error` on a value of the wrong kind and return the fallback.
 */
#ifndef TEXT_SETTINGS_H
#define TEXT_SETTINGS_H

#include "base/json.h"
#include "text/added_tokens.h"
#include "text/tokenizer_class.h"

struct settings {
    const struct tokenizer_class *class;
    json_t *model;  /* config.json, or an empty object */
    json_t *config; /* tokenizer_config.json with special_tokens_map.json */
    json_t *added;  /* added_tokens.json, or an empty object */
    struct slice class_name; /* as written; {NULL, 0}: nowhere */
    const char *directory;   /* the caller's string */
    char *path;              /* of tokenizer_config.json, for messages */
};

bool settings_open(struct settings *settings, const char *directory,
                   struct error *error);
void settings_close(struct settings *settings);

/* A key of tokenizer_config.json; null counts as absent. */
bool settings_flag(const struct settings *settings, const char *key,
                   bool fallback, struct error *error);

/*
 * The named special token: from the files, or the class's own; its content is
 * empty when it has none.  is_written: the files name it.
 */
struct added_token settings_special(const struct settings *settings,
                                    enum special_name name, bool *is_written,
                                    struct error *error);

/* additional_special_tokens: how many, and each as an added token. */
size_t settings_additional_count(const struct settings *settings);
struct added_token settings_additional(const struct settings *settings,
                                       size_t index, struct error *error);

/* tokenizer_config's model_max_length; SIZE_MAX when absent or absurd. */
size_t settings_limit(const struct settings *settings, struct error *error);
/* Whether truncation_side is left: what is cut is a text's beginning. */
bool settings_keep_end(const struct settings *settings, struct error *error);
/*
 * Whether texts are lowered before the pipeline: do_lower_case of
 * sentence_bert_config.json, which counts in a cross-encoder's chain only.
 */
bool settings_lower_first(const struct settings *settings, struct error *error);
/* Whether the model is given token types. */
bool settings_give_types(const struct settings *settings);

/* An added token from its JSON object; `path` is for messages. */
bool settings_read_token(const json_t *value, const char *path,
                         struct added_token *token, struct error *error);

#endif
