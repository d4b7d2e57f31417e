#include "text/pipeline.h"

/* How a stage is read: by the value of its "type". */
struct stage_reader {
    const char *type;
    bool (*read)(const struct reader *reader, const json_t *value);
};

static bool read_stage(const struct reader *reader, const json_t *value,
                       const char *what, const struct stage_reader *table,
                       size_t count)
{
    if (value == NULL || json_is_null(value))
        return true;
    struct slice type = json_slice(json_object_get(value, "type"));
    if (type.bytes == NULL)
        return reader_fail(reader, "%s: an object with a type expected", what);
    for (size_t i = 0; i < count; i++)
        if (slice_is(type, table[i].type))
            return table[i].read(reader, value);
    char quoted[TEXT_QUOTE_BYTES];
    return reader_fail(reader, "%s '%s' is not supported", what,
                       text_quote(type, quoted));
}

/* true, false; the fallback where the key is absent or null. */
static bool flag(const struct reader *reader, const json_t *value,
                 const char *key, bool fallback)
{
    const json_t *found = json_object_get(value, key);
    if (found == NULL || json_is_null(found))
        return fallback;
    if (!json_is_boolean(found))
        reader_fail(reader, "%s: true or false expected", key);
    return json_is_true(found);
}

/* Reads the stages of a Sequence in order. */
static bool read_each(const struct reader *reader, const json_t *value,
                      const char *key,
                      bool (*read)(const struct reader *, const json_t *))
{
    const json_t *list = json_object_get(value, key);
    if (!json_is_array(list))
        return reader_fail(reader, "Sequence: %s: a list expected", key);
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!read(reader, json_array_get(list, i)))
            return false;
    return true;
}

static bool read_bert_normalizer(const struct reader *reader,
                                 const json_t *value)
{
    bool lower = flag(reader, value, "lowercase", true);
    struct normalizer *normalizer =
        normalizer_list_add(&reader->tokenizer->normalizers, reader->error);
    if (normalizer == NULL)
        return false;
    normalizer_bert(normalizer, flag(reader, value, "clean_text", true),
                    flag(reader, value, "handle_chinese_chars", true),
                    flag(reader, value, "strip_accents", lower), lower);
    return !reader->error->set;
}

static bool read_normalizer_sequence(const struct reader *reader,
                                     const json_t *value);

static const struct stage_reader normalizers[] = {
    {"BertNormalizer", read_bert_normalizer},
    {"Sequence", read_normalizer_sequence},
};

static bool read_one_normalizer(const struct reader *reader,
                                const json_t *value)
{
    return read_stage(reader, value, "normalizer", normalizers,
                      sizeof normalizers / sizeof *normalizers);
}

static bool read_normalizer_sequence(const struct reader *reader,
                                     const json_t *value)
{
    return read_each(reader, value, "normalizers", read_one_normalizer);
}

/*
 * In BERT's classes tokenizer_config.json has the last word on a bare
 * BertNormalizer, and absent keys count as their defaults (TOKENIZERS 0.1).
 */
static void override_bert(const struct reader *reader)
{
    const struct settings *settings = reader->settings;
    struct normalizer *normalizer = &reader->tokenizer->normalizers.items[0];
    struct bert_normalizer *bert = &normalizer->as.bert;
    bool lower = settings_flag(settings, "do_lower_case", true, reader->error);
    bool chinese = bert->chinese;
    if (settings->class->has_chinese_option)
        chinese = settings_flag(settings, "tokenize_chinese_chars", true,
                                reader->error);
    normalizer_bert(
        normalizer, bert->clean, chinese,
        settings_flag(settings, "strip_accents", lower, reader->error), lower);
}

bool read_normalizer(const struct reader *reader, const json_t *value)
{
    if (!read_one_normalizer(reader, value))
        return false;
    struct slice type = json_slice(json_object_get(value, "type"));
    if (type.bytes != NULL && slice_is(type, "BertNormalizer") &&
        reader->settings->class->has_bert_options)
        override_bert(reader);
    return !reader->error->set;
}

static bool read_bert_splitter(const struct reader *reader, const json_t *value)
{
    (void)value;
    struct splitter *splitter =
        splitter_list_add(&reader->tokenizer->splitters, reader->error);
    if (splitter == NULL)
        return false;
    splitter_bert(splitter);
    return true;
}

static bool read_splitter_sequence(const struct reader *reader,
                                   const json_t *value);

static const struct stage_reader splitters[] = {
    {"BertPreTokenizer", read_bert_splitter},
    {"Sequence", read_splitter_sequence},
};

static bool read_one_splitter(const struct reader *reader, const json_t *value)
{
    return read_stage(reader, value, "pre_tokenizer", splitters,
                      sizeof splitters / sizeof *splitters);
}

static bool read_splitter_sequence(const struct reader *reader,
                                   const json_t *value)
{
    return read_each(reader, value, "pretokenizers", read_one_splitter);
}

bool read_pre_tokenizer(const struct reader *reader, const json_t *value)
{
    return read_one_splitter(reader, value);
}
