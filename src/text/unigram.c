#include "text/subword.h"

#include "base/memory.h"
#include "text/unicode.h"

#include <math.h>

/*
 * The unigram language model (Kudo 2018): the segmentation with the largest
 * sum of scores, by Viterbi from left to right, in double precision.  Of equal
 * sums the one found first stays, as in the reference.
 */

/* The best way to reach a place in the word. */
struct unigram_place {
    double score;
    uint32_t start;
    int32_t id; /* NOT_REACHED, or the piece from start to here */
};
enum { NOT_REACHED = -1 };

static void offer(struct unigram_place *place, double score, size_t start,
                  int32_t id)
{
    if (place->id == NOT_REACHED || score > place->score)
        *place = (struct unigram_place){score, (uint32_t)start, id};
}

/* Offers every piece that begins at `start`, the shortest first. */
static void offer_pieces(const struct subword_model *self, struct slice word,
                         size_t start, struct unigram_place *places)
{
    double before = places[start].score;
    size_t at = start, first_end = start + utf8_length(word.bytes[start]);
    struct vocabulary_walk walk = VOCABULARY_START;
    bool has_single = false;
    while (at < word.length) {
        size_t next = at + utf8_length(word.bytes[at]);
        for (; at < next; at++)
            vocabulary_step(&walk, word.bytes[at]);
        unsigned marks =
            vocabulary_marks(&self->vocabulary, vocabulary_hash(&walk));
        int32_t id = -1;
        if (marks & MARK_ENDS)
            id = vocabulary_probe(
                &self->vocabulary, &walk, (struct slice){"", 0},
                (struct slice){word.bytes + start, at - start});
        if (id >= 0) {
            offer(&places[at], before + self->unigram.scores[id], start, id);
            has_single |= at == first_end;
        }
        if (!(marks & MARK_GOES_ON))
            break;
    }
    if (!has_single)
        offer(&places[first_end], before + self->unigram.unknown_score, start,
              self->unigram.unknown);
}

/* Unknown text of a word: its bytes where the model has them all. */
static bool append_unknown(const struct subword_model *self, struct slice word,
                           struct span span, struct token_list *ids,
                           struct span_list *spans, struct error *error)
{
    struct slice text = {word.bytes + span.begin, span.end - span.begin};
    if (!self->unigram.falls_back || !subword_has_bytes(self, text))
        return subword_append(ids, self->unigram.unknown, spans, span, error);
    for (size_t i = text.length; i-- > 0;) {
        int32_t id = self->byte_ids[(unsigned char)text.bytes[i]];
        if (!subword_append(ids, id, spans, span, error))
            return false;
    }
    return true;
}

static void reverse(int32_t *ids, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        int32_t other = ids[i];
        ids[i] = ids[count - 1 - i];
        ids[count - 1 - i] = other;
    }
}

static void reverse_spans(struct span *spans, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        struct span other = spans[i];
        spans[i] = spans[count - 1 - i];
        spans[count - 1 - i] = other;
    }
}

/* Walks back from the end; unknown pieces side by side are one token. */
static bool append_path(const struct subword_model *self, struct slice word,
                        const struct unigram_place *places,
                        struct token_list *ids, struct span_list *spans,
                        struct error *error)
{
    size_t first = ids->count;
    for (size_t at = word.length; at > 0;) {
        size_t start = places[at].start;
        int32_t id = places[at].id;
        while (id == self->unigram.unknown && start > 0 &&
               places[start].id == id)
            start = places[start].start;
        struct span span = {start, at};
        bool fine = id == self->unigram.unknown
                        ? append_unknown(self, word, span, ids, spans, error)
                        : subword_append(ids, id, spans, span, error);
        if (!fine)
            return false;
        at = start;
    }
    size_t count = ids->count - first;
    reverse(ids->ids + first, count);
    if (spans != NULL)
        reverse_spans(spans->spans + spans->count - count, count);
    return true;
}

static bool encode(const struct subword_model *self, struct slice word,
                   struct subword_scratch *scratch, struct token_list *ids,
                   struct span_list *spans, struct error *error)
{
    if (word.length >= UINT32_MAX)
        return error_set(error,
                         "a word of %zu bytes: less than 4 GiB was expected",
                         word.length);
    if (!memory_grow((void **)&scratch->places, &scratch->place_capacity,
                     word.length + 1, sizeof *scratch->places, error))
        return false;

    struct unigram_place *places = scratch->places;
    places[0] = (struct unigram_place){0, 0, NOT_REACHED};
    for (size_t i = 1; i <= word.length; i++)
        places[i].id = NOT_REACHED;
    for (size_t at = 0; at < word.length; at += utf8_length(word.bytes[at]))
        offer_pieces(self, word, at, places);
    return append_path(self, word, places, ids, spans, error);
}

bool subword_unigram_add(struct subword_model *model, struct slice piece,
                         double score, struct error *error)
{
    struct unigram *unigram = &model->unigram;
    size_t id = model->vocabulary.count;
    if (id >= VOCABULARY_LIMIT)
        return error_set(error, "more than %d pieces", VOCABULARY_LIMIT);
    if (!isfinite(score))
        return error_set(error, "a score that is no number");
    if (!memory_grow((void **)&unigram->scores, &unigram->score_capacity,
                     id + 1, sizeof *unigram->scores, error))
        return false;
    unigram->scores[id] = score;
    return vocabulary_add(&model->vocabulary, (int32_t)id, piece, error);
}

void subword_set_unigram(struct subword_model *model, int32_t unknown)
{
    const double penalty = 10; /* the reference's constant */
    const double *scores = model->unigram.scores;
    double least = scores[0];
    for (size_t i = 1; i < model->vocabulary.count; i++)
        least = scores[i] < least ? scores[i] : least;
    model->unigram.unknown = unknown;
    model->unigram.unknown_score = least - penalty;
    model->name = "Unigram";
    model->encode = encode;
}

bool subword_unigram(struct subword_model *model, int32_t unknown,
                     struct error *error)
{
    size_t count = model->vocabulary.count;
    if (unknown < 0 || (size_t)unknown >= count)
        return error_set(error, "the unknown piece has id %ld of %zu pieces",
                         (long)unknown, count);
    if (!vocabulary_build(&model->vocabulary, true, error))
        return false;
    if (model->unigram.falls_back && !subword_find_bytes(model, error))
        return false;
    subword_set_unigram(model, unknown);
    return true;
}
