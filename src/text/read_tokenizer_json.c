#include "base/files.h"
#include "text/pipeline.h"

/* The values of tokenizer.json that are small enough for trees. */
struct parts {
    json_t *normalizer, *pre_tokenizer, *post_processor, *added_tokens;
};

static void parts_free(struct parts *parts)
{
    json_decref(parts->normalizer);
    json_decref(parts->pre_tokenizer);
    json_decref(parts->post_processor);
    json_decref(parts->added_tokens);
}

/*
 * The part that a key names, or NULL for one that has no effect on ids:
 * version, decoder, and truncation and padding, which the reference sets anew
 * for each call.
 */
static json_t **part_of(struct parts *parts, struct slice key)
{
    const struct {
        const char *key;
        json_t **part;
    } table[] = {
        {"normalizer", &parts->normalizer},
        {"pre_tokenizer", &parts->pre_tokenizer},
        {"post_processor", &parts->post_processor},
        {"added_tokens", &parts->added_tokens},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (slice_is(key, table[i].key))
            return table[i].part;
    return NULL;
}

static bool read_part(struct json_scan *scan, json_t **part)
{
    struct slice raw;
    if (part == NULL)
        return json_scan_skip(scan, &raw);
    json_decref(*part);
    *part = json_scan_tree(scan);
    return *part != NULL;
}

/* The model goes straight into the tokenizer; the rest waits for it. */
static bool read_members(const struct builder *builder, struct json_scan *scan,
                         struct parts *parts)
{
    struct slice key;
    bool has_model = false;
    if (!json_scan_open(scan, '{'))
        return false;
    while (json_scan_more(scan)) {
        if (!json_scan_key(scan, &key))
            return false;
        if (slice_is(key, "model")) {
            if (has_model)
                return json_scan_fail(scan, "one model");
            has_model = true;
            if (!read_model(builder, scan))
                return false;
        } else if (!read_part(scan, part_of(parts, key))) {
            return false;
        }
    }
    if (!json_scan_end(scan))
        return false;
    return has_model || builder_fail(builder, "no model");
}

static bool add_tokens(const struct builder *builder, const json_t *list)
{
    if (list != NULL && !json_is_null(list) && !json_is_array(list))
        return builder_fail(builder, "added_tokens: a list was expected");
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct added_token token;
        if (!settings_read_token(json_array_get(list, i), builder->path, &token,
                                 builder->error) ||
            !builder_add_token(builder, token))
            return false;
    }
    return true;
}

/* Added tokens come after the model: those of the vocabulary keep its ids. */
static bool add_parts(const struct builder *builder, const struct parts *parts)
{
    return read_normalizer(builder, parts->normalizer) &&
           read_pre_tokenizer(builder, parts->pre_tokenizer) &&
           read_post_processor(builder, parts->post_processor) &&
           add_tokens(builder, parts->added_tokens) &&
           builder_add_listed(builder) && builder_add_specials(builder);
}

bool read_tokenizer_json(const struct builder *builder)
{
    struct file file;
    if (!file_map(&file, builder->path, builder->error))
        return false;

    struct json_scan scan;
    struct parts parts = {0};
    json_scan_start(&scan, (struct slice){file.bytes, file.length},
                    builder->path, builder->error);
    bool fine =
        read_members(builder, &scan, &parts) && add_parts(builder, &parts);
    parts_free(&parts);
    json_scan_free(&scan);
    file_release(&file);
    return fine;
}
