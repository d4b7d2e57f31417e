#include "text/packed_stages.h"

#include <stdio.h>
#include <string.h>

/*
 * A stage of a Sequence is read as it is written, without a look at other
 * files, and so are lists of one stage written.  jansson takes a reference to
 * a value even when it fails, and a NULL value makes the whole fail.
 */

static json_t *text_of(struct slice text)
{
    return json_stringn(text.bytes, text.length);
}

/* An empty object gets its type; NULL stays NULL. */
static json_t *with_type(json_t *object, const char *type)
{
    if (object != NULL &&
        json_object_set_new(object, "type", json_string(type)) != 0) {
        json_decref(object);
        return NULL;
    }
    return object;
}

static json_t *sequence(const char *key, json_t *list)
{
    return json_pack("{s:s,s:o}", "type", "Sequence", key, list);
}

/* Appends an item; false (and the list is gone) when it is NULL. */
static bool append(json_t **list, json_t *item)
{
    if (*list != NULL && json_array_append_new(*list, item) == 0)
        return true;
    json_decref(*list);
    *list = NULL;
    return false;
}

/* A string, or the regular expression that pattern_parse reads. */
static json_t *pattern_of(const struct pattern *pattern)
{
    if (pattern->least == 0)
        return json_pack("{s:o}", "String", text_of(pattern->text));

    char expression[16];
    bool is_sign = pattern->text.length == 1 && !pattern->is_space &&
                   strchr("\\^$.|?*+()[]{}", pattern->text.bytes[0]) != NULL;
    int length = snprintf(expression, sizeof expression, "%s%.*s",
                          pattern->is_space || is_sign ? "\\" : "",
                          (int)pattern->text.length, pattern->text.bytes);
    size_t room = sizeof expression - (size_t)length;
    if (pattern->most == 1)
        expression[length] = '\0';
    else if (pattern->least == 1)
        snprintf(expression + length, room, "+");
    else
        snprintf(expression + length, room, "{%zu,}", pattern->least);
    return json_pack("{s:s}", "Regex", expression);
}

static json_t *normalizer_of(const struct normalizer *normalizer,
                             size_t *charsmaps)
{
    const char *type = normalizer->type;
    const struct bert_normalizer *bert = &normalizer->as.bert;
    json_t *out = NULL;
    if (strcmp(type, "BertNormalizer") == 0)
        out = json_pack("{s:b,s:b,s:b,s:b}", "clean_text", bert->clean,
                        "handle_chinese_chars", bert->chinese, "strip_accents",
                        bert->strip_accents, "lowercase", bert->lowercase);
    else if (strcmp(type, "Strip") == 0)
        out = json_pack("{s:b,s:b}", "strip_left", normalizer->as.strip.left,
                        "strip_right", normalizer->as.strip.right);
    else if (strcmp(type, "Replace") == 0)
        out = json_pack("{s:o,s:o}", "pattern",
                        pattern_of(&normalizer->as.replace.pattern), "content",
                        text_of(normalizer->as.replace.content));
    else if (strcmp(type, "Prepend") == 0)
        out = json_pack("{s:o}", "prepend", text_of(normalizer->as.prefix));
    else if (strcmp(type, "Precompiled") == 0)
        out = json_pack("{s:o}", "tensor",
                        json_sprintf(PACKED_CHARSMAP "%zu", (*charsmaps)++));
    else
        out = json_object();
    return with_type(out, type);
}

json_t *packed_normalizers(const struct normalizer_list *list)
{
    json_t *items = json_array();
    size_t charsmaps = 0;
    for (size_t i = 0; i < list->count; i++)
        if (!append(&items, normalizer_of(&list->items[i], &charsmaps)))
            return NULL;
    return sequence("normalizers", items);
}

static json_t *metaspace_of(const struct splitter *splitter)
{
    static const char *const schemes[] = {
        [PREFIX_ALWAYS] = "always",
        [PREFIX_FIRST] = "first",
        [PREFIX_NEVER] = "never",
    };
    return json_pack("{s:o,s:s,s:b}", "replacement",
                     text_of(splitter->as.metaspace.replacement),
                     "prepend_scheme", schemes[splitter->as.metaspace.prefix],
                     "split", splitter->as.metaspace.splits);
}

static json_t *splitter_of(const struct splitter *splitter)
{
    static const char *const cuts[] = {
        [CUT_REMOVED] = "Removed",
        [CUT_ISOLATED] = "Isolated",
        [CUT_CONTIGUOUS] = "Contiguous",
        [CUT_WITH_PREVIOUS] = "MergedWithPrevious",
        [CUT_WITH_NEXT] = "MergedWithNext",
    };
    const char *type = splitter->type;
    enum cut cut = splitter->as.cutter.cut;
    json_t *out = NULL;
    if (strcmp(type, "ByteLevel") == 0)
        out = json_pack("{s:b,s:b}", "add_prefix_space",
                        splitter->as.byte_level.adds_prefix_space, "use_regex",
                        splitter->as.byte_level.splits);
    else if (strcmp(type, "Metaspace") == 0)
        out = metaspace_of(splitter);
    else if (strcmp(type, "Digits") == 0)
        out = json_pack("{s:b}", "individual_digits", cut == CUT_ISOLATED);
    else if (strcmp(type, "Punctuation") == 0)
        out = json_pack("{s:s}", "behavior", cuts[cut]);
    else if (strcmp(type, "Split") == 0)
        out = json_pack("{s:o,s:s}", "pattern",
                        pattern_of(&splitter->as.cutter.pattern), "behavior",
                        cuts[cut]);
    else
        out = json_object();
    return with_type(out, type);
}

json_t *packed_splitters(const struct splitter_list *list)
{
    json_t *items = json_array();
    for (size_t i = 0; i < list->count; i++)
        if (!append(&items, splitter_of(&list->items[i])))
            return NULL;
    return sequence("pretokenizers", items);
}

/* A step, and under "special_tokens" what its name means. */
static json_t *step_of(const struct template_step *step, json_t *specials)
{
    char name[16];
    if (step->kind != STEP_SPECIAL)
        return json_pack("{s:{s:s,s:i}}", "Sequence", "id",
                         step->kind == STEP_FIRST ? "A" : "B", "type_id",
                         (int)step->type);
    snprintf(name, sizeof name, "%d", (int)step->id);
    json_t *meaning =
        json_pack("{s:s,s:[i]}", "id", name, "ids", (int)step->id);
    if (json_object_set_new(specials, name, meaning) != 0)
        return NULL;
    return json_pack("{s:{s:s,s:i}}", "SpecialToken", "id", name, "type_id",
                     (int)step->type);
}

static json_t *steps_of(const struct template *template, json_t *specials)
{
    json_t *items = json_array();
    for (size_t i = 0; i < template->count; i++)
        if (!append(&items, step_of(&template->steps[i], specials)))
            return NULL;
    return items;
}

json_t *packed_template(const struct template *single,
                        const struct template *pair)
{
    json_t *specials = json_object();
    json_t *one = steps_of(single, specials), *two = steps_of(pair, specials);
    return json_pack("{s:s,s:o,s:o,s:o}", "type", "TemplateProcessing",
                     "single", one, "pair", two, "special_tokens", specials);
}

json_t *packed_added_tokens(const struct added_tokens *added)
{
    json_t *items = json_array();
    for (size_t i = 0; i < added->count; i++) {
        const struct added_token *token = &added->items[i];
        if (!append(&items,
                    json_pack("{s:i,s:o,s:b,s:b,s:b,s:b,s:b}", "id",
                              (int)token->id, "content",
                              text_of(token->content), "lstrip", token->lstrip,
                              "rstrip", token->rstrip, "single_word",
                              token->single_word, "normalized",
                              token->normalized, "special", token->special)))
            return NULL;
    }
    return items;
}
