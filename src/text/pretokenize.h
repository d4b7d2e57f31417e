/*
 * pretokenize.h - the pre-tokenizers of tokenizer.json: text in, words out.
 *
 * A pipeline is an array of struct splitter, each a function with its
 * parameters, run over every word of the one before it.  It is read-only and
 * shared by all threads, each with its own scratch.  Words are slices of the
 * input or of the scratch; they hold until the next call.
 */
#ifndef TEXT_PRETOKENIZE_H
#define TEXT_PRETOKENIZE_H

#include "base/memory.h"
#include "base/text.h"
#include "text/alignment.h"
#include "text/pattern.h"

/* Words and, where a splitter rewrites them, their bytes. */
struct words {
    struct slice *items;
    size_t count, capacity;
    struct buffer *text;         /* where a splitter that rewrites writes to */
    struct alignment *alignment; /* of *text to `source`; NULL: nobody asks */
    const char *source;          /* the text that the words are cut from */
};

/* Buffers of one thread; start as {0}. */
struct split_scratch {
    struct words words[2];
    struct buffer texts[2];
    struct trace trace; /* of the last pretokenize(), where it is on */
    const char *source; /* what its words lie in */
};
void split_scratch_free(struct split_scratch *scratch);

/* Which bytes of the text, the last one of pretokenize() with a trace, a part
 * of one of its words stands for. */
struct span split_origin(const struct split_scratch *scratch,
                         struct slice part);

/* Appends the word from begin to end; an empty one is left out. */
static inline bool words_add(struct words *words, const char *begin,
                             const char *end, struct error *error)
{
    if (begin == end)
        return true;
    if (words->count == words->capacity &&
        !memory_grow((void **)&words->items, &words->capacity,
                     words->count + 64, sizeof *words->items, error))
        return false;
    words->items[words->count++] = (struct slice){begin, (size_t)(end - begin)};
    return true;
}

/* U+2581, which stands for a blank in SentencePiece's vocabularies. */
#define METASPACE "\xE2\x96\x81"

/* What a splitter that cuts at matches does with a match. */
enum cut {
    CUT_REMOVED,
    CUT_ISOLATED,
    CUT_CONTIGUOUS, /* isolated, and neighbours stay together */
    CUT_WITH_PREVIOUS,
    CUT_WITH_NEXT
};

struct splitter {
    const char *type; /* in tokenizer.json */
    /*
     * Appends the words of `piece`; at_start: it begins where the text does.
     * One that rewrites appends to words->text, which has room (see growth),
     * and says in words->alignment what its output stands for.
     */
    bool (*split)(const struct splitter *self, struct slice piece,
                  bool at_start, struct words *words, struct error *error);
    /* Bytes that a byte, or the start of a piece, may become; 0: none new. */
    size_t growth;
    /* Whether a blank between two ASCII letters or digits begins a word. */
    enum splitter_blank {
        BLANK_JOINS,  /* it may be anywhere */
        BLANK_STAYS,  /* no words end at it, none reaches beyond */
        BLANK_SPLITS, /* it begins one */
        BLANK_IMPLIED /* one begins, and is the same at the start of a text
                         that lacks the blank */
    } blank;
    /* Whether an ASCII sign between two ASCII letters or digits begins one, and
     * is the same at the start of a text. */
    bool parts_signs;
    union {
        struct {
            struct slice replacement; /* U+2581 */
            enum metaspace_prefix {
                PREFIX_ALWAYS,
                PREFIX_FIRST, /* at the start of the text alone */
                PREFIX_NEVER
            } prefix;
            bool splits;
        } metaspace;
        struct {
            bool adds_prefix_space, splits;
        } byte_level;
        struct {
            struct pattern pattern;
            bool (*is_match)(uint32_t c); /* or this instead of a pattern */
            enum cut cut;
        } cutter;
    } as;
};

struct splitter_list {
    struct splitter *items;
    size_t count, capacity;
};
void splitter_list_free(struct splitter_list *list);

/* All of a list together: Metaspace and ByteLevel would make six. */
enum { SPLITTER_GROWTH = 64 };
/* Fails for want of memory, behind STAGES_LIMIT and for more growth. */
bool splitter_list_add(struct splitter_list *list,
                       const struct splitter *splitter, struct error *error);

/* The words of `text`, in scratch; NULL without memory. */
const struct words *pretokenize(const struct splitter_list *list,
                                struct slice text, bool at_start,
                                struct split_scratch *scratch,
                                struct error *error);

/* BertPreTokenizer: blanks separate, a punctuation mark is a word. */
void splitter_bert(struct splitter *splitter);

/*
 * ByteLevel: the words of GPT-2's regular expression, each byte as one visible
 * character.
 */
void splitter_byte_level(struct splitter *splitter, bool adds_prefix_space,
                         bool splits);
/* Metaspace: blanks become the replacement, which begins every word. */
void splitter_metaspace(struct splitter *splitter, struct slice replacement,
                        enum metaspace_prefix prefix, bool splits);
/* WhitespaceSplit, Punctuation, Digits: cut at characters of a kind. */
void splitter_cut_kind(struct splitter *splitter, bool (*is_match)(uint32_t c),
                       enum cut cut);
/* Split: cut at the matches of a pattern. */
void splitter_cut_pattern(struct splitter *splitter, struct pattern pattern,
                          enum cut cut);

#endif
