#include "text/packed.h"

#include "text/packed_stages.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The file at work. */
struct mapping {
    struct builder builder;
    const json_t *stages;
};

/*
 * The rows of a table: NULL with error when it is absent, of another type, of
 * another width or where it cannot be read.
 */
static const void *table(const struct mapping *mapping, const char *name,
                         enum tensor_type type, size_t columns, size_t *rows)
{
    const struct builder *builder = &mapping->builder;
    const struct tensor *tensor = tensors_find(builder->tables, slice_of(name));
    size_t dimensions = columns > 1 ? 2 : 1;
    *rows = tensor != NULL ? (size_t)tensor->shape[0] : 0;
    if (tensor != NULL && tensor->type == type &&
        tensor->dimensions == dimensions &&
        (columns == 1 || tensor->shape[1] == columns) &&
        (uintptr_t)tensor->data % tensor_element_bytes(type) == 0)
        return tensor->data;
    builder_fail(builder, "table %s: %s with %zu columns was expected", name,
                 tensor_type_name(type), columns);
    return NULL;
}

static bool map_vocabulary(const struct mapping *mapping, bool with_marks)
{
    struct vocabulary_tables tables = {.marks = NULL};
    struct error inner = {0};
    tables.strings.bytes = table(mapping, "tokenizer.strings", TENSOR_U8, 1,
                                 &tables.strings.length);
    tables.spans =
        table(mapping, "tokenizer.spans", TENSOR_U32, 2, &tables.count);
    tables.slots =
        table(mapping, "tokenizer.slots", TENSOR_U64, 2, &tables.slot_count);
    if (with_marks)
        tables.marks = table(mapping, "tokenizer.marks", TENSOR_U64, 1,
                             &tables.mark_words);
    if (mapping->builder.error->set)
        return false;
    struct subword_model *model = &mapping->builder.tokenizer->model;
    model->is_mapped = true;
    return vocabulary_map(&model->vocabulary, &tables, &inner) ||
           builder_pass(&mapping->builder, &inner);
}

/* A table of ids, -1 for none. */
static bool map_ids(const struct mapping *mapping, const char *name,
                    size_t count, int32_t **ids)
{
    const struct subword_model *model = &mapping->builder.tokenizer->model;
    size_t rows;
    const int32_t *found = table(mapping, name, TENSOR_I32, 1, &rows);
    if (found == NULL)
        return false;
    bool fine = rows == count;
    for (size_t i = 0; fine && i < rows; i++)
        fine = found[i] >= -1 && found[i] < (int32_t)model->vocabulary.count;
    *ids = (int32_t *)(uintptr_t)found;
    return fine || builder_fail(&mapping->builder, "table %s is damaged", name);
}

/* Rules lead to tokens, and a search for one ends at a free place near by. */
static bool map_rules(const struct mapping *mapping)
{
    struct subword_model *model = &mapping->builder.tokenizer->model;
    size_t count, used = 0, run = 0;
    const struct bpe_rule *rules =
        table(mapping, "tokenizer.rules", TENSOR_U64, 2, &count);
    if (rules == NULL)
        return false;
    bool fine = vocabulary_shift(count) != 0;
    for (size_t i = 0; fine && i < count; i++) {
        used += rules[i].pair != 0;
        run = rules[i].pair != 0 ? run + 1 : 0;
        fine = run <= VOCABULARY_RUN && rules[i].id >= 0 &&
               rules[i].id < (int32_t)model->vocabulary.count;
    }
    model->bpe.rules = (struct bpe_rule *)(uintptr_t)rules;
    model->bpe.rule_shift = vocabulary_shift(count);
    return (fine && used < count) ||
           builder_fail(&mapping->builder, "table tokenizer.rules is damaged");
}

static bool map_scores(const struct mapping *mapping)
{
    struct subword_model *model = &mapping->builder.tokenizer->model;
    size_t count;
    const double *scores =
        table(mapping, "tokenizer.scores", TENSOR_F64, 1, &count);
    if (scores == NULL)
        return false;
    bool fine = count == model->vocabulary.count;
    for (size_t i = 0; fine && i < count; i++)
        fine = isfinite(scores[i]);
    model->unigram.scores = (double *)(uintptr_t)scores;
    return fine ||
           builder_fail(&mapping->builder, "table tokenizer.scores is damaged");
}

/* A whole number of the model's options, from `least` to `most`. */
static bool read_number(const struct mapping *mapping, const json_t *object,
                        const char *key, json_int_t least, json_int_t most,
                        json_int_t *number)
{
    const json_t *value = json_object_get(object, key);
    *number = json_integer_value(value);
    return (json_is_integer(value) && *number >= least && *number <= most) ||
           builder_fail(
               &mapping->builder,
               "tokenizer: %s: a number from %lld to %lld was expected", key,
               (long long)least, (long long)most);
}

static bool map_wordpiece(const struct mapping *mapping, const json_t *options,
                          int32_t unknown)
{
    struct tokenizer *tokenizer = mapping->builder.tokenizer;
    json_int_t longest;
    struct slice prefix =
        json_slice(json_object_get(options, "continuing_subword_prefix"));
    if (unknown < 0 || prefix.bytes == NULL)
        return builder_fail(&mapping->builder,
                            "tokenizer: WordPiece: an unknown token and a "
                            "prefix were expected");
    if (!read_number(mapping, options, "max_input_chars_per_word", 0,
                     WORDPIECE_LONGEST_WORD, &longest))
        return false;
    prefix.bytes = arena_copy(&tokenizer->arena, prefix.bytes, prefix.length,
                              mapping->builder.error);
    if (prefix.bytes == NULL)
        return false;
    subword_set_wordpiece(&tokenizer->model, unknown, prefix, (size_t)longest);
    return true;
}

static bool map_bpe(const struct mapping *mapping, const json_t *options,
                    int32_t unknown)
{
    struct subword_model *model = &mapping->builder.tokenizer->model;
    struct bpe *bpe = &model->bpe;
    bpe->fuses_unknown = json_is_true(json_object_get(options, "fuse_unk"));
    bpe->ignores_merges =
        json_is_true(json_object_get(options, "ignore_merges"));
    bpe->falls_back = json_is_true(json_object_get(options, "byte_fallback"));
    subword_set_bpe(model, unknown);
    return map_rules(mapping) &&
           map_ids(mapping, "tokenizer.characters", SUBWORD_CHARACTERS,
                   &bpe->characters) &&
           (!bpe->falls_back ||
            map_ids(mapping, "tokenizer.bytes", 256, &model->byte_ids));
}

static bool map_unigram(const struct mapping *mapping, const json_t *options,
                        int32_t unknown)
{
    struct subword_model *model = &mapping->builder.tokenizer->model;
    model->unigram.falls_back =
        json_is_true(json_object_get(options, "byte_fallback"));
    if (unknown < 0)
        return builder_fail(
            &mapping->builder,
            "tokenizer: Unigram: an unknown piece was expected");
    if (!map_scores(mapping) ||
        (model->unigram.falls_back &&
         !map_ids(mapping, "tokenizer.bytes", 256, &model->byte_ids)))
        return false;
    subword_set_unigram(model, unknown);
    return true;
}

static bool map_model(const struct mapping *mapping)
{
    static const struct {
        const char *type;
        bool with_marks;
        bool (*map)(const struct mapping *, const json_t *, int32_t);
    } types[] = {
        {"WordPiece", true, map_wordpiece},
        {"BPE", false, map_bpe},
        {"Unigram", true, map_unigram},
    };
    const json_t *options = json_object_get(mapping->stages, "model");
    struct slice type = json_slice(json_object_get(options, "type"));
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (type.bytes == NULL || !slice_is(type, types[i].type))
            continue;
        const struct subword_model *model = &mapping->builder.tokenizer->model;
        json_int_t unknown;
        return map_vocabulary(mapping, types[i].with_marks) &&
               read_number(mapping, options, "unk_id", -1,
                           (json_int_t)model->vocabulary.count - 1, &unknown) &&
               types[i].map(mapping, options, (int32_t)unknown);
    }
    return builder_fail(&mapping->builder, "tokenizer: WordPiece, BPE or "
                                           "Unigram was expected");
}

/* Ids are taken as they stand: they were given when the file was made. */
static bool add_tokens(const struct mapping *mapping)
{
    const struct builder *builder = &mapping->builder;
    struct tokenizer *tokenizer = builder->tokenizer;
    const json_t *list = json_object_get(mapping->stages, "added_tokens");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        struct added_token token;
        json_int_t id;
        if (!settings_read_token(item, builder->path, &token, builder->error) ||
            !read_number(mapping, item, "id", 0, VOCABULARY_LIMIT - 1, &id))
            return false;
        token.id = (int32_t)id;
        token.content.bytes = arena_copy(&tokenizer->arena, token.content.bytes,
                                         token.content.length, builder->error);
        if (token.content.bytes == NULL ||
            !added_tokens_put(&tokenizer->added, token, builder->error))
            return false;
    }
    return true;
}

static bool add_lower_case(const struct mapping *mapping)
{
    struct normalizer lower;
    if (!json_is_true(json_object_get(mapping->stages, "lowercase_first")))
        return true;
    normalizer_lowercase(&lower);
    return normalizer_list_add(&mapping->builder.tokenizer->first, &lower,
                               mapping->builder.error);
}

/* What the stages do not say. */
static bool read_rest(const struct mapping *mapping)
{
    struct tokenizer *tokenizer = mapping->builder.tokenizer;
    const json_t *stages = mapping->stages;
    const char *text =
        json_string_value(json_object_get(stages, "description"));
    json_int_t limit;
    if (!read_number(mapping, stages, "model_max_length", 0, INT32_MAX, &limit))
        return false;
    tokenizer->limit = limit > 0 ? (size_t)limit : SIZE_MAX;
    tokenizer->keeps_end =
        json_is_true(json_object_get(stages, "truncates_left"));
    tokenizer->gives_types =
        json_is_true(json_object_get(stages, "gives_token_types"));
    snprintf(tokenizer->description, sizeof tokenizer->description, "%s",
             text != NULL ? text : tokenizer->model.name);
    return true;
}

/* A Sequence, which nothing else overrides (read_normalizer.c). */
static bool is_sequence(const json_t *stage)
{
    struct slice type = json_slice(json_object_get(stage, "type"));
    return type.bytes != NULL && slice_is(type, "Sequence");
}

/* The normalisers of added tokens, where they have their own, are read as those
 * of texts are and put aside. */
static bool read_normalizers(const struct builder *builder, const json_t *added,
                             const json_t *texts)
{
    struct tokenizer *tokenizer = builder->tokenizer;
    if (added != NULL && !read_normalizer(builder, added))
        return false;
    tokenizer->written = tokenizer->normalizers;
    tokenizer->normalizers = (struct normalizer_list){0};
    return read_normalizer(builder, texts);
}

static bool read_stages(const struct mapping *mapping)
{
    const struct builder *builder = &mapping->builder;
    const json_t *stages = mapping->stages;
    const json_t *added = json_object_get(stages, "added_normalizer");
    const json_t *normalizer = json_object_get(stages, "normalizer");
    const json_t *splitter = json_object_get(stages, "pre_tokenizer");
    if (!is_sequence(normalizer) || !is_sequence(splitter) ||
        (added != NULL && !is_sequence(added)))
        return builder_fail(builder, "tokenizer: a Sequence of normalizers and "
                                     "one of pre-tokenizers were expected");
    return read_normalizers(builder, added, normalizer) &&
           read_pre_tokenizer(builder, splitter) &&
           read_post_processor(builder,
                               json_object_get(stages, "post_processor"));
}

struct tokenizer *tokenizer_map(const json_t *stages,
                                const struct tensors *tables, const char *path,
                                struct error *error)
{
    struct tokenizer *tokenizer = memory_new(1, sizeof *tokenizer, error);
    if (tokenizer == NULL)
        return NULL;
    const struct mapping mapping = {
        .builder = {.tokenizer = tokenizer,
                    .path = path,
                    .tables = tables,
                    .error = error},
        .stages = stages,
    };
    if (map_model(&mapping) && add_lower_case(&mapping) &&
        read_stages(&mapping) && add_tokens(&mapping) && read_rest(&mapping) &&
        builder_finish(&mapping.builder))
        return tokenizer;
    tokenizer_close(tokenizer);
    return NULL;
}
