/*
 * subword.h - subword models: the ids of one word, by WordPiece, BPE, Unigram.
 *
 * A model is a function with its parameters over a vocabulary; it is
 * read-only and shared by all threads, each with its own scratch.  Encoding
 * fails only for want of memory.
 */
#ifndef TEXT_SUBWORD_H
#define TEXT_SUBWORD_H

#include "text/alignment.h"
#include "text/tokenizer.h"
#include "text/vocabulary.h"

struct wordpiece {
    struct slice prefix;                /* of pieces inside a word: "##" */
    struct vocabulary_walk prefix_walk; /* along it */
    int32_t unknown;
    size_t longest_word; /* in characters; longer ones are unknown */
};

struct bpe_rule {
    uint64_t pair; /* left id + 1, right id; 0: a free place */
    int32_t rank, id;
};

struct bpe {
    struct bpe_rule *rules; /* hash table: pair of ids -> rank and id */
    unsigned rule_shift;    /* hash >> shift = place */
    size_t rule_count;
    int32_t *characters; /* [SUBWORD_CHARACTERS] */
    int32_t unknown;     /* -1: unknown characters are dropped */
    bool fuses_unknown;
    bool ignores_merges; /* a word of the vocabulary is taken whole */
    bool falls_back;     /* an unknown character becomes its bytes */
};

struct unigram {
    double *scores; /* [vocabulary.count] log probabilities */
    size_t score_capacity;
    double unknown_score;
    int32_t unknown;
    bool falls_back;
};

/* Buffers of one thread; start as {0}. */
struct subword_scratch {
    struct bpe_symbol *symbols;
    struct bpe_merge *merges;
    struct unigram_place *places;
    size_t symbol_capacity, merge_capacity, place_capacity;
};
void subword_scratch_free(struct subword_scratch *scratch);

struct subword_model {
    const char *name;
    struct vocabulary vocabulary;
    /* Appends the ids of a word, which is not empty, and to spans, unless it
     * is NULL, which bytes of the word each of them stands for. */
    bool (*encode)(const struct subword_model *self, struct slice word,
                   struct subword_scratch *scratch, struct token_list *ids,
                   struct span_list *spans, struct error *error);
    struct wordpiece wordpiece;
    struct bpe bpe;
    struct unigram unigram;
    int32_t *byte_ids; /* [256] ids of <0x00>.., -1 where absent, or NULL */
    bool is_mapped;    /* all tables lie in a file that is not the model's */
};
void subword_free(struct subword_model *model);

/* Appends an id and, unless spans is NULL, its span. */
bool subword_append(struct token_list *ids, int32_t id, struct span_list *spans,
                    struct span span, struct error *error);

/* Fills byte_ids, for models that write unknown characters as bytes. */
bool subword_find_bytes(struct subword_model *model, struct error *error);
/* Whether every byte of the text has a token. */
bool subword_has_bytes(const struct subword_model *model, struct slice text);

/*
 * Each of the following makes a model of model->vocabulary, which is filled
 * but not built yet, and of the parameters that stand in the model already.
 */

/* Longest word that a WordPiece model may ask for. */
enum { WORDPIECE_LONGEST_WORD = 1024 };

/* `prefix` must live as long as the model.  Error: no such unknown token. */
bool subword_wordpiece(struct subword_model *model, struct slice unknown,
                       struct slice prefix, size_t longest_word,
                       struct error *error);

/* Without merge rules yet; model->bpe has the flags, `unknown` may be empty. */
bool subword_bpe(struct subword_model *model, struct slice unknown,
                 struct error *error);
/* Adds the next rule; false and error when a token is not known. */
bool subword_bpe_rule(struct subword_model *model, struct slice left,
                      struct slice right, struct error *error);

/* model->unigram.scores holds a score for each id (subword_unigram_add). */
bool subword_unigram(struct subword_model *model, int32_t unknown,
                     struct error *error);
/* Adds the piece of the next id. */
bool subword_unigram_add(struct subword_model *model, struct slice piece,
                         double score, struct error *error);

/*
 * What those functions do last, and all that is to be done over tables that
 * are built already (model_map.h).
 */
void subword_set_wordpiece(struct subword_model *model, int32_t unknown,
                           struct slice prefix, size_t longest_word);
void subword_set_bpe(struct subword_model *model, int32_t unknown);
void subword_set_unigram(struct subword_model *model, int32_t unknown);

/* Ids of the characters of one and two bytes: bpe.characters. */
enum { SUBWORD_CHARACTERS = 0x800 };

#endif
