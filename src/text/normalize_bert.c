#include "text/normalize.h"

#include <string.h>

/*
 * ASCII goes through two tables of 128 bytes.  Everything else goes character
 * by character: clean, ideographs, NFD, accents, lower case.  NFD may reorder
 * marks, so marks wait in scratch->points until a character of class 0 comes;
 * deleted characters in between do not end the wait.
 */

/* Bytes that one character may become: NFD and two blanks. */
enum { LONGEST = 64 };

struct output {
    const struct bert_normalizer *options;
    struct buffer *out;
    struct code_points *marks, *spare;
    struct alignment *alignment; /* NULL: nobody asks */
    struct span_list *spans;     /* what each waiting mark stands for */
    struct span from;            /* what is written now stands for this */
    struct error *error;
};

static bool write_character(const struct output *output, uint32_t c)
{
    if (output->options->strip_accents && unicode_is_accent(c))
        return true;
    if (!buffer_reserve(output->out, LONGEST, output->error))
        return false;

    struct buffer *out = output->out;
    size_t start = out->length;
    uint32_t lower[2] = {c};
    size_t count = output->options->lowercase ? unicode_lower(c, lower) : 1;
    for (size_t i = 0; i < count; i++)
        out->length += utf8_encode(lower[i], out->bytes + out->length);
    return alignment_add(output->alignment, (struct span){start, out->length},
                         output->from, output->error);
}

/* The k-th of the ordered marks stands where the k-th stood before, as in the
 * reference. */
static bool write_marks(struct output *output)
{
    struct code_points *marks = output->marks;
    struct span now = output->from;
    if (!unicode_order_marks(marks, 0, output->spare, output->error))
        return false;
    for (size_t i = 0; i < marks->count; i++) {
        if (output->alignment != NULL)
            output->from = output->spans->spans[i];
        if (!write_character(output, (uint32_t)marks->points[i]))
            return false;
    }
    marks->count = 0;
    output->from = now;
    return true;
}

/* What the marks from `from` on stand for, if anybody asks. */
static bool note_spans(const struct output *output, size_t from)
{
    if (output->alignment == NULL)
        return true;
    output->spans->count = from;
    for (size_t i = from; i < output->marks->count; i++)
        if (!span_list_add(output->spans, output->from, output->error))
            return false;
    return true;
}

/* Decomposes c behind the waiting marks; all but the last marks can go. */
static bool write_decomposed(struct output *output, uint32_t c)
{
    struct code_points *marks = output->marks;
    size_t from = marks->count;
    if (!unicode_decompose(c, false, marks, output->error) ||
        !note_spans(output, from))
        return false;
    size_t starter = marks->count;
    while (starter > from &&
           unicode_combining_class((uint32_t)marks->points[starter - 1]) != 0)
        starter--;
    if (starter == from)
        return true; /* marks only: they wait */

    size_t end = marks->count;
    marks->count = starter;
    if (!write_marks(output))
        return false;
    for (size_t i = starter; i < end; i++)
        marks->points[marks->count++] = marks->points[i];
    return note_spans(output, 0);
}

static bool write_cleaned(struct output *output, uint32_t c)
{
    if (output->options->strip_accents)
        return write_decomposed(output, c);
    return write_character(output, c);
}

static bool add_character(struct output *output, uint32_t c)
{
    if (output->options->clean) {
        if (unicode_is_deleted(c))
            return true;
        if (unicode_is_space(c))
            c = ' ';
    }
    if (output->options->chinese && unicode_is_chinese(c))
        return write_cleaned(output, ' ') && write_cleaned(output, c) &&
               write_cleaned(output, ' ');
    return write_cleaned(output, c);
}

#define EACH(byte) (0x0101010101010101u * (byte))

/* Whether all eight bytes are printable ASCII, 20 to 7E. */
static bool is_printable(uint64_t bytes)
{
    uint64_t below_20 = (bytes - EACH(0x20u)) & ~bytes;
    uint64_t above_7e = (bytes + EACH(0x01u)) | bytes;
    return ((below_20 | above_7e) & EACH(0x80u)) == 0;
}

/* Eight bytes of ASCII in lower case: bit 5 where one is 'A' to 'Z'. */
static uint64_t lower_ascii(uint64_t bytes)
{
    uint64_t from_a = bytes + EACH(0x80u - 'A');
    uint64_t behind_z = bytes + EACH(0x7Fu - 'Z');
    return bytes | ((from_a ^ behind_z) & EACH(0x80u)) >> 2;
}

/* Copies ASCII up to the end or the next other byte; room is reserved. */
static const char *copy_ascii(const struct bert_normalizer *options,
                              const char *at, const char *end,
                              struct buffer *out)
{
    char *to = out->bytes + out->length;
    while (at < end && (unsigned char)*at < 0x80) {
        uint64_t bytes = 0;
        if (end - at >= 8)
            memcpy(&bytes, at, 8);
        if (is_printable(bytes)) {
            bytes = options->lowercase ? lower_ascii(bytes) : bytes;
            memcpy(to, &bytes, 8);
            to += 8;
            at += 8;
            continue;
        }
        unsigned char byte = (unsigned char)*at++;
        *to = options->ascii[byte];
        to += options->keeps[byte];
    }
    out->length = (size_t)(to - out->bytes);
    return at;
}

/* Says of text[from..to), which copy_ascii wrote from `start` on, what it
 * stands for. */
static bool align_ascii(const struct output *output, struct slice text,
                        struct span copied, size_t start)
{
    if (output->alignment == NULL)
        return true;
    for (size_t i = copied.begin; i < copied.end; i++) {
        size_t kept = output->options->keeps[(unsigned char)text.bytes[i]];
        if (!alignment_add(output->alignment,
                           (struct span){start, start + kept},
                           (struct span){i, i + 1}, output->error))
            return false;
        start += kept;
    }
    return true;
}

static bool apply(const struct normalizer *self, struct slice *text,
                  struct buffer *out, struct normalize_scratch *scratch,
                  struct error *error)
{
    struct output output = {.options = &self->as.bert,
                            .out = out,
                            .marks = &scratch->points,
                            .spare = &scratch->spare,
                            .alignment = trace_stage(&scratch->trace),
                            .spans = &scratch->spans,
                            .error = error};
    scratch->points.count = 0;
    const char *at = text->bytes, *end = at + text->length;
    while (at < end) {
        if (!buffer_reserve(out, (size_t)(end - at) + LONGEST, error))
            return false;
        size_t from = (size_t)(at - text->bytes), start = out->length;
        if (scratch->points.count == 0)
            at = copy_ascii(&self->as.bert, at, end, out);
        size_t to = (size_t)(at - text->bytes);
        if (!align_ascii(&output, *text, (struct span){from, to}, start))
            return false;
        if (at == end)
            break;
        output.from = (struct span){to, to + utf8_length(*at)};
        if (!add_character(&output, utf8_decode(at)))
            return false;
        at += utf8_length(*at);
    }
    if (!write_marks(&output))
        return false;
    *text = buffer_slice(out);
    return true;
}

void normalizer_bert(struct normalizer *normalizer, bool clean, bool chinese,
                     bool strip_accents, bool lowercase)
{
    static const char *const descriptions[2][2] = {
        {NULL, "strip accents"},
        {"lower case", "lower case, strip accents"},
    };
    *normalizer = (struct normalizer){
        .type = "BertNormalizer",
        .description = descriptions[lowercase][strip_accents],
        .apply = apply,
        .as.bert = {clean, chinese, strip_accents, lowercase, {0}, {0}},
    };
    struct bert_normalizer *options = &normalizer->as.bert;
    for (uint32_t c = 0; c < 128; c++) {
        uint32_t lower[2] = {c};
        if (lowercase)
            unicode_lower(c, lower);
        bool blank = clean && unicode_is_space(c);
        options->ascii[c] = blank ? ' ' : (char)lower[0];
        options->keeps[c] = !(clean && unicode_is_deleted(c));
    }
}
