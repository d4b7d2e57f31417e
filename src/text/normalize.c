#include "text/normalize.h"

/*
 * Two buffers take turns: a normaliser reads the one and writes the other.
 * Most texts need no change, and a normaliser that changes nothing leaves
 * *text where it is, in the caller's memory or in a buffer.
 */

void normalize_scratch_free(struct normalize_scratch *scratch)
{
    buffer_free(&scratch->texts[0]);
    buffer_free(&scratch->texts[1]);
    code_points_free(&scratch->points);
    code_points_free(&scratch->spare);
    trace_free(&scratch->trace);
    span_list_free(&scratch->spans);
}

void normalizer_list_free(struct normalizer_list *list)
{
    memory_free(list->items);
    *list = (struct normalizer_list){0};
}

bool normalizer_list_add(struct normalizer_list *list,
                         const struct normalizer *normalizer,
                         struct error *error)
{
    if (list->count == STAGES_LIMIT)
        return error_set(error, "more than %d normalizers", STAGES_LIMIT);
    if (!memory_grow((void **)&list->items, &list->capacity, list->count + 1,
                     sizeof *list->items, error))
        return false;
    list->items[list->count++] = *normalizer;
    return true;
}

bool normalize_copy(struct slice text, const char *at, const char *end,
                    struct buffer *out, struct alignment *alignment,
                    struct error *error)
{
    size_t start = out->length, from = (size_t)(at - text.bytes);
    size_t length = (size_t)(end - at);
    return buffer_append(out, at, length, error) &&
           alignment_add(alignment, (struct span){start, out->length},
                         (struct span){from, from + length}, error);
}

static bool too_long(const struct normalize_scratch *scratch,
                     struct error *error)
{
    return error_set(error,
                     "the tokenizer's normalizers make more than %zu bytes of "
                     "a text: at most %d of each byte were expected",
                     scratch->most_bytes, NORMALIZE_GROWTH);
}

bool normalize_append(struct slice bytes, struct buffer *out,
                      const struct normalize_scratch *scratch,
                      struct error *error)
{
    if (out->length > scratch->most_bytes ||
        bytes.length > scratch->most_bytes - out->length)
        return too_long(scratch, error);
    return buffer_append(out, bytes.bytes, bytes.length, error);
}

bool normalize(const struct normalizer_list *list, struct slice *text,
               struct normalize_scratch *scratch, struct error *error)
{
    size_t spare = 0; /* which of the two buffers *text does not lie in */
    if (__builtin_mul_overflow(text->length, NORMALIZE_GROWTH,
                               &scratch->most_bytes) ||
        scratch->most_bytes < NORMALIZE_LEAST_BYTES)
        scratch->most_bytes = NORMALIZE_LEAST_BYTES;
    if (!trace_start(&scratch->trace, error))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        const struct normalizer *normalizer = &list->items[i];
        struct buffer *out = &scratch->texts[spare];
        out->length = 0;
        if (!normalizer->apply(normalizer, text, out, scratch, error) ||
            !trace_end_stage(&scratch->trace, text->length, error))
            return false;
        if (text->length > scratch->most_bytes)
            return too_long(scratch, error);
        if (text->bytes == out->bytes)
            spare ^= 1;
    }
    return true;
}
