/*
 * encoding.c - one text by every way there is.
 */
#include "encoding.h"

#include "base/memory.h"
#include "text/packed.h"

#include <string.h>

void encodings_open(struct encodings *encodings, struct tokenizer *tokenizer)
{
    struct error error = {0};
    *encodings = (struct encodings){.tokenizer = tokenizer};
    encodings->stages = tokenizer_pack(tokenizer, &encodings->tables, &error);
    fuzz_require_error(encodings->stages != NULL, &error);
    fuzz_require(encodings->stages != NULL);
    encodings->mapped =
        tokenizer_map(encodings->stages, &encodings->tables, "packed", &error);
    fuzz_require_error(encodings->mapped != NULL, &error);
    fuzz_require(encodings->mapped != NULL);
}

void encodings_close(struct encodings *encodings)
{
    tokenizer_scratch_free(&encodings->scratch);
    tokenizer_scratch_free(&encodings->mapped_scratch);
    tokenizer_close(encodings->mapped);
    json_decref(encodings->stages);
    tensors_free(&encodings->tables);
    tokenizer_close(encodings->tokenizer);
}

static void check_same(const struct token_list *wanted,
                       const struct token_list *found)
{
    fuzz_require(wanted->count == found->count);
    fuzz_require(wanted->count == 0 ||
                 memcmp(wanted->ids, found->ids,
                        wanted->count * sizeof *wanted->ids) == 0);
}

/* False: the normalizers would make too much of the text. */
static bool encode(const struct tokenizer *tokenizer,
                   struct tokenizer_scratch *scratch, struct slice text,
                   struct token_list *ids)
{
    struct error error = {0};
    bool fine = tokenizer_encode(tokenizer, scratch, text, ids, NULL, &error);
    fuzz_require_error(fine, &error);
    return fine;
}

static void check_another(const struct tokenizer *tokenizer,
                          struct tokenizer_scratch *scratch, struct slice text,
                          const struct token_list *wanted)
{
    struct token_list ids = {0};
    fuzz_require(encode(tokenizer, scratch, text, &ids));
    check_same(wanted, &ids);
    token_list_free(&ids);
}

static void check_ids(const struct tokenizer *tokenizer,
                      const struct token_list *ids)
{
    for (size_t i = 0; i < ids->count; i++)
        fuzz_require(tokenizer_token(tokenizer, ids->ids[i]).bytes != NULL);
}

static void check_spans(struct encodings *encodings, struct slice text,
                        const struct token_list *wanted)
{
    struct error error = {0};
    struct token_list ids = {0};
    struct span_list spans = {0};
    size_t broken = 0;
    fuzz_require(tokenizer_encode_spans(encodings->tokenizer,
                                        &encodings->scratch, text, &ids, &spans,
                                        &broken, &error));
    check_same(wanted, &ids);
    fuzz_require(spans.count == ids.count);
    fuzz_require(broken <= text.length);
    for (size_t i = 0; i < spans.count; i++)
        fuzz_require(spans.spans[i].begin <= spans.spans[i].end &&
                     spans.spans[i].end <= text.length);
    span_list_free(&spans);
    token_list_free(&ids);
}

/* In parts that begin wherever the text may be cut. */
static void check_parts(struct encodings *encodings, struct slice text,
                        const struct token_list *wanted)
{
    struct token_list ids = {0};
    struct slice rest = text;
    bool fine = true; /* a part may grow too much where the whole does not */
    while (rest.length > 0 && fine) {
        size_t cut = tokenizer_cut(encodings->tokenizer, rest, 1);
        fuzz_require(cut > 0 && cut <= rest.length);
        fine = encode(encodings->tokenizer, &encodings->scratch,
                      (struct slice){rest.bytes, cut}, &ids);
        rest = (struct slice){rest.bytes + cut, rest.length - cut};
    }
    if (fine)
        check_same(wanted, &ids);
    token_list_free(&ids);
}

static void check_all(struct encodings *encodings, struct slice text,
                      const struct token_list *own)
{
    struct tokenizer_scratch fresh = {NULL};
    check_ids(encodings->tokenizer, own);
    check_another(encodings->tokenizer, &encodings->scratch, text, own);
    check_another(encodings->tokenizer, &fresh, text, own);
    check_another(encodings->mapped, &encodings->mapped_scratch, text, own);
    check_spans(encodings, text, own);
    check_parts(encodings, text, own);
    tokenizer_scratch_free(&fresh);
}

void encodings_check(struct encodings *encodings, struct slice text,
                     struct token_list *ids)
{
    struct token_list own = {0};
    if (encode(encodings->tokenizer, &encodings->scratch, text, &own))
        check_all(encodings, text, &own);
    else
        own.count = 0;
    for (size_t i = 0; i < own.count; i++) {
        struct error error = {0};
        fuzz_require(token_list_append(ids, own.ids[i], &error));
    }
    token_list_free(&own);
}
