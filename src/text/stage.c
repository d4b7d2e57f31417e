#include "text/stage.h"

/*
 * A stage is an object with a "type"; members that the reference adds in later
 * versions are ignored, types that it adds are refused, since skipping a stage
 * would change ids without a word.
 */

bool stage_read(const struct builder *builder, const json_t *value,
                const char *what, const struct stage_reader *table,
                size_t count)
{
    if (value == NULL || json_is_null(value))
        return true;
    struct slice type = json_slice(json_object_get(value, "type"));
    if (type.bytes == NULL)
        return builder_fail(builder, "%s: an object with a type was expected",
                            what);
    for (size_t i = 0; i < count; i++)
        if (slice_is(type, table[i].type))
            return table[i].read(builder, value);
    char quoted[TEXT_QUOTE_BYTES];
    return builder_fail(builder, "%s '%s' is not supported", what,
                        text_quote(type, quoted));
}

/* null counts as absent: BertNormalizer writes it for "as lower case". */
bool stage_flag(const struct builder *builder, const json_t *value,
                const char *key, bool fallback)
{
    const json_t *found = json_object_get(value, key);
    if (found == NULL || json_is_null(found))
        return fallback;
    if (!json_is_boolean(found))
        builder_fail(builder, "%s: true or false was expected", key);
    return json_is_true(found);
}

bool stage_is(const json_t *value, const char *type)
{
    struct slice found = json_slice(json_object_get(value, "type"));
    return found.bytes != NULL && slice_is(found, type);
}

bool stage_each(const struct builder *builder, const json_t *value,
                const char *key,
                bool (*read)(const struct builder *, const json_t *))
{
    const json_t *list = json_object_get(value, key);
    if (!json_is_array(list))
        return builder_fail(builder, "Sequence: %s: a list was expected", key);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read(builder, json_array_get(list, i)))
            return false;
    return true;
}

/* The JSON tree is gone when the pipeline runs, so texts are copied. */
struct slice stage_text(const struct builder *builder, const json_t *value,
                        const char *key, const char *fallback)
{
    struct slice text = json_slice(json_object_get(value, key));
    if (text.bytes == NULL && fallback == NULL)
        builder_fail(builder, "%s: a string was expected", key);
    if (text.bytes == NULL)
        return slice_of(fallback ? fallback : "");
    text.bytes = arena_copy(&builder->tokenizer->arena, text.bytes, text.length,
                            builder->error);
    return text.bytes ? text : slice_of("");
}

bool stage_pattern(const struct builder *builder, const json_t *value,
                   struct pattern *pattern)
{
    const json_t *found = json_object_get(value, "pattern");
    char quoted[TEXT_QUOTE_BYTES];
    if (json_object_get(found, "String") != NULL) {
        *pattern = (struct pattern){
            .text = stage_text(builder, found, "String", NULL)};
        return !builder->error->set;
    }
    struct slice expression = stage_text(builder, found, "Regex", NULL);
    if (builder->error->set || pattern_parse(pattern, expression))
        return !builder->error->set;
    return builder_fail(builder,
                        "regular expression '%s' is not supported: a "
                        "character or \\s, with + or {n,}, is",
                        text_quote(expression, quoted));
}
