#include "rank/blend.h"

#include "text/unicode.h"
#include "text/word_break.h"

#include <math.h>
#include <string.h>

static const double k1 = 0.9, b = 0.4;

void blend_free(struct blend *blend)
{
    arena_free(&blend->lists);
    buffer_free(&blend->query);
    buffer_free(&blend->lower);
    buffer_free(&blend->terms);
    slice_map_free(&blend->by_term);
    memory_free(blend->weights);
    memory_free(blend->counts);
    *blend = (struct blend){0};
}

/*** Terms ***/

typedef bool use_term(struct blend *blend, struct slice term,
                      struct error *error);

/* The characters of valid UTF-8 in lower case, in blend->lower. */
static bool lower(struct blend *blend, struct slice word, struct slice *term,
                  struct error *error)
{
    struct buffer *out = &blend->lower;
    out->length = 0;
    if (!buffer_reserve(out, word.length * 2, error))
        return false;
    for (size_t at = 0; at < word.length; at += utf8_length(word.bytes[at])) {
        uint32_t characters[2];
        size_t count = unicode_lower(utf8_decode(word.bytes + at), characters);
        for (size_t i = 0; i < count; i++)
            out->length += utf8_encode(characters[i], out->bytes + out->length);
    }
    *term = buffer_slice(out);
    return true;
}

static bool use_lowered(struct blend *blend, struct slice word, use_term *use,
                        struct error *error)
{
    struct slice term;
    return lower(blend, word, &term, error) && use(blend, term, error);
}

/* The parts of an identifier that has more than one. */
static bool use_parts(struct blend *blend, struct slice word, use_term *use,
                      struct error *error)
{
    struct span part;
    for (size_t at = 0; word_break_part(word, &at, &part);) {
        struct slice slice = {word.bytes + part.begin, part.end - part.begin};
        if (slice.length == word.length)
            return true;
        if (!use_lowered(blend, slice, use, error))
            return false;
    }
    return true;
}

static bool each_term(struct blend *blend, struct slice text, use_term *use,
                      struct error *error)
{
    struct span span;
    enum word_kind kind;
    for (size_t at = 0; word_break_next(text, &at, &span, &kind);) {
        struct slice word = {text.bytes + span.begin, span.end - span.begin};
        if (kind == WORD_SIGNS)
            continue;
        if (!use_lowered(blend, word, use, error) ||
            (kind == WORD_LETTERS && !use_parts(blend, word, use, error)))
            return false;
    }
    return true;
}

/*** Counting ***/

/* Where the counts of a text have what. */
enum { TEXT_TERMS }; /* how many terms it has */
static size_t in_query(size_t term)
{
    return 1 + 2 * term;
}
static size_t in_text(size_t term)
{
    return in_query(term) + 1;
}

/* Terms are numbered as they come. */
static bool add_query_term(struct blend *blend, struct slice term,
                           struct error *error)
{
    int32_t known = slice_map_get(&blend->by_term, term);
    if (known >= 0) {
        blend->weights[known]++;
        return true;
    }
    /* Room for all was reserved: slices in the map stay where they are. */
    char *copy = blend->terms.bytes + blend->terms.length;
    memcpy(copy, term.bytes, term.length);
    blend->terms.length += term.length;
    if (!memory_grow((void **)&blend->weights, &blend->weight_capacity,
                     blend->term_count + 1, sizeof *blend->weights, error))
        return false;
    blend->weights[blend->term_count] = 1;
    return slice_map_put(&blend->by_term, (struct slice){copy, term.length},
                         (int32_t)blend->term_count++, error);
}

static bool read_query(struct blend *blend, struct slice query,
                       struct error *error)
{
    if (blend->is_filled && slice_equal(buffer_slice(&blend->query), query))
        return true;
    blend->is_filled = false;
    blend->query.length = blend->terms.length = blend->term_count = 0;
    slice_map_free(&blend->by_term);
    /* A word and its parts, each twice as long in lower case. */
    blend->is_filled =
        buffer_append(&blend->query, query.bytes, query.length, error) &&
        buffer_reserve(&blend->terms, query.length * 4, error) &&
        each_term(blend, query, add_query_term, error);
    return blend->is_filled;
}

static bool count_term(struct blend *blend, struct slice term,
                       struct error *error)
{
    (void)error;
    int32_t known = slice_map_get(&blend->by_term, term);
    blend->counts[TEXT_TERMS]++;
    if (known >= 0)
        blend->counts[in_text((size_t)known)]++;
    return true;
}

bool blend_count(struct blend *blend, struct slice query, struct slice text,
                 struct slice *counts, struct error *error)
{
    if (!read_query(blend, query, error))
        return false;
    size_t numbers = in_query(blend->term_count);
    if (!memory_grow((void **)&blend->counts, &blend->count_capacity, numbers,
                     sizeof *blend->counts, error))
        return false;
    memset(blend->counts, 0, numbers * sizeof *blend->counts);
    for (size_t i = 0; i < blend->term_count; i++)
        blend->counts[in_query(i)] = blend->weights[i];
    *counts = (struct slice){(const char *)blend->counts,
                             numbers * sizeof *blend->counts};
    return each_term(blend, text, count_term, error);
}

/*** Scores ***/

/* A number of the counts, which may lie anywhere in memory. */
static uint32_t number(struct slice counts, size_t i)
{
    uint32_t value;
    memcpy(&value, counts.bytes + i * sizeof value, sizeof value);
    return value;
}

/* What is known of the list: candidates, their mean length, and of each term
 * how many candidates have it. */
struct statistics {
    size_t candidates, terms;
    double mean_length;
    const uint32_t *having; /* [terms] */
};

static bool is_counted(struct slice counts)
{
    return counts.length > 0;
}

static bool collect(struct statistics *statistics, const struct slice *counts,
                    size_t count, struct arena *arena, struct error *error)
{
    double length = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_counted(counts[i]))
            continue;
        statistics->candidates++;
        statistics->terms = counts[i].length / sizeof(uint32_t) / 2;
        length += number(counts[i], TEXT_TERMS);
    }
    statistics->mean_length = length / (double)statistics->candidates;
    size_t terms = statistics->terms;
    uint32_t *having = arena_take(arena, terms, sizeof *having, error);
    if (having == NULL)
        return false;
    for (size_t term = 0; term < terms; term++)
        having[term] = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t term = 0; is_counted(counts[i]) && term < terms; term++)
            having[term] += number(counts[i], in_text(term)) > 0;
    statistics->having = having;
    return true;
}

static float score(const struct statistics *statistics, struct slice counts)
{
    double sum = 0, total = (double)statistics->candidates;
    double length = statistics->mean_length > 0
                        ? number(counts, TEXT_TERMS) / statistics->mean_length
                        : 0;
    for (size_t term = 0; term < statistics->terms; term++) {
        double weight = number(counts, in_query(term));
        double found = number(counts, in_text(term));
        double having = statistics->having[term];
        double idf = log1p((total - having + 0.5) / (having + 0.5));
        sum += weight * idf * found / (found + k1 * (1 - b + b * length));
    }
    return (float)sum;
}

bool blend_bm25(const struct slice *counts, size_t count, struct arena *arena,
                float *scores, struct error *error)
{
    struct statistics statistics = {0};
    if (!collect(&statistics, counts, count, arena, error))
        return false;
    for (size_t i = 0; i < count; i++)
        scores[i] = is_counted(counts[i]) ? score(&statistics, counts[i]) : NAN;
    return true;
}

struct spread {
    double mean, deviation;
};

static struct spread spread_of(const float *scores, const float *other,
                               size_t count)
{
    double sum = 0, squares = 0, counted = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(scores[i]) && !isnan(other[i])) {
            sum += (double)scores[i];
            counted++;
        }
    double mean = sum / counted;
    for (size_t i = 0; i < count; i++)
        if (!isnan(scores[i]) && !isnan(other[i]))
            squares += ((double)scores[i] - mean) * ((double)scores[i] - mean);
    return (struct spread){mean, sqrt(squares / counted)};
}

static double distance(struct spread spread, float score)
{
    return spread.deviation > 0
               ? ((double)score - spread.mean) / spread.deviation
               : 0;
}

void blend_scores(const float *model, const float *bm25, size_t count,
                  double weight, float *scores)
{
    struct spread of_model = spread_of(model, bm25, count);
    struct spread of_bm25 = spread_of(bm25, model, count);
    for (size_t i = 0; i < count; i++)
        scores[i] = isnan(model[i]) || isnan(bm25[i])
                        ? NAN
                        : (float)((1 - weight) * distance(of_model, model[i]) +
                                  weight * distance(of_bm25, bm25[i]));
}
