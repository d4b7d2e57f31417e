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

/* Appends the form of at..end to `out`. */
static bool append_form(enum unicode_form form, const char *at, const char *end,
                        struct buffer *out, struct normalize_scratch *scratch,
                        struct error *error)
{
    bool compatible = form == UNICODE_NFKC || form == UNICODE_NFKD;
    struct code_points *points = &scratch->points;
    points->count = 0;
    for (; at < end; at += utf8_length(*at))
        if (!unicode_decompose(utf8_decode(at), compatible, points, error))
            return false;
    if (!unicode_order_marks(points, 0, &scratch->spare, error))
        return false;
    if (is_composed(form))
        unicode_compose(points);

    if (!buffer_reserve(out, points->count * 4, error))
        return false;
    for (size_t i = 0; i < points->count; i++)
        out->length +=
            utf8_encode((uint32_t)points->points[i], out->bytes + out->length);
    return true;
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
    if (at == end)
        return true;

    while (at < end) {
        const char *start = at;
        if (start > copied)
            do
                start--;
            while (utf8_continues(*start));
        const char *stop = find_stable(at, end, limit);
        if (!buffer_append(out, copied, (size_t)(start - copied), error) ||
            !append_form(form, start, stop, out, scratch, error))
            return false;
        copied = stop;
        at = find_changing(stop, end, limit);
    }
    if (!buffer_append(out, copied, (size_t)(end - copied), error))
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
    *normalizer = (struct normalizer){
        .description = names[form], .apply = apply, .as.form = form};
}
