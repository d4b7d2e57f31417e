#include "text/subword.h"

#include "text/unicode.h"

/*
 * Greedy, longest piece first: Schuster and Nakajima, "Japanese and Korean
 * voice search" (2012), as BERT uses it.  A word that cannot be cut into
 * pieces to its end is unknown as a whole.
 */

/* Where pieces that begin at one place may end. */
struct ends {
    size_t count;
    struct vocabulary_walk walks[WORDPIECE_LONGEST_WORD];
};

/* Walks along `rest` as long as some piece goes on. */
static void find_ends(const struct vocabulary *vocabulary,
                      struct vocabulary_walk walk, struct slice rest,
                      struct ends *ends)
{
    ends->count = 0;
    for (size_t at = 0; at < rest.length;) {
        size_t next = at + utf8_length(rest.bytes[at]);
        for (; at < next; at++)
            vocabulary_step(&walk, rest.bytes[at]);
        unsigned marks = vocabulary_marks(vocabulary, vocabulary_hash(&walk));
        if (marks & MARK_ENDS)
            ends->walks[ends->count++] = walk;
        if (!(marks & MARK_GOES_ON))
            return;
    }
}

/*
 * Length and id of the longest piece that `rest` begins with; 0: none.  `head`
 * is the prefix of pieces inside a word, and `walk` went along it.
 */
static size_t longest_piece(const struct subword_model *self, struct slice head,
                            const struct vocabulary_walk *walk,
                            struct slice rest, int32_t *id)
{
    struct ends ends;
    find_ends(&self->vocabulary, *walk, rest, &ends);
    while (ends.count-- > 0) {
        const struct vocabulary_walk *end = &ends.walks[ends.count];
        size_t length = end->length - head.length;
        *id = vocabulary_probe(&self->vocabulary, end, head,
                               (struct slice){rest.bytes, length});
        if (*id >= 0)
            return length;
    }
    return 0;
}

static bool is_too_long(struct slice word, size_t limit)
{
    if (word.length <= limit)
        return false;
    size_t characters = 0;
    for (size_t i = 0; i < word.length; i++)
        characters += !utf8_continues(word.bytes[i]);
    return characters > limit;
}

static bool encode(const struct subword_model *self, struct slice word,
                   struct subword_scratch *scratch, struct token_list *ids,
                   struct span_list *spans, struct error *error)
{
    (void)scratch;
    const struct wordpiece *wordpiece = &self->wordpiece;
    const struct span whole = {0, word.length};
    size_t start = ids->count, at = 0;
    if (is_too_long(word, wordpiece->longest_word))
        return subword_append(ids, wordpiece->unknown, spans, whole, error);

    struct slice head = {"", 0};
    struct vocabulary_walk walk = VOCABULARY_START;
    while (word.length > 0) {
        int32_t id;
        size_t length = longest_piece(self, head, &walk, word, &id);
        if (length == 0) {
            if (spans != NULL)
                spans->count -= ids->count - start;
            ids->count = start;
            return subword_append(ids, wordpiece->unknown, spans, whole, error);
        }
        if (!subword_append(ids, id, spans, (struct span){at, at + length},
                            error))
            return false;
        at += length;
        word.bytes += length;
        word.length -= length;
        head = wordpiece->prefix;
        walk = wordpiece->prefix_walk;
    }
    return true;
}

void subword_set_wordpiece(struct subword_model *model, int32_t unknown,
                           struct slice prefix, size_t longest_word)
{
    struct vocabulary_walk walk = VOCABULARY_START;
    vocabulary_walk(&walk, prefix);
    model->name = "WordPiece";
    model->encode = encode;
    model->wordpiece = (struct wordpiece){prefix, walk, unknown, longest_word};
}

bool subword_wordpiece(struct subword_model *model, struct slice unknown,
                       struct slice prefix, size_t longest_word,
                       struct error *error)
{
    if (longest_word > WORDPIECE_LONGEST_WORD)
        return error_set(error,
                         "words of %zu characters: at most %d were expected",
                         longest_word, WORDPIECE_LONGEST_WORD);
    if (!vocabulary_build(&model->vocabulary, true, error))
        return false;

    char quoted[TEXT_QUOTE_BYTES];
    int32_t id = vocabulary_find(&model->vocabulary, unknown);
    if (id < 0)
        return error_set(error, "no unknown token '%s' in the vocabulary",
                         text_quote(unknown, quoted));

    subword_set_wordpiece(model, id, prefix, longest_word);
    return true;
}
