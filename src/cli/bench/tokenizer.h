/*
 * tokenizer.h - tokenizers for `xenc bench --make`: of the right kind
 * and size, without a published vocabulary.
 *
 * Byte-level BPE has the 256 bytes and no merges, Unigram the printable
 * characters; the rest of the vocabulary are pieces that no text has.  So ids
 * are valid for every text, but texts become more tokens than with a trained
 * vocabulary: --pairs of token counts that matter need a real one.
 */
#ifndef CLI_BENCH_TOKENIZER_H
#define CLI_BENCH_TOKENIZER_H

#include "base/error.h"
#include "base/text.h"

#include <stddef.h>

/* Appends a whole tokenizer.json with `vocabulary` entries. */
typedef bool bench_tokenizer(struct buffer *out, size_t vocabulary,
                             struct error *error);

bench_tokenizer bench_tokenizer_roberta, bench_tokenizer_xlm_roberta,
    bench_tokenizer_deberta, bench_tokenizer_modernbert;

#endif
