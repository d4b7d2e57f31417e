/*
 * tokenizers.h - tokenizers of small files, for the tests of text/.
 */
#ifndef TESTS_UNIT_TOKENIZERS_H
#define TESTS_UNIT_TOKENIZERS_H

#include "text/tokenizer.h"

#include "directory.h"

static const char bert_vocabulary[] =
    "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nA\nb\xC3\xA9\nbe\n##c\n"
    "\xE4\xB8\xAD\n##\xE4\xB8\xAD\n";

/* Files by name; a NULL name ends the list. */
struct file_text {
    const char *name, *text;
};

static inline struct tokenizer *open_files(const struct file_text *files,
                                           struct error *error)
{
    struct directory directory;
    directory_make(&directory);
    for (; files->name != NULL; files++)
        directory_put(&directory, files->name, files->text);
    struct tokenizer *tokenizer = tokenizer_open(directory.path, error);
    directory_remove(&directory);
    return tokenizer;
}

/* The model of a tokenizer.json, six WordPiece tokens. */
#define BERT_MODEL                                                             \
    "\"model\": {\"type\": \"WordPiece\", \"unk_token\": \"[UNK]\", "          \
    "\"vocab\": {\"[UNK]\": 0, \"[CLS]\": 1, \"[SEP]\": 2, \"a\": 3, "         \
    "\"A\": 4, \"<m>\": 5}}"

#endif
