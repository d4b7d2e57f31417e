#include "text/subword.h"

#include "base/memory.h"
#include "text/unicode.h"

#include <string.h>

/*
 * Byte-pair encoding (Sennrich et al. 2016): a word starts as its characters;
 * the adjacent pair with the lowest rank, leftmost first, becomes one symbol
 * until no pair has a rule.  Pairs wait in a heap, so that a word of n
 * characters costs n log n.  An entry of the heap may be out of date; it
 * counts if its place still holds a pair that makes the same token.
 */

struct bpe_symbol {
    int32_t id;
    uint32_t previous, next; /* NONE at the ends */
    uint32_t length;         /* bytes of the word; 0: merged into the one
                                before it */
};
#define NONE UINT32_MAX

struct bpe_merge {
    uint64_t order; /* rank, then place */
    int32_t id;
};

/* A word at work. */
struct word {
    const struct bpe *bpe;
    struct subword_scratch *scratch;
    size_t symbol_count, merge_count;
    size_t dropped; /* bytes before the next symbol that have none */
    struct error *error;
};

static uint64_t pair_of(int32_t left, int32_t right)
{
    return (uint64_t)((uint32_t)left + 1) << 32 | (uint32_t)right;
}

/* Where the rule of a pair lies, or a little behind that. */
static size_t home_of(const struct bpe *bpe, uint64_t pair)
{
    uint64_t hash = (pair ^ pair >> 29) * 0x9E3779B97F4A7C15u;
    return hash >> bpe->rule_shift;
}

/* The rule of a pair, or the free place where it belongs. */
static struct bpe_rule *find_rule(const struct bpe *bpe, uint64_t pair)
{
    size_t mask = UINT64_MAX >> bpe->rule_shift;
    for (size_t at = home_of(bpe, pair);; at = (at + 1) & mask) {
        struct bpe_rule *rule = &bpe->rules[at];
        if (rule->pair == pair || rule->pair == 0)
            return rule;
    }
}

static size_t distance_of(const struct bpe *bpe, const struct bpe_rule *rule,
                          uint64_t pair)
{
    size_t mask = UINT64_MAX >> bpe->rule_shift;
    return ((size_t)(rule - bpe->rules) - home_of(bpe, pair)) & mask;
}

/* At most half full. */
static bool grow_rules(struct bpe *bpe, struct error *error)
{
    struct bpe larger = {.rule_shift = bpe->rules ? bpe->rule_shift - 1 : 48};
    size_t old = bpe->rules ? (size_t)1 << (64 - bpe->rule_shift) : 0;
    larger.rules = memory_new((size_t)1 << (64 - larger.rule_shift),
                              sizeof *larger.rules, error);
    if (larger.rules == NULL)
        return false;
    for (size_t i = 0; i < old; i++)
        if (bpe->rules[i].pair != 0)
            *find_rule(&larger, bpe->rules[i].pair) = bpe->rules[i];
    memory_free(bpe->rules);
    bpe->rules = larger.rules;
    bpe->rule_shift = larger.rule_shift;
    return true;
}

static bool is_before(const struct bpe_merge *a, const struct bpe_merge *b)
{
    return a->order < b->order;
}

static bool push(struct word *word, struct bpe_merge merge)
{
    struct subword_scratch *scratch = word->scratch;
    if (word->merge_count == scratch->merge_capacity &&
        !memory_grow((void **)&scratch->merges, &scratch->merge_capacity,
                     word->merge_count + 64, sizeof *scratch->merges,
                     word->error))
        return false;
    struct bpe_merge *heap = scratch->merges;
    size_t at = word->merge_count++;
    for (; at > 0 && is_before(&merge, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = merge;
    return true;
}

static struct bpe_merge pop(struct word *word)
{
    struct bpe_merge *heap = word->scratch->merges;
    struct bpe_merge top = heap[0], last = heap[--word->merge_count];
    size_t at = 0, count = word->merge_count;
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count)
            break;
        if (child + 1 < count && is_before(&heap[child + 1], &heap[child]))
            child++;
        if (!is_before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}

/* Queues the pair of the symbols at two places when it has a rule. */
static bool queue_pair(struct word *word, uint32_t left, uint32_t right)
{
    const struct bpe_symbol *symbols = word->scratch->symbols;
    const struct bpe_rule *rule =
        find_rule(word->bpe, pair_of(symbols[left].id, symbols[right].id));
    if (rule->pair == 0)
        return true;
    return push(word,
                (struct bpe_merge){(uint64_t)(uint32_t)rule->rank << 32 | left,
                                   rule->id});
}

/* Carries out a merge unless it is out of date. */
static bool merge_pair(struct word *word, struct bpe_merge merge)
{
    struct bpe_symbol *symbols = word->scratch->symbols;
    uint32_t place = (uint32_t)merge.order;
    struct bpe_symbol *left = &symbols[place];
    if (left->length == 0 || left->next == NONE)
        return true;
    struct bpe_symbol *right = &symbols[left->next];
    const struct bpe_rule *rule =
        find_rule(word->bpe, pair_of(left->id, right->id));
    if (rule->pair == 0 || rule->id != merge.id)
        return true;

    left->id = merge.id;
    left->next = right->next;
    left->length += right->length;
    right->length = 0;
    if (left->next != NONE)
        symbols[left->next].previous = place;
    if (left->previous != NONE && !queue_pair(word, left->previous, place))
        return false;
    return left->next == NONE || queue_pair(word, place, left->next);
}

static bool merge_all(struct word *word)
{
    for (size_t i = 0; i + 1 < word->symbol_count; i++)
        if (!queue_pair(word, (uint32_t)i, (uint32_t)i + 1))
            return false;
    while (word->merge_count > 0)
        if (!merge_pair(word, pop(word)))
            return false;
    return true;
}

/* Adds a symbol for the next bytes of the word.  Room for it is there: no word
 * has more symbols than bytes. */
static void add_symbol(struct word *word, int32_t id, size_t length)
{
    struct bpe_symbol *symbols = word->scratch->symbols;
    uint32_t place = (uint32_t)word->symbol_count++;
    symbols[place] = (struct bpe_symbol){
        .id = id,
        .previous = place > 0 ? place - 1 : NONE,
        .next = NONE,
        .length = (uint32_t)(length + word->dropped),
    };
    word->dropped = 0;
    if (place > 0)
        symbols[place - 1].next = place;
}

/* A byte-level vocabulary has characters below U+0144 only. */
static int32_t find_character(const struct subword_model *self,
                              struct slice character)
{
    if (character.length <= 2)
        return self->bpe.characters[utf8_decode(character.bytes)];
    return vocabulary_find(&self->vocabulary, character);
}

/*
 * An unknown character: its bytes, the unknown token, or nothing.  The unknown
 * token waits, so that the next one can be fused with it: gives the bytes that
 * it stands for.
 */
static size_t add_unknown(const struct subword_model *self, struct word *word,
                          struct slice character, size_t waiting)
{
    if (self->bpe.falls_back && subword_has_bytes(self, character)) {
        for (size_t i = 0; i < character.length; i++)
            add_symbol(word, self->byte_ids[(unsigned char)character.bytes[i]],
                       1);
        return waiting;
    }
    if (self->bpe.unknown < 0) {
        word->dropped += character.length;
        return waiting;
    }
    if (waiting == 0 || self->bpe.fuses_unknown)
        return waiting + character.length;
    add_symbol(word, self->bpe.unknown, waiting);
    return character.length;
}

static void add_characters(const struct subword_model *self, struct slice text,
                           struct word *word)
{
    size_t waiting = 0;
    for (size_t at = 0; at < text.length;) {
        struct slice character = {text.bytes + at, utf8_length(text.bytes[at])};
        int32_t id = find_character(self, character);
        at += character.length;
        if (id < 0) {
            waiting = add_unknown(self, word, character, waiting);
            continue;
        }
        if (waiting > 0)
            add_symbol(word, self->bpe.unknown, waiting);
        waiting = 0;
        add_symbol(word, id, character.length);
    }
    if (waiting > 0)
        add_symbol(word, self->bpe.unknown, waiting);
}

static bool append_symbols(const struct word *word, struct token_list *ids,
                           struct span_list *spans)
{
    size_t at = 0;
    for (size_t i = 0; i < word->symbol_count; i++) {
        const struct bpe_symbol *symbol = &word->scratch->symbols[i];
        if (symbol->length == 0)
            continue;
        struct span span = {at, at + symbol->length};
        if (!subword_append(ids, symbol->id, spans, span, word->error))
            return false;
        at = span.end;
    }
    return true;
}

static bool encode(const struct subword_model *self, struct slice text,
                   struct subword_scratch *scratch, struct token_list *ids,
                   struct span_list *spans, struct error *error)
{
    if (self->bpe.ignores_merges) {
        int32_t id = vocabulary_find(&self->vocabulary, text);
        if (id >= 0)
            return subword_append(ids, id, spans, (struct span){0, text.length},
                                  error);
    }
    if (text.length >= NONE)
        return error_set(error,
                         "a word of %zu bytes: less than 4 GiB was expected",
                         text.length);
    if (!memory_grow((void **)&scratch->symbols, &scratch->symbol_capacity,
                     text.length + 1, sizeof *scratch->symbols, error))
        return false;

    struct word word = {&self->bpe, scratch, 0, 0, 0, error};
    add_characters(self, text, &word);
    return merge_all(&word) && append_symbols(&word, ids, spans);
}

/* Ids of the characters of one and two bytes, which nearly all symbols are. */
static bool find_characters(struct subword_model *model, struct error *error)
{
    model->bpe.characters =
        memory_new(SUBWORD_CHARACTERS, sizeof *model->bpe.characters, error);
    if (model->bpe.characters == NULL)
        return false;
    for (uint32_t c = 0; c < SUBWORD_CHARACTERS; c++) {
        char bytes[4];
        struct slice character = {bytes, utf8_encode(c, bytes)};
        model->bpe.characters[c] =
            vocabulary_find(&model->vocabulary, character);
    }
    return true;
}

void subword_set_bpe(struct subword_model *model, int32_t unknown)
{
    model->bpe.unknown = unknown;
    model->name = "BPE";
    model->encode = encode;
}

bool subword_bpe(struct subword_model *model, struct slice unknown,
                 struct error *error)
{
    if (!vocabulary_build(&model->vocabulary, false, error) ||
        !find_characters(model, error) || !grow_rules(&model->bpe, error))
        return false;
    if (model->bpe.falls_back && !subword_find_bytes(model, error))
        return false;

    char quoted[TEXT_QUOTE_BYTES];
    int32_t id = vocabulary_find(&model->vocabulary, unknown);
    if (id < 0 && unknown.length > 0)
        return error_set(error, "no unknown token '%s' in the vocabulary",
                         text_quote(unknown, quoted));
    subword_set_bpe(model, id);
    return true;
}

static bool fail_rule(struct slice left, struct slice right,
                      struct error *error)
{
    char first[TEXT_QUOTE_BYTES], second[TEXT_QUOTE_BYTES];
    return error_set(
        error,
        "merge rule '%s' '%s': both and what they make were expected "
        "in the vocabulary",
        text_quote(left, first), text_quote(right, second));
}

/* Ranks follow the order of the calls; of two rules for one pair the later
 * one counts, as in the reference. */
bool subword_bpe_rule(struct subword_model *model, struct slice left,
                      struct slice right, struct error *error)
{
    const struct vocabulary *vocabulary = &model->vocabulary;
    struct bpe *bpe = &model->bpe;
    int32_t left_id = vocabulary_find(vocabulary, left);
    int32_t right_id = vocabulary_find(vocabulary, right);
    struct vocabulary_walk walk = VOCABULARY_START;
    vocabulary_walk(&walk, left);
    vocabulary_walk(&walk, right);
    int32_t id = vocabulary_probe(vocabulary, &walk, left, right);
    if (left_id < 0 || right_id < 0 || id < 0)
        return fail_rule(left, right, error);

    if (bpe->rule_count >= (size_t)1 << (63 - bpe->rule_shift) &&
        !grow_rules(bpe, error))
        return false;
    uint64_t pair = pair_of(left_id, right_id);
    struct bpe_rule *rule = find_rule(bpe, pair);
    if (distance_of(bpe, rule, pair) > VOCABULARY_RUN)
        return error_set(error,
                         "more than %d merge rules fall into one place: "
                         "they were chosen so",
                         VOCABULARY_RUN);
    *rule = (struct bpe_rule){pair, (int32_t)bpe->rule_count++, id};
    return true;
}
