#include "text/pipeline.h"

/*
 * The post_processor of tokenizer.json.  Only what it says about special
 * tokens and token types counts here; the rest of it is about offsets.
 */

static bool add_step(const struct builder *builder, struct template *template,
                     struct template_step step)
{
    return template_add(template, step, builder->error);
}

/* A token id of a template.  It need not be in the vocabulary: the reference
 * takes it as it stands, and the embedding checks it. */
static bool read_id(const struct builder *builder, const json_t *value,
                    int32_t *id)
{
    json_int_t number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number >= VOCABULARY_LIMIT)
        return builder_fail(builder, "post_processor: a token id was expected");
    *id = (int32_t)number;
    return true;
}

static bool read_type(const struct builder *builder, const json_t *value,
                      int32_t *type)
{
    const json_t *found = json_object_get(value, "type_id");
    json_int_t number = json_integer_value(found);
    if (!json_is_integer(found) || number < 0 || number > 255)
        return builder_fail(builder, "post_processor: type_id: a small number "
                                     "was expected");
    *type = (int32_t)number;
    return true;
}

/* {"SpecialToken": {"id": name, "type_id": 0}}: the ids behind the name. */
static bool read_special_step(const struct builder *builder, const json_t *step,
                              const json_t *specials, struct template *template)
{
    struct slice name = json_slice(json_object_get(step, "id"));
    const json_t *ids = NULL;
    if (name.bytes != NULL)
        ids = json_object_get(json_object_get(specials, name.bytes), "ids");
    if (json_array_size(ids) == 0)
        return builder_fail(builder, "post_processor: no ids for a special "
                                     "token of the template");

    struct template_step out = {.kind = STEP_SPECIAL};
    if (!read_type(builder, step, &out.type))
        return false;
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (!read_id(builder, json_array_get(ids, i), &out.id) ||
            !add_step(builder, template, out))
            return false;
    return true;
}

/* {"Sequence": {"id": "A", "type_id": 0}} */
static bool read_text_step(const struct builder *builder, const json_t *step,
                           struct template *template)
{
    struct slice name = json_slice(json_object_get(step, "id"));
    struct template_step out = {.kind = STEP_FIRST};
    if (name.bytes != NULL && slice_is(name, "B"))
        out.kind = STEP_SECOND;
    else if (name.bytes == NULL || !slice_is(name, "A"))
        return builder_fail(builder,
                            "post_processor: sequence 'A' or 'B' was expected");
    return read_type(builder, step, &out.type) &&
           add_step(builder, template, out);
}

/* A text that the template leaves out, or has twice, could not be cut to a
 * limit. */
static size_t count_kind(const struct template *template, int kind)
{
    size_t count = 0;
    for (size_t i = 0; i < template->count; i++)
        count += (int)template->steps[i].kind == kind;
    return count;
}

static bool read_steps(const struct builder *builder, const json_t *value,
                       const char *key, size_t texts, struct template *template)
{
    const json_t *list = json_object_get(value, key);
    const json_t *specials = json_object_get(value, "special_tokens");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *step = json_array_get(list, i);
        const json_t *special = json_object_get(step, "SpecialToken");
        const json_t *text = json_object_get(step, "Sequence");
        bool fine =
            special ? read_special_step(builder, special, specials, template)
                    : read_text_step(builder, text, template);
        if (!fine)
            return false;
    }
    if (count_kind(template, STEP_FIRST) != 1 ||
        count_kind(template, STEP_SECOND) != texts - 1)
        return builder_fail(
            builder, "post_processor: %s: each text once was expected", key);
    return true;
}

static bool read_template(const struct builder *builder, const json_t *value)
{
    struct tokenizer *tokenizer = builder->tokenizer;
    return read_steps(builder, value, "single", 1, &tokenizer->single) &&
           read_steps(builder, value, "pair", 2, &tokenizer->pair);
}

/* Older files: BertProcessing and RobertaProcessing: {"sep": [text, id], "cls":
 * ...}. */
static bool read_fixed(const struct builder *builder, const json_t *value,
                       bool two_separators)
{
    int32_t cls = 0, sep = 0;
    if (!read_id(builder, json_array_get(json_object_get(value, "cls"), 1),
                 &cls) ||
        !read_id(builder, json_array_get(json_object_get(value, "sep"), 1),
                 &sep))
        return false;
    return template_fill(&builder->tokenizer->single, &builder->tokenizer->pair,
                         cls, sep, two_separators, builder->error);
}

static bool read_bert(const struct builder *builder, const json_t *value)
{
    return read_fixed(builder, value, false);
}

static bool read_roberta(const struct builder *builder, const json_t *value)
{
    return read_fixed(builder, value, true);
}

/* ByteLevel moves offsets only. */
static bool read_nothing(const struct builder *builder, const json_t *value)
{
    (void)builder;
    (void)value;
    return true;
}

static bool read_processor(const struct builder *builder, const json_t *value)
{
    static const struct {
        const char *type;
        bool (*read)(const struct builder *, const json_t *);
    } readers[] = {
        {"TemplateProcessing", read_template},
        {"BertProcessing", read_bert},
        {"RobertaProcessing", read_roberta},
        {"ByteLevel", read_nothing},
    };
    struct slice type = json_slice(json_object_get(value, "type"));
    char quoted[TEXT_QUOTE_BYTES];
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (type.bytes == NULL || !slice_is(type, readers[i].type))
            continue;
        if (readers[i].read != read_nothing &&
            builder->tokenizer->single.count > 0)
            return builder_fail(builder,
                                "post_processor: one template was expected, "
                                "two found");
        return readers[i].read(builder, value);
    }
    return builder_fail(builder, "post_processor '%s' is not supported",
                        text_quote(type, quoted));
}

/* Without a template the texts follow each other, with types 0 and 1. */
static bool add_bare_template(const struct builder *builder)
{
    struct tokenizer *tokenizer = builder->tokenizer;
    struct template_step first = {STEP_FIRST, 0, 0};
    return add_step(builder, &tokenizer->single, first) &&
           add_step(builder, &tokenizer->pair, first) &&
           add_step(builder, &tokenizer->pair,
                    (struct template_step){STEP_SECOND, 0, 1});
}

bool read_post_processor(const struct builder *builder, const json_t *value)
{
    struct slice type = json_slice(json_object_get(value, "type"));
    if (type.bytes != NULL && slice_is(type, "Sequence")) {
        const json_t *list = json_object_get(value, "processors");
        for (size_t i = 0; i < json_array_size(list); i++)
            if (!read_processor(builder, json_array_get(list, i)))
                return false;
    } else if (value != NULL && !json_is_null(value) &&
               !read_processor(builder, value)) {
        return false;
    }
    return builder->tokenizer->single.count > 0 || add_bare_template(builder);
}
