/*
 * normalize.h - the normalisers of tokenizer.json: text in, text out.
 *
 * A pipeline is an array of struct normalizer, each a function with its
 * parameters; it is read-only and shared by all threads, each with its own
 * scratch.  Input and output are valid UTF-8.  Fails for want of memory, or
 * when a text becomes more than NORMALIZE_GROWTH allows.
 */
#ifndef TEXT_NORMALIZE_H
#define TEXT_NORMALIZE_H

#include "base/memory.h"
#include "text/alignment.h"
#include "text/pattern.h"
#include "text/unicode.h"

/*
 * What a byte may become, all normalisers together, and what any text may: NFKD
 * makes eleven of one.  Thirty that write "aa" for "a" would fill all memory.
 */
enum { NORMALIZE_GROWTH = 64, NORMALIZE_LEAST_BYTES = 4096 };

/* Buffers of one thread; start as {0}. */
struct normalize_scratch {
    size_t most_bytes; /* that the text at hand may become */
    struct buffer texts[2];
    struct code_points points, spare;
    struct trace trace;     /* of the last normalize(), where it is on */
    struct span_list spans; /* what each of `points` stands for */
};
void normalize_scratch_free(struct normalize_scratch *scratch);

struct bert_normalizer {
    bool clean, chinese, strip_accents, lowercase;
    char ascii[128];    /* what becomes of a byte */
    uint8_t keeps[128]; /* 0: it is deleted */
};

struct charsmap {
    const uint32_t *units; /* double-array trie */
    size_t unit_count;
    struct slice replacements; /* zero-ended strings */
    bool plain[128];           /* ASCII that stays as it is */
    bool is_printable_plain;   /* all of 20 to 7E do */
};

struct normalizer {
    const char *type;        /* in tokenizer.json */
    const char *description; /* for people, or NULL */
    /* What it makes of a text and of its parts, cut before a blank between two
     * ASCII letters or digits. */
    enum normalizer_cut {
        PARTS_SAME,       /* the same */
        PARTS_LACK_BLANK, /* the same, without that blank */
        PARTS_OTHER       /* something else */
    } parts;
    /* Parts that were cut before an ASCII sign there may become others. */
    bool sees_signs;
    /*
     * Replaces *text: by a part of itself, or by what it wrote into `out`,
     * which is empty before the call.  Says in trace_stage what its output
     * stands for; where the text stays as it is it says nothing.
     */
    bool (*apply)(const struct normalizer *self, struct slice *text,
                  struct buffer *out, struct normalize_scratch *scratch,
                  struct error *error);
    union {
        struct bert_normalizer bert;
        struct charsmap charsmap;
        enum unicode_form form;
        struct {
            bool left, right;
        } strip;
        struct {
            struct pattern pattern;
            struct slice content;
        } replace;
        struct slice prefix;
    } as;
};

struct normalizer_list {
    struct normalizer *items;
    size_t count, capacity;
};
void normalizer_list_free(struct normalizer_list *list);

/* Fails for want of memory and behind STAGES_LIMIT. */
bool normalizer_list_add(struct normalizer_list *list,
                         const struct normalizer *normalizer,
                         struct error *error);

/* Runs the list over *text; the result lives in `scratch` or in the input. */
bool normalize(const struct normalizer_list *list, struct slice *text,
               struct normalize_scratch *scratch, struct error *error);

/* Appends at..end of `text` as it is, for normalisers. */
bool normalize_copy(struct slice text, const char *at, const char *end,
                    struct buffer *out, struct alignment *alignment,
                    struct error *error);

/* Appends what a model's file puts in place of a part of a text. */
bool normalize_append(struct slice bytes, struct buffer *out,
                      const struct normalize_scratch *scratch,
                      struct error *error);

/*
 * BertNormalizer: clean (delete controls, blanks to U+0020), blanks around
 * ideographs, strip accents, lower case, in this order.
 */
void normalizer_bert(struct normalizer *normalizer, bool clean, bool chinese,
                     bool strip_accents, bool lowercase);
/* NFC, NFD, NFKC, NFKD. */
void normalizer_form(struct normalizer *normalizer, enum unicode_form form);
/* Lowercase: every character alone. */
void normalizer_lowercase(struct normalizer *normalizer);
/* StripAccents: deletes marks. */
void normalizer_strip_accents(struct normalizer *normalizer);
/* Strip: white space at the ends. */
void normalizer_strip(struct normalizer *normalizer, bool left, bool right);
/* Replace; the slices must live as long as the normaliser. */
void normalizer_replace(struct normalizer *normalizer, struct pattern pattern,
                        struct slice content);
/* Prepend: a text that is not empty gets a prefix. */
void normalizer_prepend(struct normalizer *normalizer, struct slice prefix);
/*
 * Precompiled: SentencePiece's map of characters.  The blob is checked and
 * copied into the arena.
 */
bool normalizer_charsmap(struct normalizer *normalizer, struct slice blob,
                         struct arena *arena, struct error *error);

#endif
