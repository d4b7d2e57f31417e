/*
 * model.h - subword models: the ids of one word, by WordPiece, BPE, Unigram.
 *
 * A model is a function with its parameters over a vocabulary; it is
 * read-only and shared by all threads, each with its own scratch.  Encoding
 * fails only for want of memory.
 */
#ifndef TEXT_MODEL_H
#define TEXT_MODEL_H

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
    int32_t *characters; /* [MODEL_CHARACTERS] */
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
struct model_scratch {
    struct bpe_symbol *symbols;
    struct bpe_merge *merges;
    struct unigram_place *places;
    size_t symbol_capacity, merge_capacity, place_capacity;
};
void model_scratch_free(struct model_scratch *scratch);

struct model {
    const char *name;
    struct vocabulary vocabulary;
    /* Appends the ids of a word, which is not empty, and to spans, unless it
     * is NULL, which bytes of the word each of them stands for. */
    bool (*encode)(const struct model *self, struct slice word,
                   struct model_scratch *scratch, struct token_list *ids,
                   struct span_list *spans, struct error *error);
    struct wordpiece wordpiece;
    struct bpe bpe;
    struct unigram unigram;
    int32_t *byte_ids; /* [256] ids of <0x00>.., -1 where absent, or NULL */
    bool is_mapped;    /* all tables lie in a file that is not the model's */
};
void model_free(struct model *model);

/* Appends an id and, unless spans is NULL, its span. */
bool model_append(struct token_list *ids, int32_t id, struct span_list *spans,
                  struct span span, struct error *error);

/* Fills byte_ids, for models that write unknown characters as bytes. */
bool model_find_bytes(struct model *model, struct error *error);
/* Whether every byte of the text has a token. */
bool model_has_bytes(const struct model *model, struct slice text);

/*
 * Each of the following makes a model of model->vocabulary, which is filled
 * but not built yet, and of the parameters that stand in the model already.
 */

/* Longest word that a WordPiece model may ask for. */
enum { WORDPIECE_LONGEST_WORD = 1024 };

/* `prefix` must live as long as the model.  Error: no such unknown token. */
bool model_wordpiece(struct model *model, struct slice unknown,
                     struct slice prefix, size_t longest_word,
                     struct error *error);

/* Without merge rules yet; model->bpe has the flags, `unknown` may be empty. */
bool model_bpe(struct model *model, struct slice unknown, struct error *error);
/* Adds the next rule; false and error when a token is not known. */
bool model_bpe_rule(struct model *model, struct slice left, struct slice right,
                    struct error *error);

/* model->unigram.scores holds a score for each id (model_unigram_add). */
bool model_unigram(struct model *model, int32_t unknown, struct error *error);
/* Adds the piece of the next id. */
bool model_unigram_add(struct model *model, struct slice piece, double score,
                       struct error *error);

/*
 * What those functions do last, and all that is to be done over tables that
 * are built already (model_map.h).
 */
void model_set_wordpiece(struct model *model, int32_t unknown,
                         struct slice prefix, size_t longest_word);
void model_set_bpe(struct model *model, int32_t unknown);
void model_set_unigram(struct model *model, int32_t unknown);

/* Ids of the characters of one and two bytes: bpe.characters. */
enum { MODEL_CHARACTERS = 0x800 };

#endif
