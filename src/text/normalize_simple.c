#include "text/normalize.h"

/* The normalisers that take a few lines each. */

static bool lowercase(const struct normalizer *self, struct slice *text,
                      struct buffer *out, struct normalize_scratch *scratch,
                      struct error *error)
{
    (void)self;
    (void)scratch;
    const char *at = text->bytes, *end = at + text->length;
    /* A character of two bytes may become three: U+023A. */
    if (!buffer_reserve(out, text->length * 2, error))
        return false;
    for (; at < end; at += utf8_length(*at)) {
        uint32_t lower[2];
        size_t count = unicode_lower(utf8_decode(at), lower);
        for (size_t i = 0; i < count; i++)
            out->length += utf8_encode(lower[i], out->bytes + out->length);
    }
    *text = buffer_slice(out);
    return true;
}

static bool strip_accents(const struct normalizer *self, struct slice *text,
                          struct buffer *out, struct normalize_scratch *scratch,
                          struct error *error)
{
    (void)self;
    (void)scratch;
    const char *at = text->bytes, *end = at + text->length;
    if (!buffer_reserve(out, text->length, error))
        return false;
    for (; at < end; at += utf8_length(*at)) {
        uint32_t c = utf8_decode(at);
        if (!unicode_is_mark(c))
            out->length += utf8_encode(c, out->bytes + out->length);
    }
    *text = buffer_slice(out);
    return true;
}

static bool strip(const struct normalizer *self, struct slice *text,
                  struct buffer *out, struct normalize_scratch *scratch,
                  struct error *error)
{
    (void)out;
    (void)scratch;
    (void)error;
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
    *text = (struct slice){start, (size_t)(end - start)};
    return true;
}

static bool replace(const struct normalizer *self, struct slice *text,
                    struct buffer *out, struct normalize_scratch *scratch,
                    struct error *error)
{
    (void)scratch;
    struct slice content = self->as.replace.content;
    const char *copied = text->bytes, *end = copied + text->length;
    const char *from = copied, *to = copied;
    if (!pattern_find(&self->as.replace.pattern, &from, &to, end))
        return true;
    do {
        if (!buffer_append(out, copied, (size_t)(from - copied), error) ||
            !buffer_append(out, content.bytes, content.length, error))
            return false;
        copied = from = to;
    } while (pattern_find(&self->as.replace.pattern, &from, &to, end));
    if (!buffer_append(out, copied, (size_t)(end - copied), error))
        return false;
    *text = buffer_slice(out);
    return true;
}

static bool prepend(const struct normalizer *self, struct slice *text,
                    struct buffer *out, struct normalize_scratch *scratch,
                    struct error *error)
{
    (void)scratch;
    if (text->length == 0)
        return true;
    if (!buffer_append(out, self->as.prefix.bytes, self->as.prefix.length,
                       error) ||
        !buffer_append(out, text->bytes, text->length, error))
        return false;
    *text = buffer_slice(out);
    return true;
}

void normalizer_lowercase(struct normalizer *normalizer)
{
    *normalizer =
        (struct normalizer){.description = "lower case", .apply = lowercase};
}

void normalizer_strip_accents(struct normalizer *normalizer)
{
    *normalizer = (struct normalizer){.description = "strip accents",
                                      .apply = strip_accents};
}

void normalizer_strip(struct normalizer *normalizer, bool left, bool right)
{
    *normalizer =
        (struct normalizer){.apply = strip, .as.strip = {left, right}};
}

void normalizer_replace(struct normalizer *normalizer, struct pattern pattern,
                        struct slice content)
{
    *normalizer =
        (struct normalizer){.apply = replace, .as.replace = {pattern, content}};
}

void normalizer_prepend(struct normalizer *normalizer, struct slice prefix)
{
    *normalizer = (struct normalizer){.apply = prepend, .as.prefix = prefix};
}
