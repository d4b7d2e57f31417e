#include "text/pipeline.h"

#include <stdio.h>
#include <string.h>

/*
 * The members of "model".  The vocabulary goes straight from the text into the
 * model, since it may have 250,000 entries; the merge rules wait until the
 * vocabulary is there; small members become trees.
 */
struct model_parts {
    json_t *options;
    struct slice rules; /* the text of "merges"; NULL: none */
    bool has_vocabulary, has_scores;
};

static bool fail_at_token(struct json_scan *scan, struct slice token,
                          const struct error *inner)
{
    char quoted[TEXT_QUOTE_BYTES];
    if (inner->no_memory)
        return error_pass(scan->error, inner);
    return error_set(scan->error, "%s: token '%s': %s", scan->path,
                     text_quote(token, quoted), inner->text);
}

/* Two tokens with one id would leave the first without a string. */
static bool add_id(const struct builder *builder, struct slice token,
                   int32_t id, struct error *error)
{
    struct vocabulary *vocabulary = &builder->tokenizer->model.vocabulary;
    if (vocabulary_token(vocabulary, id).length > 0)
        return error_set(error, "id %d is given twice", (int)id);
    return vocabulary_add(vocabulary, id, token, error);
}

/* A copy of a string, which the scanner may overwrite at its next step. */
static bool keep(struct buffer *copy, struct slice *text, struct error *error)
{
    copy->length = 0;
    if (!buffer_append(copy, text->bytes, text->length, error))
        return false;
    *text = buffer_slice(copy);
    return true;
}

bool read_ids(const struct builder *builder, struct json_scan *scan)
{
    struct buffer copy = {0};
    bool fine = json_scan_open(scan, '{');
    while (fine && json_scan_more(scan)) {
        struct slice token;
        struct error inner = {0};
        int32_t id;
        fine = json_scan_key(scan, &token) &&
               keep(&copy, &token, builder->error) &&
               json_scan_index(scan, VOCABULARY_LIMIT, "a token id", &id) &&
               (add_id(builder, token, id, &inner) ||
                fail_at_token(scan, token, &inner));
    }
    buffer_free(&copy);
    return fine && !builder->error->set;
}

/* [piece, score] */
static bool read_piece(const struct builder *builder, struct json_scan *scan,
                       struct buffer *copy)
{
    struct slice piece;
    struct error inner = {0};
    double score;
    if (!json_scan_open(scan, '[') || !json_scan_more(scan) ||
        !json_scan_string(scan, &piece) ||
        !keep(copy, &piece, builder->error) || !json_scan_more(scan) ||
        !json_scan_number(scan, &score))
        return scan->error->set ||
               json_scan_fail(scan, "a pair of piece and score");
    if (json_scan_more(scan))
        return json_scan_fail(scan, "']'");
    return subword_unigram_add(&builder->tokenizer->model, piece, score,
                               &inner) ||
           fail_at_token(scan, piece, &inner);
}

/* [[piece, score], ...]; a piece's place is its id. */
static bool read_pieces(const struct builder *builder, struct json_scan *scan)
{
    struct buffer copy = {0};
    bool fine = json_scan_open(scan, '[');
    while (fine && json_scan_more(scan))
        fine = read_piece(builder, scan, &copy);
    buffer_free(&copy);
    return fine && !builder->error->set;
}

static bool read_option(struct json_scan *scan, const char *key,
                        struct model_parts *parts)
{
    if (strcmp(key, "merges") == 0)
        return json_scan_skip(scan, &parts->rules);
    json_t *value = json_scan_tree(scan);
    if (value == NULL)
        return false;
    if (json_object_set_new(parts->options, key, value) == 0)
        return true;
    return json_ran_out() ? json_out_of_memory(scan->error, scan->path)
                          : json_scan_fail(scan, "a key in UTF-8");
}

/* No key that counts is longer than the array. */
static bool read_member(const struct builder *builder, struct json_scan *scan,
                        struct model_parts *parts)
{
    struct slice key, raw;
    char name[64];
    if (!json_scan_key(scan, &key))
        return false;
    if (key.length >= sizeof name)
        return json_scan_skip(scan, &raw);
    snprintf(name, sizeof name, "%.*s", (int)key.length, key.bytes);
    if (strcmp(name, "vocab") != 0)
        return read_option(scan, name, parts);
    if (parts->has_vocabulary)
        return json_scan_fail(scan, "one vocabulary");
    parts->has_vocabulary = true;
    parts->has_scores = json_scan_peek(scan) == '[';
    return parts->has_scores ? read_pieces(builder, scan)
                             : read_ids(builder, scan);
}

static struct slice text_option(const struct model_parts *parts,
                                const char *key, const char *fallback)
{
    const json_t *value = json_object_get(parts->options, key);
    return json_is_string(value) ? json_slice(value) : slice_of(fallback);
}

static bool flag_option(const struct model_parts *parts, const char *key)
{
    return json_is_true(json_object_get(parts->options, key));
}

static bool make_wordpiece(const struct builder *builder,
                           const struct model_parts *parts, struct error *error)
{
    const json_int_t reference_default = 100;
    struct tokenizer *tokenizer = builder->tokenizer;
    struct slice prefix = text_option(parts, "continuing_subword_prefix", "##");
    prefix.bytes = arena_copy(&tokenizer->arena, prefix.bytes, prefix.length,
                              builder->error);
    if (prefix.bytes == NULL)
        return false;
    const json_t *limit =
        json_object_get(parts->options, "max_input_chars_per_word");
    json_int_t longest =
        json_is_integer(limit) ? json_integer_value(limit) : reference_default;
    if (longest < 0)
        return error_set(error, "max_input_chars_per_word is negative");
    return subword_wordpiece(&tokenizer->model,
                             text_option(parts, "unk_token", "[UNK]"), prefix,
                             (size_t)longest, error);
}

/* "left right" or ["left", "right"] */
static bool read_rule(struct subword_model *model, struct json_scan *scan,
                      struct buffer *copy)
{
    struct slice left, right;
    struct error inner = {0};
    bool is_string = json_scan_peek(scan) == '"';
    if (is_string) {
        if (!json_scan_string(scan, &left))
            return false;
        const char *blank = memchr(left.bytes, ' ', left.length);
        size_t length = blank ? (size_t)(blank - left.bytes) : left.length;
        right = (struct slice){left.bytes + length, left.length - length};
        right.bytes += blank != NULL;
        right.length -= blank != NULL;
        left.length = length;
    } else if (!json_scan_open(scan, '[') || !json_scan_more(scan) ||
               !json_scan_string(scan, &left) ||
               !keep(copy, &left, scan->error) || !json_scan_more(scan) ||
               !json_scan_string(scan, &right)) {
        return scan->error->set || json_scan_fail(scan, "a pair of tokens");
    }
    if (!subword_bpe_rule(model, left, right, &inner))
        return error_pass_at(scan->error, scan->path, 0, &inner);
    return is_string || !json_scan_more(scan) || json_scan_fail(scan, "']'");
}

static bool add_rules(const struct builder *builder,
                      const struct model_parts *parts)
{
    if (parts->rules.bytes == NULL)
        return true;
    struct json_scan scan;
    struct buffer copy = {0};
    json_scan_start(&scan, parts->rules, builder->path, builder->error);
    bool fine = json_scan_open(&scan, '[');
    while (fine && json_scan_more(&scan))
        fine = read_rule(&builder->tokenizer->model, &scan, &copy);
    json_scan_free(&scan);
    buffer_free(&copy);
    return fine && !builder->error->set;
}

/* Options that would change ids and that no supported model uses. */
static bool refuse_bpe_options(const struct model_parts *parts,
                               struct error *error)
{
    static const char *const affixes[] = {"continuing_subword_prefix",
                                          "end_of_word_suffix"};
    char quoted[TEXT_QUOTE_BYTES];
    for (size_t i = 0; i < 2; i++) {
        struct slice affix = text_option(parts, affixes[i], "");
        if (affix.length > 0)
            return error_set(error, "%s '%s' is not supported", affixes[i],
                             text_quote(affix, quoted));
    }
    if (json_number_value(json_object_get(parts->options, "dropout")) > 0)
        return error_set(error, "dropout is not supported");
    return true;
}

static bool make_bpe(const struct builder *builder,
                     const struct model_parts *parts, struct error *error)
{
    struct subword_model *model = &builder->tokenizer->model;
    model->bpe.fuses_unknown = flag_option(parts, "fuse_unk");
    model->bpe.ignores_merges = flag_option(parts, "ignore_merges");
    model->bpe.falls_back = flag_option(parts, "byte_fallback");
    return refuse_bpe_options(parts, error) &&
           subword_bpe(model, text_option(parts, "unk_token", ""), error) &&
           add_rules(builder, parts);
}

static bool make_unigram(const struct builder *builder,
                         const struct model_parts *parts, struct error *error)
{
    struct subword_model *model = &builder->tokenizer->model;
    const json_t *unknown = json_object_get(parts->options, "unk_id");
    json_int_t id = json_integer_value(unknown);
    if (!json_is_integer(unknown) || id < 0 || id >= VOCABULARY_LIMIT)
        return error_set(error, "unk_id: the id of a piece was expected");
    model->unigram.falls_back = flag_option(parts, "byte_fallback");
    return subword_unigram(model, (int32_t)id, error);
}

/* Old files have no type; then the members tell. */
static struct slice type_of(const struct model_parts *parts)
{
    return text_option(parts, "type",
                       parts->rules.bytes  ? "BPE"
                       : parts->has_scores ? "Unigram"
                                           : "WordPiece");
}

static bool make_model(const struct builder *builder,
                       const struct model_parts *parts)
{
    static const struct {
        const char *type;
        bool has_scores;
        bool (*make)(const struct builder *, const struct model_parts *,
                     struct error *);
    } makers[] = {
        {"WordPiece", false, make_wordpiece},
        {"BPE", false, make_bpe},
        {"Unigram", true, make_unigram},
    };
    struct slice type = type_of(parts);
    struct error inner = {0};
    char quoted[TEXT_QUOTE_BYTES];
    for (size_t i = 0; i < sizeof makers / sizeof *makers; i++) {
        if (!slice_is(type, makers[i].type))
            continue;
        if (!parts->has_vocabulary || parts->has_scores != makers[i].has_scores)
            return builder_fail(
                builder, "model: vocab: %s were expected for a %s",
                makers[i].has_scores ? "pieces with scores" : "tokens with ids",
                makers[i].type);
        return makers[i].make(builder, parts, &inner) ||
               (inner.no_memory
                    ? builder_pass(builder, &inner)
                    : builder_fail(builder, "model: %s", inner.text));
    }
    return builder_fail(builder,
                        "model type '%s' is not supported: WordPiece, BPE and "
                        "Unigram are",
                        text_quote(type, quoted));
}

bool read_model(const struct builder *builder, struct json_scan *scan)
{
    struct model_parts parts = {.options = json_object(), .rules = {NULL, 0}};
    if (parts.options == NULL)
        return json_out_of_memory(builder->error, builder->path);
    bool fine = json_scan_open(scan, '{');
    while (fine && json_scan_more(scan))
        fine = read_member(builder, scan, &parts);
    fine = fine && !builder->error->set && make_model(builder, &parts);
    json_decref(parts.options);
    return fine;
}
