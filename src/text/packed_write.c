#include "text/packed.h"

#include "text/packed_stages.h"

#include <stdio.h>
#include <string.h>

/* A table of `rows` rows; its data are used where they are. */
static bool add_table(struct tensors *tables, const char *name,
                      enum tensor_type type, size_t rows, size_t columns,
                      const void *data, struct error *error)
{
    struct tensor tensor = {
        .name = slice_of(name),
        .type = type,
        .dimensions = columns > 1 ? 2 : 1,
        .shape = {rows, columns > 1 ? columns : 0},
        .data = data,
        .bytes = rows * columns * tensor_element_bytes(type),
    };
    return tensors_add(tables, &tensor, "tokenizer", error);
}

static bool add_vocabulary(const struct vocabulary *vocabulary,
                           struct tensors *tables, struct error *error)
{
    struct vocabulary_tables parts = vocabulary_tables_of(vocabulary);
    struct vocabulary check;
    return vocabulary_map(&check, &parts, error) &&
           add_table(tables, "tokenizer.strings", TENSOR_U8,
                     parts.strings.length, 1, parts.strings.bytes, error) &&
           add_table(tables, "tokenizer.spans", TENSOR_U32, parts.count, 2,
                     parts.spans, error) &&
           add_table(tables, "tokenizer.slots", TENSOR_U64, parts.slot_count, 2,
                     parts.slots, error) &&
           (parts.marks == NULL ||
            add_table(tables, "tokenizer.marks", TENSOR_U64, parts.mark_words,
                      1, parts.marks, error));
}

static bool add_model_tables(const struct subword_model *model,
                             struct tensors *tables, struct error *error)
{
    const struct bpe *bpe = &model->bpe;
    size_t rules = (size_t)1 << (bpe->rules ? 64 - bpe->rule_shift : 0);
    const struct {
        const char *name;
        enum tensor_type type;
        size_t rows, columns;
        const void *data;
    } parts[] = {
        {"tokenizer.rules", TENSOR_U64, rules, 2, bpe->rules},
        {"tokenizer.characters", TENSOR_I32, SUBWORD_CHARACTERS, 1,
         bpe->characters},
        {"tokenizer.scores", TENSOR_F64, model->vocabulary.count, 1,
         model->unigram.scores},
        {"tokenizer.bytes", TENSOR_I32, 256, 1, model->byte_ids},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].data != NULL &&
            !add_table(tables, parts[i].name, parts[i].type, parts[i].rows,
                       parts[i].columns, parts[i].data, error))
            return false;
    return add_vocabulary(&model->vocabulary, tables, error);
}

/* The blob that normalizer_charsmap reads. */
static bool add_charsmap(const struct charsmap *map, size_t number,
                         struct tensors *tables, struct error *error)
{
    char name[40];
    snprintf(name, sizeof name, PACKED_CHARSMAP "%zu", number);
    uint32_t unit_bytes = (uint32_t)(map->unit_count * sizeof *map->units);
    size_t bytes = sizeof unit_bytes + unit_bytes + map->replacements.length;
    char *blob = tensors_new_copy(tables, bytes, error);
    if (blob == NULL)
        return false;
    memcpy(blob, &unit_bytes, sizeof unit_bytes);
    memcpy(blob + sizeof unit_bytes, map->units, unit_bytes);
    memcpy(blob + sizeof unit_bytes + unit_bytes, map->replacements.bytes,
           map->replacements.length);
    return add_table(tables, name, TENSOR_U8, bytes, 1, blob, error);
}

static bool add_charsmaps(const struct normalizer_list *list,
                          struct tensors *tables, struct error *error)
{
    size_t number = 0;
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].type, "Precompiled") == 0 &&
            !add_charsmap(&list->items[i].as.charsmap, number++, tables, error))
            return false;
    return true;
}

static json_t *model_of(const struct subword_model *model)
{
    const struct wordpiece *wordpiece = &model->wordpiece;
    if (model->bpe.rules != NULL)
        return json_pack("{s:s,s:i,s:b,s:b,s:b}", "type", model->name, "unk_id",
                         (int)model->bpe.unknown, "fuse_unk",
                         model->bpe.fuses_unknown, "ignore_merges",
                         model->bpe.ignores_merges, "byte_fallback",
                         model->bpe.falls_back);
    if (model->unigram.scores != NULL)
        return json_pack("{s:s,s:i,s:b}", "type", model->name, "unk_id",
                         (int)model->unigram.unknown, "byte_fallback",
                         model->unigram.falls_back);
    return json_pack(
        "{s:s,s:i,s:o,s:I}", "type", model->name, "unk_id",
        (int)wordpiece->unknown, "continuing_subword_prefix",
        json_stringn(wordpiece->prefix.bytes, wordpiece->prefix.length),
        "max_input_chars_per_word", (json_int_t)wordpiece->longest_word);
}

/* A bare BertNormalizer, where there is one, and so without tables. */
static bool add_written(json_t *stages, const struct normalizer_list *written)
{
    return written->count == 0 ||
           json_object_set_new(stages, "added_normalizer",
                               packed_normalizers(written)) == 0;
}

json_t *tokenizer_pack(const struct tokenizer *tokenizer,
                       struct tensors *tables, struct error *error)
{
    if (!add_model_tables(&tokenizer->model, tables, error) ||
        !add_charsmaps(&tokenizer->normalizers, tables, error))
        return NULL;
    size_t limit = tokenizer->limit;
    json_t *stages = json_pack(
        "{s:b,s:o,s:o,s:o,s:o,s:o,s:I,s:b,s:b,s:s}", "lowercase_first",
        (int)tokenizer->first.count, "normalizer",
        packed_normalizers(&tokenizer->normalizers), "pre_tokenizer",
        packed_splitters(&tokenizer->splitters), "post_processor",
        packed_template(&tokenizer->single, &tokenizer->pair), "added_tokens",
        packed_added_tokens(&tokenizer->added), "model",
        model_of(&tokenizer->model), "model_max_length",
        limit < SIZE_MAX ? (json_int_t)limit : (json_int_t)0, "truncates_left",
        (int)tokenizer->keeps_end, "gives_token_types",
        (int)tokenizer->gives_types, "description", tokenizer->description);
    if (stages != NULL && add_written(stages, &tokenizer->written))
        return stages;
    json_decref(stages);
    error_set(error, "out of memory, or a tokenizer whose texts are not UTF-8");
    return NULL;
}
