#include "text/pipeline.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * Added tokens are registered by content, never by the id that is written
 * beside them: a token of the vocabulary keeps its id, a new one gets the next
 * free one.  So the order counts: the list of tokenizer.json, then the lists
 * of the other files by ascending id, then the named special tokens.
 */

bool builder_fail(const struct builder *builder, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return error_at(builder->error, builder->path, 0, "%s", text);
}

bool builder_pass(const struct builder *builder, const struct error *reason)
{
    return error_pass_at(builder->error, builder->path, 0, reason);
}

/* The id of a registered token, or -1. */
static int32_t find_token(const struct builder *builder, struct slice content)
{
    const struct added_token *token =
        added_tokens_find(&builder->tokenizer->added, content);
    return token ? token->id : -1;
}

/* Behind the vocabulary, counted in different strings, and behind all added
 * tokens so far. */
static int32_t next_id(const struct tokenizer *tokenizer)
{
    int32_t size = (int32_t)tokenizer->model.vocabulary.distinct;
    int32_t after = tokenizer->highest_added + 1;
    return after > size ? after : size;
}

bool builder_add_token(const struct builder *builder, struct added_token token)
{
    struct tokenizer *tokenizer = builder->tokenizer;
    if (token.content.length == 0)
        return true;
    token.id = find_token(builder, token.content);
    if (token.id < 0)
        token.id = vocabulary_find(&tokenizer->model.vocabulary, token.content);
    if (token.id < 0)
        token.id = next_id(tokenizer);
    if (token.id > tokenizer->highest_added)
        tokenizer->highest_added = token.id;

    const char *copy = arena_copy(&tokenizer->arena, token.content.bytes,
                                  token.content.length, builder->error);
    if (copy == NULL)
        return false;
    token.content.bytes = copy;
    return added_tokens_put(&tokenizer->added, token, builder->error);
}

/* Ids in these files are strings or numbers of any size, and serve for the
 * order alone. */

/* An entry of a list {id: token} or {content: id}, to be sorted by id. */
struct listed {
    long long id;
    struct added_token token;
};

static int compare_listed(const void *left, const void *right)
{
    const struct listed *a = left, *b = right;
    return a->id < b->id ? -1 : a->id > b->id;
}

static bool add_sorted(const struct builder *builder, struct listed *list,
                       size_t count)
{
    qsort(list, count, sizeof *list, compare_listed);
    for (size_t i = 0; i < count; i++)
        if (!builder_add_token(builder, list[i].token))
            return false;
    return true;
}

/* added_tokens_decoder of tokenizer_config.json: {"id": token, ...}. */
static bool read_decoder(const struct builder *builder, json_t *decoder,
                         struct listed *list)
{
    const char *path = builder->settings->path, *key;
    json_t *value;
    size_t count = 0;
    json_object_foreach(decoder, key, value)
    {
        char *end;
        list[count].id = strtoll(key, &end, 10);
        if (end == key || *end != '\0')
            return error_set(
                builder->error,
                "%s: added_tokens_decoder: a number was expected in "
                "place of '%.40s'",
                path, key);
        if (!settings_read_token(value, path, &list[count].token,
                                 builder->error))
            return false;
        count++;
    }
    return add_sorted(builder, list, count);
}

/* Whether the files name this content as a special token. */
static bool is_named_special(const struct builder *builder,
                             struct slice content)
{
    for (int name = 0; name < SPECIAL_COUNT; name++) {
        bool is_written;
        struct added_token token =
            settings_special(builder->settings, (enum special_name)name,
                             &is_written, builder->error);
        if (is_written && slice_equal(token.content, content))
            return true;
    }
    for (size_t i = 0; i < settings_additional_count(builder->settings); i++)
        if (slice_equal(
                settings_additional(builder->settings, i, builder->error)
                    .content,
                content))
            return true;
    return false;
}

/*
 * added_tokens.json: {"content": id, ...}.  It has no flags: a special token
 * is matched in the raw text, any other in the normalised one.
 */
static bool read_added(const struct builder *builder, json_t *added,
                       struct listed *list)
{
    const char *key;
    json_t *value;
    size_t count = 0;
    json_object_foreach(added, key, value)
    {
        struct slice content = slice_of(key);
        if (!json_is_integer(value))
            return error_set(builder->error,
                             "%s/added_tokens.json: an id was expected for "
                             "'%.40s'",
                             builder->settings->directory, key);
        if (find_token(builder, content) >= 0)
            continue;
        bool special = is_named_special(builder, content);
        list[count++] = (struct listed){
            json_integer_value(value),
            {.content = content, .special = special, .normalized = !special}};
    }
    return add_sorted(builder, list, count);
}

/* Where tokenizer_config.json has added_tokens_decoder, it is the only list,
 * and its flags replace those of tokenizer.json. */
bool builder_add_listed(const struct builder *builder)
{
    const struct settings *settings = builder->settings;
    json_t *decoder = json_object_get(settings->config, "added_tokens_decoder");
    bool has_decoder = json_is_object(decoder);
    json_t *source = has_decoder ? decoder : settings->added;
    size_t count = json_object_size(source);
    struct listed *list = memory_new(count, sizeof *list, builder->error);
    if (list == NULL)
        return false;
    bool fine = has_decoder ? read_decoder(builder, source, list)
                            : read_added(builder, source, list);
    memory_free(list);
    return fine;
}

/* A token that a file lists keeps the flags that stand there. */
static bool add_if_new(const struct builder *builder, struct added_token token)
{
    return !builder->error->set && (find_token(builder, token.content) >= 0 ||
                                    builder_add_token(builder, token));
}

bool builder_add_specials(const struct builder *builder)
{
    const struct settings *settings = builder->settings;
    bool is_written;
    for (int name = 0; name < SPECIAL_COUNT; name++)
        if (!add_if_new(builder,
                        settings_special(settings, (enum special_name)name,
                                         &is_written, builder->error)))
            return false;
    for (size_t i = 0; i < settings_additional_count(settings); i++)
        if (!add_if_new(builder,
                        settings_additional(settings, i, builder->error)))
            return false;
    return true;
}

bool builder_finish(const struct builder *builder)
{
    struct tokenizer *tokenizer = builder->tokenizer;
    return added_tokens_build(&tokenizer->added,
                              tokenizer->written.count > 0
                                  ? &tokenizer->written
                                  : &tokenizer->normalizers,
                              builder->error);
}

bool builder_add_class_template(const struct builder *builder)
{
    const struct settings *settings = builder->settings;
    bool is_written;
    int32_t cls =
        find_token(builder, settings_special(settings, SPECIAL_CLS, &is_written,
                                             builder->error)
                                .content);
    int32_t sep =
        find_token(builder, settings_special(settings, SPECIAL_SEP, &is_written,
                                             builder->error)
                                .content);
    if (cls < 0 || sep < 0)
        return builder_fail(builder, "no cls_token or no sep_token");

    return template_fill(&builder->tokenizer->single, &builder->tokenizer->pair,
                         cls, sep, settings->class->two_separators,
                         builder->error);
}
