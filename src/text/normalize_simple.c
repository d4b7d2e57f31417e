#include "text/normalize.h"

#include <string.h>

/* The normalisers that take a few lines each. */

/* The character at `at` as bytes of `text`. */
static struct span character(struct slice text, const char *at)
{
    size_t begin = (size_t)(at - text.bytes);
    return (struct span){begin, begin + utf8_length(*at)};
}

static bool lowercase(const struct normalizer *self, struct slice *text,
                      struct buffer *out, struct normalize_scratch *scratch,
                      struct error *error)
{
    (void)self;
    struct alignment *alignment = trace_stage(&scratch->trace);
    const char *at = text->bytes, *end = at + text->length;
    /* A character of two bytes may become three: U+023A. */
    if (!buffer_reserve(out, text->length * 2, error))
        return false;
    for (; at < end; at += utf8_length(*at)) {
        uint32_t lower[2];
        size_t count = unicode_lower(utf8_decode(at), lower);
        size_t start = out->length;
        for (size_t i = 0; i < count; i++)
            out->length += utf8_encode(lower[i], out->bytes + out->length);
        if (!alignment_add(alignment, (struct span){start, out->length},
                           character(*text, at), error))
            return false;
    }
    *text = buffer_slice(out);
    return true;
}

static bool strip_accents(const struct normalizer *self, struct slice *text,
                          struct buffer *out, struct normalize_scratch *scratch,
                          struct error *error)
{
    (void)self;
    struct alignment *alignment = trace_stage(&scratch->trace);
    const char *at = text->bytes, *end = at + text->length;
    if (!buffer_reserve(out, text->length, error))
        return false;
    for (; at < end; at += utf8_length(*at)) {
        uint32_t c = utf8_decode(at);
        if (unicode_is_old_mark(c))
            continue;
        size_t start = out->length;
        out->length += utf8_encode(c, out->bytes + start);
        if (!alignment_add(alignment, (struct span){start, out->length},
                           character(*text, at), error))
            return false;
    }
    *text = buffer_slice(out);
    return true;
}

static bool strip(const struct normalizer *self, struct slice *text,
                  struct buffer *out, struct normalize_scratch *scratch,
                  struct error *error)
{
    (void)out;
    const char *start = text->bytes, *end = start + text->length;
    while (self->as.strip.left && start < end &&
           unicode_is_space(utf8_decode(start)))
        start += utf8_length(*start);
    while (self->as.strip.right && start < end) {
        const char *last = end - 1;
        while (utf8_continues(*last))
            last--;
        if (!unicode_is_space(utf8_decode(last)))
            break;
        end = last;
    }
    size_t length = (size_t)(end - start), cut = (size_t)(start - text->bytes);
    *text = (struct slice){start, length};
    return alignment_add(trace_stage(&scratch->trace), (struct span){0, length},
                         (struct span){cut, cut + length}, error);
}

/* Appends what replaces a match, which stands for the last character of it,
 * as in the reference. */
static bool append_content(struct slice text, struct slice content,
                           const char *match_end, struct buffer *out,
                           struct normalize_scratch *scratch,
                           struct error *error)
{
    size_t start = out->length;
    do
        match_end--;
    while (utf8_continues(*match_end));
    return normalize_append(content, out, scratch, error) &&
           alignment_add(trace_stage(&scratch->trace),
                         (struct span){start, out->length},
                         character(text, match_end), error);
}

static bool replace(const struct normalizer *self, struct slice *text,
                    struct buffer *out, struct normalize_scratch *scratch,
                    struct error *error)
{
    struct alignment *alignment = trace_stage(&scratch->trace);
    struct slice content = self->as.replace.content;
    const char *copied = text->bytes, *end = copied + text->length;
    const char *from = copied, *to = copied;
    if (!pattern_find(&self->as.replace.pattern, &from, &to, end))
        return true;
    do {
        if (!normalize_copy(*text, copied, from, out, alignment, error) ||
            !append_content(*text, content, to, out, scratch, error))
            return false;
        copied = from = to;
    } while (pattern_find(&self->as.replace.pattern, &from, &to, end));
    if (!normalize_copy(*text, copied, end, out, alignment, error))
        return false;
    *text = buffer_slice(out);
    return true;
}

static bool prepend(const struct normalizer *self, struct slice *text,
                    struct buffer *out, struct normalize_scratch *scratch,
                    struct error *error)
{
    if (text->length == 0)
        return true;
    struct slice prefix = self->as.prefix;
    struct alignment *alignment = trace_stage(&scratch->trace);
    if (!normalize_append(prefix, out, scratch, error) ||
        !alignment_add(alignment, (struct span){0, prefix.length},
                       character(*text, text->bytes), error) ||
        !normalize_copy(*text, text->bytes, text->bytes + text->length, out,
                        alignment, error))
        return false;
    *text = buffer_slice(out);
    return true;
}

void normalizer_lowercase(struct normalizer *normalizer)
{
    *normalizer = (struct normalizer){
        .type = "Lowercase", .description = "lower case", .apply = lowercase};
}

void normalizer_strip_accents(struct normalizer *normalizer)
{
    *normalizer = (struct normalizer){.type = "StripAccents",
                                      .description = "strip accents",
                                      .apply = strip_accents};
}

void normalizer_strip(struct normalizer *normalizer, bool left, bool right)
{
    *normalizer =
        (struct normalizer){.type = "Strip",
                            .parts = left ? PARTS_LACK_BLANK : PARTS_SAME,
                            .apply = strip,
                            .as.strip = {left, right}};
}

void normalizer_replace(struct normalizer *normalizer, struct pattern pattern,
                        struct slice content)
{
    /* A string may reach across the blank; a run of one character may not. */
    bool crosses =
        pattern.least == 0 && pattern.text.length > 0 &&
        memchr(pattern.text.bytes + 1, ' ', pattern.text.length - 1) != NULL;
    *normalizer =
        (struct normalizer){.type = "Replace",
                            .parts = crosses ? PARTS_OTHER : PARTS_SAME,
                            .sees_signs = true,
                            .apply = replace,
                            .as.replace = {pattern, content}};
}

void normalizer_prepend(struct normalizer *normalizer, struct slice prefix)
{
    *normalizer = (struct normalizer){.type = "Prepend",
                                      .parts = PARTS_OTHER,
                                      .apply = prepend,
                                      .as.prefix = prefix};
}
