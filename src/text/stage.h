/*
 * stage.h - what the readers of normalisers and pre-tokenizers share: a table
 * of types, and members of a stage's JSON object.
 */
#ifndef TEXT_STAGE_H
#define TEXT_STAGE_H

#include "text/pipeline.h"

/* How a stage is read: by the value of its "type". */
struct stage_reader {
    const char *type;
    bool (*read)(const struct builder *builder, const json_t *value);
};

/* Reads a stage by the table; null is no stage, a type unknown an error. */
bool stage_read(const struct builder *builder, const json_t *value,
                const char *what, const struct stage_reader *table,
                size_t count);
/* Reads the stages of a Sequence, the list under `key`, in order. */
bool stage_each(const struct builder *builder, const json_t *value,
                const char *key,
                bool (*read)(const struct builder *, const json_t *));
bool stage_is(const json_t *value, const char *type);

/*
 * Members: the fallback where the key is absent or null; a value of another
 * kind fills builder->error.
 */
bool stage_flag(const struct builder *builder, const json_t *value,
                const char *key, bool fallback);
/* A copy in the tokenizer's arena; a fallback of NULL makes it required. */
struct slice stage_text(const struct builder *builder, const json_t *value,
                        const char *key, const char *fallback);
/* {"String": text} or {"Regex": expression} under "pattern". */
bool stage_pattern(const struct builder *builder, const json_t *value,
                   struct pattern *pattern);

#endif
