#include "base/files.h"
#include "text/pipeline.h"

#include <string.h>

/*
 * Python's universal newlines, with which the reference reads vocab.txt: LF,
 * CR LF and CR end a line; nothing else is trimmed.
 */
static const char *find_line_end(const char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    return at;
}

static bool read_lines(const struct builder *builder, const struct file *file)
{
    struct vocabulary *vocabulary = &builder->tokenizer->model.vocabulary;
    const char *at = file->bytes, *end = at + file->length;
    struct error inner = {0};
    for (int32_t id = 0; at < end; id++) {
        const char *line_end = find_line_end(at, end);
        struct slice token = {at, (size_t)(line_end - at)};
        if (unicode_valid_length(token) != token.length)
            return error_at(builder->error, builder->path, (uint64_t)id + 1,
                            "not UTF-8");
        if (!vocabulary_add(vocabulary, id, token, &inner))
            return error_pass_at(builder->error, builder->path,
                                 (uint64_t)id + 1, &inner);
        at = line_end + (line_end < end);
        if (at < end && line_end[0] == '\r' && *at == '\n')
            at++;
    }
    return true;
}

static bool add_bert_stages(const struct builder *builder)
{
    const struct settings *settings = builder->settings;
    struct tokenizer *tokenizer = builder->tokenizer;
    bool lower = settings_flag(settings, "do_lower_case", true, builder->error);
    bool chinese =
        settings_flag(settings, "tokenize_chinese_chars", true, builder->error);
    bool strip =
        settings_flag(settings, "strip_accents", lower, builder->error);
    struct normalizer normalizer;
    struct splitter splitter;
    normalizer_bert(&normalizer, true, chinese, strip, lower);
    splitter_bert(&splitter);
    return !builder->error->set &&
           normalizer_list_add(&tokenizer->normalizers, &normalizer,
                               builder->error) &&
           splitter_list_add(&tokenizer->splitters, &splitter, builder->error);
}

bool read_vocabulary_text(const struct builder *builder)
{
    const int longest_word = 100; /* the reference's constant */
    struct file file;
    if (!file_map(&file, builder->path, builder->error))
        return false;
    bool fine = read_lines(builder, &file);
    file_release(&file);
    if (!fine)
        return false;

    bool is_written;
    struct error inner = {0};
    struct added_token unknown = settings_special(
        builder->settings, SPECIAL_UNK, &is_written, builder->error);
    if (!subword_wordpiece(&builder->tokenizer->model, unknown.content,
                           slice_of("##"), longest_word, &inner))
        return builder_pass(builder, &inner);
    return add_bert_stages(builder) && builder_add_listed(builder) &&
           builder_add_specials(builder) && builder_add_class_template(builder);
}
