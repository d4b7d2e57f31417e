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

static bool read_lines(const struct reader *reader, const struct file *file)
{
    struct vocabulary *vocabulary = &reader->tokenizer->model.vocabulary;
    const char *at = file->bytes, *end = at + file->length;
    struct error inner = {0};
    for (int32_t id = 0; at < end; id++) {
        const char *line_end = find_line_end(at, end);
        struct slice token = {at, (size_t)(line_end - at)};
        if (unicode_valid_length(token) != token.length)
            return error_at(reader->error, reader->path, (uint64_t)id + 1,
                            "not UTF-8");
        if (!vocabulary_add(vocabulary, id, token, &inner))
            return error_pass_at(reader->error, reader->path, (uint64_t)id + 1,
                                 &inner);
        at = line_end + (line_end < end);
        if (at < end && line_end[0] == '\r' && *at == '\n')
            at++;
    }
    return true;
}

static bool add_bert_stages(const struct reader *reader)
{
    const struct settings *settings = reader->settings;
    struct tokenizer *tokenizer = reader->tokenizer;
    bool lower = settings_flag(settings, "do_lower_case", true, reader->error);
    bool chinese =
        settings_flag(settings, "tokenize_chinese_chars", true, reader->error);
    bool strip = settings_flag(settings, "strip_accents", lower, reader->error);
    struct normalizer normalizer;
    struct splitter splitter;
    normalizer_bert(&normalizer, true, chinese, strip, lower);
    splitter_bert(&splitter);
    return !reader->error->set &&
           normalizer_list_add(&tokenizer->normalizers, &normalizer,
                               reader->error) &&
           splitter_list_add(&tokenizer->splitters, &splitter, reader->error);
}

bool read_vocabulary_text(const struct reader *reader)
{
    const int longest_word = 100; /* the reference's constant */
    struct file file;
    if (!file_map(&file, reader->path, reader->error))
        return false;
    bool fine = read_lines(reader, &file);
    file_release(&file);
    if (!fine)
        return false;

    bool is_written;
    struct error inner = {0};
    struct added_token unknown = settings_special(reader->settings, SPECIAL_UNK,
                                                  &is_written, reader->error);
    if (!model_wordpiece(&reader->tokenizer->model, unknown.content,
                         slice_of("##"), longest_word, &inner))
        return reader_pass(reader, &inner);
    return add_bert_stages(reader) && reader_add_listed(reader) &&
           reader_add_specials(reader) && reader_add_class_template(reader);
}
