#include "base/base64.h"
#include "text/stage.h"

#include <string.h>

/*
 * One function for each type of normaliser: members of its JSON object to the
 * parameters of normalize.h.  Defaults are those of the reference for files
 * that leave a member out.
 */

static bool add_normalizer(const struct builder *builder,
                           const struct normalizer *normalizer)
{
    struct error inner = {0};
    return !builder->error->set &&
           (normalizer_list_add(&builder->tokenizer->normalizers, normalizer,
                                &inner) ||
            builder_pass(builder, &inner));
}

static bool read_bert_normalizer(const struct builder *builder,
                                 const json_t *value)
{
    struct normalizer normalizer;
    bool lower = stage_flag(builder, value, "lowercase", true);
    normalizer_bert(&normalizer, stage_flag(builder, value, "clean_text", true),
                    stage_flag(builder, value, "handle_chinese_chars", true),
                    stage_flag(builder, value, "strip_accents", lower), lower);
    return add_normalizer(builder, &normalizer);
}

static bool read_form(const struct builder *builder, const json_t *value)
{
    struct normalizer normalizer;
    normalizer_form(&normalizer, stage_is(value, "NFC")    ? UNICODE_NFC
                                 : stage_is(value, "NFD")  ? UNICODE_NFD
                                 : stage_is(value, "NFKC") ? UNICODE_NFKC
                                                           : UNICODE_NFKD);
    return add_normalizer(builder, &normalizer);
}

static bool read_lowercase(const struct builder *builder, const json_t *value)
{
    (void)value;
    struct normalizer normalizer;
    normalizer_lowercase(&normalizer);
    return add_normalizer(builder, &normalizer);
}

static bool read_strip_accents(const struct builder *builder,
                               const json_t *value)
{
    (void)value;
    struct normalizer normalizer;
    normalizer_strip_accents(&normalizer);
    return add_normalizer(builder, &normalizer);
}

static bool read_strip(const struct builder *builder, const json_t *value)
{
    struct normalizer normalizer;
    normalizer_strip(&normalizer,
                     stage_flag(builder, value, "strip_left", true),
                     stage_flag(builder, value, "strip_right", true));
    return add_normalizer(builder, &normalizer);
}

static bool read_replace(const struct builder *builder, const json_t *value)
{
    struct normalizer normalizer;
    struct pattern pattern;
    if (!stage_pattern(builder, value, &pattern))
        return false;
    normalizer_replace(&normalizer, pattern,
                       stage_text(builder, value, "content", NULL));
    return add_normalizer(builder, &normalizer);
}

static bool read_prepend(const struct builder *builder, const json_t *value)
{
    struct normalizer normalizer;
    normalizer_prepend(&normalizer,
                       stage_text(builder, value, "prepend", NULL));
    return add_normalizer(builder, &normalizer);
}

/* {"tensor": name of a table}, in a packed file. */
static bool read_charsmap_table(const struct builder *builder,
                                struct slice name)
{
    struct error inner = {0};
    struct normalizer normalizer;
    const struct tensor *table =
        name.bytes != NULL ? tensors_find(builder->tables, name) : NULL;
    if (table == NULL)
        return builder_fail(builder, "Precompiled: a table was expected");
    struct slice blob = {table->data, table->bytes};
    return normalizer_charsmap(&normalizer, blob, &builder->tokenizer->arena,
                               &inner)
               ? add_normalizer(builder, &normalizer)
               : builder_pass(builder, &inner);
}

/* {"precompiled_charsmap": base64 or null}; a model without a map maps
 * nothing. */
static bool read_precompiled(const struct builder *builder, const json_t *value)
{
    if (builder->tables != NULL)
        return read_charsmap_table(
            builder, json_slice(json_object_get(value, "tensor")));
    struct slice text =
        json_slice(json_object_get(value, "precompiled_charsmap"));
    if (text.length == 0)
        return true;
    struct buffer blob = {0};
    struct error inner = {0};
    struct normalizer normalizer;
    bool fine = base64_decode(text, &blob, &inner) &&
                normalizer_charsmap(&normalizer, buffer_slice(&blob),
                                    &builder->tokenizer->arena, &inner);
    buffer_free(&blob);
    return fine ? add_normalizer(builder, &normalizer)
                : builder_pass(builder, &inner);
}

static bool read_normalizer_sequence(const struct builder *builder,
                                     const json_t *value);

static const struct stage_reader normalizers[] = {
    {"BertNormalizer", read_bert_normalizer},
    {"Lowercase", read_lowercase},
    {"NFC", read_form},
    {"NFD", read_form},
    {"NFKC", read_form},
    {"NFKD", read_form},
    {"Precompiled", read_precompiled},
    {"Prepend", read_prepend},
    {"Replace", read_replace},
    {"Sequence", read_normalizer_sequence},
    {"Strip", read_strip},
    {"StripAccents", read_strip_accents},
};

static bool read_one_normalizer(const struct builder *builder,
                                const json_t *value)
{
    return stage_read(builder, value, "normalizer", normalizers,
                      sizeof normalizers / sizeof *normalizers);
}

static bool read_normalizer_sequence(const struct builder *builder,
                                     const json_t *value)
{
    return stage_each(builder, value, "normalizers", read_one_normalizer);
}

/*
 * In BERT's classes tokenizer_config.json has the last word on a bare
 * BertNormalizer, and its absent keys count as their defaults: a cased model
 * without do_lower_case is lowered, as the reference does it.  By then it has
 * spelled the added tokens by the normaliser as it is written.  Inside a
 * Sequence that stays.
 */
static bool override_bert(const struct builder *builder)
{
    const struct settings *settings = builder->settings;
    struct tokenizer *tokenizer = builder->tokenizer;
    struct normalizer *normalizer =
        &tokenizer->normalizers.items[0]; /* alone */
    struct normalizer written = *normalizer;
    struct bert_normalizer *bert = &normalizer->as.bert;
    bool lower = settings_flag(settings, "do_lower_case", true, builder->error);
    bool chinese = bert->chinese;
    if (settings->class->has_chinese_option)
        chinese = settings_flag(settings, "tokenize_chinese_chars", true,
                                builder->error);
    normalizer_bert(
        normalizer, bert->clean, chinese,
        settings_flag(settings, "strip_accents", lower, builder->error), lower);
    return memcmp(&written.as.bert, bert, sizeof *bert) == 0 ||
           normalizer_list_add(&tokenizer->written, &written, builder->error);
}

bool read_normalizer(const struct builder *builder, const json_t *value)
{
    if (!read_one_normalizer(builder, value))
        return false;
    if (stage_is(value, "BertNormalizer") &&
        builder->settings->class->has_bert_options && !override_bert(builder))
        return false;
    return !builder->error->set;
}
