/*
 * model.h - subword models: the ids of one word, by WordPiece, BPE, Unigram.
 *
 * A model is a function with its parameters over a vocabulary; it is
 * read-only and shared by all threads, each with its own scratch.  Encoding
 * fails only for want of memory.
 */
#ifndef TEXT_MODEL_H
#define TEXT_MODEL_H

#include "text/tokenizer.h"
#include "text/vocabulary.h"

struct wordpiece {
    struct slice prefix;   /* of pieces inside a word: "##" */
    uint64_t prefix_state; /* the hash after it */
    int32_t unknown;
    size_t longest_word; /* in characters; longer ones are unknown */
};

struct model {
    const char *name;
    struct vocabulary vocabulary;
    /* Appends the ids of a word, which is not empty. */
    bool (*encode)(const struct model *self, struct slice word,
                   struct token_list *ids, struct error *error);
    union {
        struct wordpiece wordpiece;
    } as;
};
void model_free(struct model *model);

/* Longest word that a WordPiece model may ask for. */
enum { WORDPIECE_LONGEST_WORD = 1024 };

/*
 * Makes a WordPiece model of model->vocabulary, which is filled but not built
 * yet.  `prefix` must live as long as the model.  Error: no such unknown
 * token.
 */
bool model_wordpiece(struct model *model, struct slice unknown,
                     struct slice prefix, size_t longest_word,
                     struct error *error);

#endif
