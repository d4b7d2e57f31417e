/*
 * target_tokenizer.c - files of tokenizers, texts, and pairs.
 */
#include "targets.h"

#include "base/memory.h"
#include "text/pair.h"

#include "encoding.h"

#include <string.h>

/*** Files: refused, or a tokenizer ***/

static const char *const names[] = {
    "config.json",
    "modules.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "sentence_bert_config.json",
    "tokenizer.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
    "sentencepiece.bpe.model",
    "spm.model",
    NULL,
};

static const char *const texts[] = {
    "the quick brown fox jumps over the lazy dog",
    "Caf\xC3\xA9 na\xC3\xAFve \xE2\x91\xA0\xEF\xBC\xA1 1234567890 !?;:",
    "\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E \xF0\x9F\x98\x80 <s>[SEP] tabs\tend",
    "\xFF broken \xE6\x97 text ",
};

void target_vocabulary(const struct fuzz_target *target, struct slice input)
{
    (void)target;
    struct error error = {0};
    struct tokenizer *tokenizer =
        tokenizer_open(fuzz_directory(input, names), &error);
    fuzz_require_error(tokenizer != NULL, &error);
    fuzz_directory_clear();
    if (tokenizer == NULL)
        return;
    struct encodings encodings;
    struct token_list ids = {0};
    encodings_open(&encodings, tokenizer);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        encodings_check(&encodings, slice_of(texts[i]), &ids);
    struct slice text = fuzz_member(input, "text");
    if (text.bytes != NULL)
        encodings_check(&encodings, text, &ids);
    token_list_free(&ids);
    encodings_close(&encodings);
}

/*** Texts ***/

/* The tokenizers of the folders that targets name. */
static struct encodings *find_encodings(const char *folder)
{
    static struct opened {
        struct opened *next;
        const char *folder;
        struct encodings encodings;
    } * first;
    struct error error = {0};
    struct opened *opened = first;
    while (opened != NULL && strcmp(opened->folder, folder) != 0)
        opened = opened->next;
    if (opened != NULL)
        return &opened->encodings;
    opened = memory_new(1, sizeof *opened, &error);
    fuzz_require(opened != NULL);
    struct tokenizer *tokenizer = tokenizer_open(fuzz_source(folder), &error);
    fuzz_require(tokenizer != NULL);
    encodings_open(&opened->encodings, tokenizer);
    opened->folder = folder;
    opened->next = first;
    first = opened;
    return &first->encodings;
}

void target_tokenize(const struct fuzz_target *target, struct slice input)
{
    struct token_list ids = {0};
    encodings_check(find_encodings(target->parameter), input, &ids);
    token_list_free(&ids);
}

/*** Pairs ***/

struct counts {
    size_t first, second;
};

/* longest_first: the longer text loses a token until the rest fits; of two
 * that are equally long by then, the one that was the shorter, or the first. */
static struct counts cut_one_by_one(struct counts counts, size_t room)
{
    bool first_was_longer = counts.first > counts.second;
    while (counts.first + counts.second > room)
        if (counts.first > counts.second ||
            (counts.first == counts.second && !first_was_longer))
            counts.first--;
        else
            counts.second--;
    return counts;
}

static void check_cut(const struct tokenizer *tokenizer,
                      struct id_span whole[2], bool is_pair, size_t limit,
                      enum truncation truncation)
{
    struct error error = {0};
    struct cut_rule rule = {.limit = limit, .truncation = truncation};
    struct id_span kept[2] = {whole[0], whole[1]};
    size_t specials = pair_special_tokens(tokenizer, is_pair);
    size_t length =
        pair_length(tokenizer, whole[0], is_pair ? &whole[1] : NULL);
    bool fine =
        pair_cut(tokenizer, &kept[0], is_pair ? &kept[1] : NULL, rule, &error);
    fuzz_require_error(fine, &error);
    if (!fine)
        return;
    size_t left = kept[0].count + (is_pair ? kept[1].count : 0);
    fuzz_require(left + specials == (length > limit ? limit : length));
    fuzz_require(kept[0].count <= whole[0].count &&
                 kept[1].count <= whole[1].count);
    if (limit == specials)
        return;
    if (truncation == TRUNCATION_ONLY_FIRST)
        fuzz_require(kept[1].count == whole[1].count);
    if (truncation == TRUNCATION_ONLY_SECOND)
        fuzz_require(kept[0].count == whole[0].count);
    if (truncation == TRUNCATION_LONGEST_FIRST && is_pair) {
        struct counts wanted = cut_one_by_one(
            (struct counts){whole[0].count, whole[1].count}, limit - specials);
        fuzz_require(kept[0].count == wanted.first &&
                     kept[1].count == wanted.second);
    }
}

static void check_build(const struct tokenizer *tokenizer,
                        struct id_span whole[2], bool is_pair, size_t limit,
                        enum truncation truncation)
{
    struct error error = {0};
    struct cut_rule rule = {.limit = limit, .truncation = truncation};
    struct token_list ids = {0}, types = {0};
    bool cut = false;
    size_t length =
        pair_length(tokenizer, whole[0], is_pair ? &whole[1] : NULL);
    bool fine = pair_build(tokenizer, whole[0], is_pair ? &whole[1] : NULL,
                           rule, &ids, &types, &cut, &error);
    fuzz_require_error(fine, &error);
    if (fine)
        fuzz_require(ids.count == types.count &&
                     ids.count == (length < limit ? length : limit));
    token_list_free(&ids);
    token_list_free(&types);
}

/* The first byte says how, the second is the limit; a TAB ends the first
 * text. */
void target_pair(const struct fuzz_target *target, struct slice input)
{
    struct encodings *encodings = find_encodings(target->parameter);
    if (input.length < 2)
        return;
    unsigned char how = (unsigned char)input.bytes[0];
    size_t limit = how & 8 ? SIZE_MAX : (unsigned char)input.bytes[1];
    bool is_pair = how & 4;
    enum truncation truncation = (enum truncation)(how % 4 % 3);
    struct slice rest = {input.bytes + 2, input.length - 2};
    struct token_list lists[2] = {{0}, {0}};
    encodings_check(encodings, text_cut(&rest, '\t'), &lists[0]);
    if (is_pair && rest.bytes != NULL)
        encodings_check(encodings, rest, &lists[1]);
    struct id_span whole[2] = {{lists[0].ids, lists[0].count},
                               {lists[1].ids, lists[1].count}};
    check_cut(encodings->tokenizer, whole, is_pair, limit, truncation);
    check_build(encodings->tokenizer, whole, is_pair, limit, truncation);
    token_list_free(&lists[0]);
    token_list_free(&lists[1]);
}
