/*
 * encode.c - a text through the pipeline: ids and, where they are asked for,
 * the bytes that each of them stands for.
 */
#include "text/pipeline.h"
#include "text/word_cache.h"

/*
 * The reference is the fast tokenizer of transformers 4, whose steps are kept
 * apart here because they see different texts: added tokens that are not
 * "normalized" are looked for in the raw text, the others in what the
 * normaliser made of the pieces in between, and every piece that is left is
 * split and encoded as if it stood alone.
 */

/* Two sets for normalising: what the first one made is cut into pieces while
 * the second one works on each. */
struct tokenizer_buffers {
    struct buffer repaired;
    struct alignment repairs; /* of `repaired`, where spans are asked for */
    struct normalize_scratch first, normalize;
    struct split_scratch split;
    struct word_cache words;
    struct subword_scratch model;
};

void tokenizer_scratch_free(struct tokenizer_scratch *scratch)
{
    struct tokenizer_buffers *buffers = scratch->buffers;
    if (buffers == NULL)
        return;
    buffer_free(&buffers->repaired);
    alignment_free(&buffers->repairs);
    normalize_scratch_free(&buffers->first);
    normalize_scratch_free(&buffers->normalize);
    split_scratch_free(&buffers->split);
    word_cache_free(&buffers->words);
    subword_scratch_free(&buffers->model);
    memory_free(buffers);
    scratch->buffers = NULL;
}

/* A raw piece between added tokens, and what the normalisers made of it. */
struct piece {
    struct slice raw, normalized;
};

/* What every step of an encoding needs. */
struct encoding {
    const struct tokenizer *tokenizer;
    struct tokenizer_buffers *buffers;
    struct token_list *list;
    struct span_list *spans; /* NULL: nobody asks */
    struct slice valid;      /* the text as valid UTF-8 */
    struct slice lowered;    /* what the first normalisers made of it */
    struct error *error;
};

/*** Where ids come from ***/

/* Whole characters of valid UTF-8, without white space at the ends. */
static struct span trim(struct slice text, struct span span)
{
    const char *start = text.bytes;
    while (span.begin > 0 && span.begin < text.length &&
           utf8_continues(start[span.begin]))
        span.begin--;
    while (span.end < text.length && utf8_continues(start[span.end]))
        span.end++;
    while (span.begin < span.end &&
           unicode_is_space(utf8_decode(start + span.begin)))
        span.begin += utf8_length(start[span.begin]);
    for (size_t last; span.begin < span.end; span.end = last) {
        last = span.end - 1;
        while (utf8_continues(start[last]))
            last--;
        if (!unicode_is_space(utf8_decode(start + last)))
            break;
    }
    return span;
}

static struct span shift(struct span span, const char *from, const char *base)
{
    size_t by = (size_t)(from - base);
    return (struct span){span.begin + by, span.end + by};
}

/* Bytes of the lowered text -> bytes of the caller's. */
static struct span text_origin(const struct encoding *encoding,
                               struct span lowered)
{
    const struct tokenizer_buffers *buffers = encoding->buffers;
    struct span span = alignment_origin(&buffers->first.trace.whole, lowered);
    span = trim(encoding->valid, span);
    return encoding->valid.bytes == buffers->repaired.bytes
               ? alignment_origin(&buffers->repairs, span)
               : span;
}

/* Bytes of the normalised piece -> bytes of the caller's text. */
static struct span piece_origin(const struct encoding *encoding,
                                const struct piece *piece, struct span span)
{
    const struct alignment *whole = &encoding->buffers->normalize.trace.whole;
    span = alignment_origin(whole, span);
    return text_origin(encoding,
                       shift(span, piece->raw.bytes, encoding->lowered.bytes));
}

/*** Words, pieces, texts ***/

/* The words with the spans of their ids, which the memory of words has not. */
static bool append_words_spans(const struct encoding *encoding,
                               const struct piece *piece, struct slice part,
                               const struct words *words)
{
    struct tokenizer_buffers *buffers = encoding->buffers;
    const struct subword_model *model = &encoding->tokenizer->model;
    struct span_list *spans = encoding->spans;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->items[i].bytes;
        size_t at = spans->count;
        if (!model->encode(model, words->items[i], &buffers->model,
                           encoding->list, spans, encoding->error))
            return false;
        for (; at < spans->count; at++) {
            struct span span = spans->spans[at];
            span = split_origin(
                &buffers->split,
                (struct slice){word + span.begin, span.end - span.begin});
            span = shift(span, part.bytes, piece->normalized.bytes);
            spans->spans[at] = piece_origin(encoding, piece, span);
        }
    }
    return true;
}

/* Words of a part of a piece, without added tokens. */
static bool encode_words(const struct encoding *encoding,
                         const struct piece *piece, struct slice part,
                         bool at_start)
{
    const struct tokenizer *tokenizer = encoding->tokenizer;
    const struct words *words =
        pretokenize(&tokenizer->splitters, part, at_start,
                    &encoding->buffers->split, encoding->error);
    if (words == NULL)
        return false;
    if (encoding->spans != NULL)
        return append_words_spans(encoding, piece, part, words);
    for (size_t i = 0; i < words->count; i++)
        if (!word_cache_encode(&encoding->buffers->words, &tokenizer->model,
                               words->items[i], &encoding->buffers->model,
                               encoding->list, encoding->error))
            return false;
    return true;
}

static bool append_added(const struct encoding *encoding, int32_t id,
                         struct span origin)
{
    return token_list_append(encoding->list, id, encoding->error) &&
           (encoding->spans == NULL ||
            span_list_add(encoding->spans, origin, encoding->error));
}

/* What the walk gave out last: the part's end and what follows it. */
static struct span added_span(const struct added_walk *walk, struct slice part)
{
    return (struct span){(size_t)(part.bytes + part.length - walk->text.bytes),
                         walk->done};
}

/* A raw piece: normalised, then cut at the added tokens that ask for it. */
static bool encode_piece(const struct encoding *encoding, struct slice raw,
                         bool at_start)
{
    const struct tokenizer *tokenizer = encoding->tokenizer;
    struct piece piece = {raw, raw};
    if (!normalize(&tokenizer->normalizers, &piece.normalized,
                   &encoding->buffers->normalize, encoding->error))
        return false;
    if (piece.normalized.length == 0)
        return true;
    struct added_walk walk = {.text = piece.normalized};
    for (;;) {
        struct slice part;
        const struct added_token *token = added_tokens_next(
            &tokenizer->added, &tokenizer->added.normalized, &walk, &part);
        bool is_start = at_start && part.bytes == walk.text.bytes;
        if (part.length > 0 && !encode_words(encoding, &piece, part, is_start))
            return false;
        if (token == NULL)
            return true;
        struct span origin = {0, 0};
        if (encoding->spans != NULL)
            origin = piece_origin(encoding, &piece, added_span(&walk, part));
        if (!append_added(encoding, token->id, origin))
            return false;
    }
}

/* Special tokens that a text spells are tokens: there is no escape. */
static bool encode_pieces(const struct encoding *encoding)
{
    const struct tokenizer *tokenizer = encoding->tokenizer;
    struct added_walk walk = {.text = encoding->lowered};
    for (;;) {
        struct slice piece;
        const struct added_token *token = added_tokens_next(
            &tokenizer->added, &tokenizer->added.raw, &walk, &piece);
        bool at_start = piece.bytes == walk.text.bytes;
        if (piece.length > 0 && !encode_piece(encoding, piece, at_start))
            return false;
        if (token == NULL)
            return true;
        struct span origin = {0, 0};
        if (encoding->spans != NULL)
            origin = text_origin(encoding, added_span(&walk, piece));
        if (!append_added(encoding, token->id, origin))
            return false;
    }
}

/* From here on every stage may rely on valid UTF-8. */
static bool repair(struct encoding *encoding, size_t *invalid)
{
    struct tokenizer_buffers *buffers = encoding->buffers;
    size_t broken = 0;
    if (unicode_valid_length(encoding->valid) == encoding->valid.length)
        return true;
    buffers->repaired.length = buffers->repairs.count = 0;
    if (!unicode_repair(encoding->valid, &buffers->repaired, &broken,
                        encoding->spans ? &buffers->repairs : NULL,
                        encoding->error))
        return false;
    if (invalid != NULL)
        *invalid += broken;
    encoding->valid = buffer_slice(&buffers->repaired);
    return true;
}

static bool encode(const struct tokenizer *tokenizer,
                   struct tokenizer_scratch *scratch, struct slice text,
                   struct token_list *list, struct span_list *spans,
                   size_t *invalid, struct error *error)
{
    if (text.length == 0)
        return true;
    if (scratch->buffers == NULL)
        scratch->buffers = memory_new(1, sizeof *scratch->buffers, error);
    struct tokenizer_buffers *buffers = scratch->buffers;
    if (buffers == NULL)
        return false;

    struct encoding encoding = {
        .tokenizer = tokenizer,
        .buffers = buffers,
        .list = list,
        .spans = spans,
        .valid = text,
        .error = error,
    };
    buffers->first.trace.is_on = buffers->normalize.trace.is_on =
        buffers->split.trace.is_on = spans != NULL;
    if (!repair(&encoding, invalid))
        return false;
    encoding.lowered = encoding.valid;
    return normalize(&tokenizer->first, &encoding.lowered, &buffers->first,
                     error) &&
           encode_pieces(&encoding);
}

bool tokenizer_encode(const struct tokenizer *tokenizer,
                      struct tokenizer_scratch *scratch, struct slice text,
                      struct token_list *list, size_t *invalid,
                      struct error *error)
{
    return encode(tokenizer, scratch, text, list, NULL, invalid, error);
}

bool tokenizer_encode_spans(const struct tokenizer *tokenizer,
                            struct tokenizer_scratch *scratch,
                            struct slice text, struct token_list *list,
                            struct span_list *spans, size_t *invalid,
                            struct error *error)
{
    return encode(tokenizer, scratch, text, list, spans, invalid, error);
}
