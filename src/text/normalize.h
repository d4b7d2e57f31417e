/*
 * normalize.h - the normalisers of tokenizer.json: text in, text out.
 *
 * A pipeline is an array of struct normalizer, each a function with its
 * parameters; it is read-only and shared by all threads, each with its own
 * scratch.  Input and output are valid UTF-8.  Fails only for want of memory.
 */
#ifndef TEXT_NORMALIZE_H
#define TEXT_NORMALIZE_H

#include "base/memory.h"
#include "text/unicode.h"

/* Buffers of one thread; start as {0}. */
struct normalize_scratch {
    struct buffer texts[2];
    struct code_points points, spare;
};
void normalize_scratch_free(struct normalize_scratch *scratch);

struct bert_normalizer {
    bool clean, chinese, strip_accents, lowercase;
    char ascii[128];    /* what becomes of a byte */
    uint8_t keeps[128]; /* 0: it is deleted */
};

struct normalizer {
    /*
     * Replaces *text: by a part of itself, or by what it wrote into `out`,
     * which is empty before the call.
     */
    bool (*apply)(const struct normalizer *self, struct slice *text,
                  struct buffer *out, struct normalize_scratch *scratch,
                  struct error *error);
    union {
        struct bert_normalizer bert;
    } as;
};

struct normalizer_list {
    struct normalizer *items;
    size_t count, capacity;
};
void normalizer_list_free(struct normalizer_list *list);

/* Appends an empty normaliser for the caller to fill; NULL without memory. */
struct normalizer *normalizer_list_add(struct normalizer_list *list,
                                       struct error *error);

/* Runs the list over *text; the result lives in `scratch` or in the input. */
bool normalize(const struct normalizer_list *list, struct slice *text,
               struct normalize_scratch *scratch, struct error *error);

/*
 * BertNormalizer: clean (delete controls, blanks to U+0020), blanks around
 * ideographs, strip accents, lower case, in this order.
 */
void normalizer_bert(struct normalizer *normalizer, bool clean, bool chinese,
                     bool strip_accents, bool lowercase);

#endif
