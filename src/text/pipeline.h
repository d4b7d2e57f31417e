/*
 * pipeline.h - the inside of a tokenizer, and those who fill it.
 *
 * A read_ function adds normalisers, splitters, the model or the added tokens
 * to an empty tokenizer, from one kind of files.  Included by tokenizer.c and
 * by them alone.
 */
#ifndef TEXT_PIPELINE_H
#define TEXT_PIPELINE_H

#include "base/json.h"
#include "model/tensors.h"
#include "text/added_tokens.h"
#include "text/json_scan.h"
#include "text/normalize.h"
#include "text/pretokenize.h"
#include "text/settings.h"
#include "text/subword.h"
#include "text/template.h"

struct tokenizer {
    struct arena arena;           /* contents of added tokens, parameters */
    struct normalizer_list first; /* before added tokens are looked for */
    struct normalizer_list normalizers;
    /* tokenizer.json's own, where tokenizer_config.json changed them: the
     * contents of added tokens are spelled by these.  Empty: by normalizers */
    struct normalizer_list written;
    struct splitter_list splitters;
    struct subword_model model;
    struct added_tokens added;
    int32_t highest_added; /* id, or -1, while files are read */
    struct template single, pair;
    size_t limit;
    bool keeps_end, gives_types;
    char description[128];
};

/* A tokenizer on its way, and what it is made of. */
struct builder {
    struct tokenizer *tokenizer;
    const struct settings *settings;
    const char *path; /* of the file being read, for messages */
    struct error *error;
    const struct tensors *tables; /* of a packed file, else NULL */
};

/* error_at for the present file: "PATH: ...".  Always returns false. */
bool builder_fail(const struct builder *builder, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* error_pass_at for it. */
bool builder_pass(const struct builder *builder, const struct error *reason);

/*
 * Registers an added token: one of the vocabulary keeps its id, a new one gets
 * the next free id; one that is known gets the new flags.
 */
bool builder_add_token(const struct builder *builder, struct added_token token);
/* Registers what tokenizer_config.json and added_tokens.json list. */
bool builder_add_listed(const struct builder *builder);
/* Registers the named special tokens that are not registered yet. */
bool builder_add_specials(const struct builder *builder);
/* Makes the matchers of added tokens, when all tokens and normalisers are
 * there. */
bool builder_finish(const struct builder *builder);
/* The class's template: cls A sep B sep, or with two sep between. */
bool builder_add_class_template(const struct builder *builder);

/* tokenizer.json. */
bool read_tokenizer_json(const struct builder *builder);
/* The parts of it, from their JSON values (NULL or null: none). */
bool read_normalizer(const struct builder *builder, const json_t *value);
bool read_pre_tokenizer(const struct builder *builder, const json_t *value);
bool read_post_processor(const struct builder *builder, const json_t *value);
bool read_model(const struct builder *builder, struct json_scan *scan);
/* {"token": id, ...} into the model's vocabulary. */
bool read_ids(const struct builder *builder, struct json_scan *scan);

/* vocab.txt and the BERT pipeline of the class. */
bool read_vocabulary_text(const struct builder *builder);
/* vocab.json, merges.txt beside it, and the byte-level pipeline. */
bool read_byte_bpe(const struct builder *builder);
/* A SentencePiece model and the pipeline of the class. */
bool read_sentencepiece(const struct builder *builder);

#endif
