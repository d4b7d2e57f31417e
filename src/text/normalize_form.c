#include "text/normalize.h"

/* Characters below do not change in a form, and nothing behind them composes
 * with what is before. */
static uint32_t first_changing(enum unicode_form form)
{
    switch (form) {
    case UNICODE_NFC:
        return 0x300;
    case UNICODE_NFD:
        return 0xC0;
    default:
        return 0x80;
    }
}

static bool is_composed(enum unicode_form form)
{
    return form == UNICODE_NFC || form == UNICODE_NFKC;
}

/* The next character at or above the limit, or the end. */
static const char *find_changing(const char *at, const char *end,
                                 uint32_t limit)
{
    while (at < end && ((unsigned char)*at < 0x80 || utf8_decode(at) < limit))
        at += utf8_length(*at);
    return at;
}

/* From a changing character to the next one below the limit, or the end. */
static const char *find_stable(const char *at, const char *end, uint32_t limit)
{
    while (at < end && (unsigned char)*at >= 0x80 && utf8_decode(at) >= limit)
        at += utf8_length(*at);
    return at;
}

static bool is_compatible(enum unicode_form form)
{
    return form == UNICODE_NFKC || form == UNICODE_NFKD;
}

/* Decomposes at..end of the text; scratch->spans says of every part what
 * character it comes from, if anybody asks. */
static bool decompose(enum unicode_form form, struct slice text, const char *at,
                      const char *end, struct normalize_scratch *scratch,
                      struct error *error)
{
    struct code_points *points = &scratch->points;
    points->count = scratch->spans.count = 0;
    for (; at < end; at += utf8_length(*at)) {
        if (!unicode_decompose(utf8_decode(at), is_compatible(form), points,
                               error))
            return false;
        size_t from = (size_t)(at - text.bytes);
        while (scratch->trace.is_on && scratch->spans.count < points->count)
            if (!span_list_add(&scratch->spans,
                               (struct span){from, from + utf8_length(*at)},
                               error))
                return false;
    }
    return true;
}

/*
 * What a written character stands for that was made of `count` parts from
 * *part on.  The reference's rule: the first of the input's characters that
 * begins among those parts, else the one whose parts they are.
 */
static struct span origin_of(const struct span_list *spans, size_t *part,
                             size_t count)
{
    size_t first = *part;
    *part += count;
    for (size_t i = first; i < *part; i++)
        if (i == 0 || spans->spans[i].begin != spans->spans[i - 1].begin)
            return spans->spans[i];
    return spans->spans[first];
}

/* Writes the characters and, if anybody asks, what they stand for. */
static bool write_points(enum unicode_form form, struct buffer *out,
                         struct normalize_scratch *scratch, struct error *error)
{
    const struct code_points *points = &scratch->points;
    struct alignment *alignment = trace_stage(&scratch->trace);
    size_t part = 0;
    if (!buffer_reserve(out, points->count * 4, error))
        return false;
    for (size_t i = 0; i < points->count; i++) {
        uint32_t c = (uint32_t)points->points[i];
        size_t start = out->length;
        out->length += utf8_encode(c, out->bytes + start);
        if (alignment == NULL)
            continue;
        scratch->spare.count = 0;
        if (!unicode_decompose(c, is_compatible(form), &scratch->spare,
                               error) ||
            !alignment_add(
                alignment, (struct span){start, out->length},
                origin_of(&scratch->spans, &part, scratch->spare.count), error))
            return false;
    }
    return true;
}

/* Appends the form of at..end to `out`. */
static bool append_form(enum unicode_form form, struct slice text,
                        const char *at, const char *end, struct buffer *out,
                        struct normalize_scratch *scratch, struct error *error)
{
    if (!decompose(form, text, at, end, scratch, error) ||
        !unicode_order_marks(&scratch->points, 0, &scratch->spare, error))
        return false;
    if (is_composed(form))
        unicode_compose(&scratch->points);
    return write_points(form, out, scratch, error);
}

/*
 * Text is copied up to the last character before a changing one, which may
 * compose with it; from there to the next stable character it goes through
 * utf8proc.
 */
static bool apply(const struct normalizer *self, struct slice *text,
                  struct buffer *out, struct normalize_scratch *scratch,
                  struct error *error)
{
    enum unicode_form form = self->as.form;
    uint32_t limit = first_changing(form);
    const char *copied = text->bytes, *end = copied + text->length;
    const char *at = find_changing(copied, end, limit);
    struct alignment *alignment = trace_stage(&scratch->trace);
    if (at == end)
        return true;

    while (at < end) {
        const char *start = at;
        if (start > copied)
            do
                start--;
            while (utf8_continues(*start));
        const char *stop = find_stable(at, end, limit);
        if (!normalize_copy(*text, copied, start, out, alignment, error) ||
            !append_form(form, *text, start, stop, out, scratch, error))
            return false;
        copied = stop;
        at = find_changing(stop, end, limit);
    }
    if (!normalize_copy(*text, copied, end, out, alignment, error))
        return false;
    *text = buffer_slice(out);
    return true;
}

void normalizer_form(struct normalizer *normalizer, enum unicode_form form)
{
    static const char *const names[] = {
        [UNICODE_NFD] = "NFD",
        [UNICODE_NFC] = "NFC",
        [UNICODE_NFKD] = "NFKD",
        [UNICODE_NFKC] = "NFKC",
    };
    *normalizer = (struct normalizer){.type = names[form],
                                      .description = names[form],
                                      .apply = apply,
                                      .as.form = form};
}
