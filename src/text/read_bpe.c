#include "base/files.h"
#include "text/pipeline.h"

#include <string.h>

static bool read_vocabulary(const struct builder *builder)
{
    struct file file;
    if (!file_map(&file, builder->path, builder->error))
        return false;
    struct json_scan scan;
    json_scan_start(&scan, (struct slice){file.bytes, file.length},
                    builder->path, builder->error);
    bool fine = read_ids(builder, &scan) && json_scan_end(&scan);
    json_scan_free(&scan);
    file_release(&file);
    return fine;
}

/* "left right"; tokens of a byte-level vocabulary contain no blank. */
static bool add_rule(const struct builder *builder, const char *path,
                     uint64_t number, struct slice line)
{
    if (line.length > 0 && line.bytes[line.length - 1] == '\r')
        line.length--;
    if (line.length == 0)
        return true;
    const char *blank = memchr(line.bytes, ' ', line.length);
    if (blank == NULL)
        return error_at(builder->error, path, number,
                        "two tokens with a blank between them were expected");
    struct slice left = {line.bytes, (size_t)(blank - line.bytes)};
    struct slice right = {blank + 1, line.length - left.length - 1};
    struct error inner = {0};
    if (subword_bpe_rule(&builder->tokenizer->model, left, right, &inner))
        return true;
    return error_pass_at(builder->error, path, number, &inner);
}

/*
 * As the reference reads merges.txt: the first line is a heading whatever it
 * says, and what stands behind the last line end does not count.
 */
static bool add_rules(const struct builder *builder, const char *path,
                      struct slice text)
{
    const char *at = text.bytes, *end = at + text.length;
    for (uint64_t number = 1; at < end; number++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL)
            return true;
        struct slice line = {at, (size_t)(line_end - at)};
        if (number > 1 && !add_rule(builder, path, number, line))
            return false;
        at = line_end + 1;
    }
    return true;
}

static bool read_rules(const struct builder *builder)
{
    char *path =
        file_join(builder->settings->directory, "merges.txt", builder->error);
    struct file file;
    if (path == NULL)
        return false;
    bool fine = file_map(&file, path, builder->error);
    if (fine) {
        fine =
            add_rules(builder, path, (struct slice){file.bytes, file.length});
        file_release(&file);
    }
    memory_free(path);
    return fine;
}

bool read_byte_bpe(const struct builder *builder)
{
    struct tokenizer *tokenizer = builder->tokenizer;
    if (!read_vocabulary(builder) ||
        !subword_bpe(&tokenizer->model, (struct slice){"", 0},
                     builder->error) ||
        !read_rules(builder))
        return false;

    struct splitter splitter;
    bool prefix = settings_flag(builder->settings, "add_prefix_space", false,
                                builder->error);
    splitter_byte_level(&splitter, prefix, true);
    return splitter_list_add(&tokenizer->splitters, &splitter,
                             builder->error) &&
           builder_add_listed(builder) && builder_add_specials(builder) &&
           builder_add_class_template(builder);
}
