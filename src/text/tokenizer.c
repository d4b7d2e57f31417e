#include "text/tokenizer.h"

#include "base/files.h"
#include "text/pipeline.h"

#include <stdio.h>
#include <string.h>

bool token_list_reserve(struct token_list *list, size_t more,
                        struct error *error)
{
    return memory_grow((void **)&list->ids, &list->capacity, list->count + more,
                       sizeof *list->ids, error);
}

bool token_list_append(struct token_list *list, int32_t id, struct error *error)
{
    if (list->count == list->capacity && !token_list_reserve(list, 64, error))
        return false;
    list->ids[list->count++] = id;
    return true;
}

void token_list_free(struct token_list *list)
{
    memory_free(list->ids);
    *list = (struct token_list){0};
}

/*
 * The files that a pipeline may come from; the first that is there counts.
 * Next to tokenizer.json the vocabulary files are not read at all, even where
 * they differ from it.
 */
static const struct source {
    const char *name;
    enum vocabulary_files files; /* of the class; FILES_JSON_ONLY: of any */
    bool (*read)(const struct builder *);
} sources[] = {
    {"tokenizer.json", FILES_JSON_ONLY, read_tokenizer_json},
    {"vocab.txt", FILES_WORDPIECE, read_vocabulary_text},
    {"vocab.json", FILES_BYTE_BPE, read_byte_bpe},
    {"sentencepiece.bpe.model", FILES_XLM_ROBERTA, read_sentencepiece},
    {"sentencepiece.bpe.model", FILES_CAMEMBERT, read_sentencepiece},
    {"spm.model", FILES_DEBERTA_V2, read_sentencepiece},
};

/* "WordPiece, lower case, from vocab.txt" */
static void describe(struct tokenizer *tokenizer, const char *file)
{
    char *text = tokenizer->description;
    size_t room = sizeof tokenizer->description;
    size_t length = (size_t)snprintf(text, room, "%s", tokenizer->model.name);
    for (size_t i = 0; i < tokenizer->normalizers.count; i++) {
        const char *what = tokenizer->normalizers.items[i].description;
        if (what != NULL && length < room)
            length +=
                (size_t)snprintf(text + length, room - length, ", %s", what);
    }
    if (length < room)
        snprintf(text + length, room - length, ", from %s", file);
}

/* *found stays false when the file is not there. */
static bool read_source(struct builder *builder, const struct source *source,
                        bool *found)
{
    struct tokenizer *tokenizer = builder->tokenizer;
    char *path =
        file_join(builder->settings->directory, source->name, builder->error);
    if (path == NULL)
        return false;
    *found = file_exists(path, builder->error);
    builder->path = path;
    bool fine = *found ? source->read(builder) : !builder->error->set;
    if (*found && fine)
        describe(tokenizer, source->name);
    memory_free(path);
    return fine;
}

/* Nothing to read: names the files or the class that would be needed. */
static bool fail_missing(const struct builder *builder, const char *other)
{
    const struct settings *settings = builder->settings;
    char quoted[TEXT_QUOTE_BYTES];
    if (other == NULL && settings->class_name.bytes != NULL)
        return error_set(builder->error,
                         "%s: no tokenizer.json, without which class '%s' is "
                         "not supported",
                         settings->directory,
                         text_quote(settings->class_name, quoted));
    return error_set(
        builder->error, "%s: no tokenizer: tokenizer.json%s%s was expected",
        settings->directory, other ? " or " : "", other ? other : "");
}

static bool read_sources(struct builder *builder)
{
    enum vocabulary_files files = builder->settings->class->files;
    const char *other = NULL;
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const struct source *source = &sources[i];
        if (source->files != FILES_JSON_ONLY && source->files != files)
            continue;
        bool found = false;
        if (!read_source(builder, source, &found))
            return false;
        if (found)
            return true;
        other = i > 0 ? source->name : NULL;
    }
    return fail_missing(builder, other);
}

/* Lowers the raw text, so that "[SEP]" in it is no token any more. */
static bool add_lower_case(const struct builder *builder)
{
    struct normalizer lower;
    if (!settings_lower_first(builder->settings, builder->error))
        return !builder->error->set;
    normalizer_lowercase(&lower);
    return normalizer_list_add(&builder->tokenizer->first, &lower,
                               builder->error);
}

/*
 * The matchers of added tokens come last: their contents go through the
 * normalisers once.
 */
struct tokenizer *tokenizer_open(const char *directory, struct error *error)
{
    struct settings settings;
    if (!settings_open(&settings, directory, error))
        return NULL;

    struct tokenizer *tokenizer = memory_new(1, sizeof *tokenizer, error);
    bool fine = tokenizer != NULL;
    if (fine) {
        struct builder builder = {tokenizer, &settings, directory, error, NULL};
        tokenizer->highest_added = -1;
        tokenizer->limit = settings_limit(&settings, error);
        tokenizer->keeps_end = settings_keep_end(&settings, error);
        tokenizer->gives_types = settings_give_types(&settings);
        fine = add_lower_case(&builder) && read_sources(&builder) &&
               !error->set && builder_finish(&builder);
    }
    settings_close(&settings);
    if (!fine) {
        tokenizer_close(tokenizer);
        return NULL;
    }
    return tokenizer;
}

void tokenizer_close(struct tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    normalizer_list_free(&tokenizer->first);
    normalizer_list_free(&tokenizer->normalizers);
    normalizer_list_free(&tokenizer->written);
    splitter_list_free(&tokenizer->splitters);
    subword_free(&tokenizer->model);
    added_tokens_free(&tokenizer->added);
    template_free(&tokenizer->single);
    template_free(&tokenizer->pair);
    arena_free(&tokenizer->arena);
    memory_free(tokenizer);
}

/* Added tokens are few; this is for display, not for the way of the data. */
struct slice tokenizer_token(const struct tokenizer *tokenizer, int32_t id)
{
    for (size_t i = 0; i < tokenizer->added.count; i++)
        if (tokenizer->added.items[i].id == id)
            return tokenizer->added.items[i].content;
    return vocabulary_token(&tokenizer->model.vocabulary, id);
}

size_t tokenizer_limit(const struct tokenizer *tokenizer)
{
    return tokenizer->limit;
}

bool tokenizer_keeps_end(const struct tokenizer *tokenizer)
{
    return tokenizer->keeps_end;
}

bool tokenizer_gives_types(const struct tokenizer *tokenizer)
{
    return tokenizer->gives_types;
}

const char *tokenizer_description(const struct tokenizer *tokenizer)
{
    return tokenizer->description;
}

const struct template *tokenizer_template(const struct tokenizer *tokenizer,
                                          bool is_pair)
{
    return is_pair ? &tokenizer->pair : &tokenizer->single;
}
