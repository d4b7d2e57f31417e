#include "rank/passages.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* Bytes of text that are encoded at once.  Words, tokens and what they stand
 * for take many times as much: a document of 100 MB with 61 million tokens
 * peaks at 245 MiB, 100 of them its own. */
enum { PIECE_BYTES = 1 << 20 };

void passages_free(struct passages *passages)
{
    token_list_free(&passages->ids);
    span_list_free(&passages->spans);
}

static bool is_read(const struct passages *passages)
{
    return passages->encoded == passages->text.length;
}

struct slice passages_piece(const struct tokenizer *tokenizer,
                            struct slice text, size_t from)
{
    size_t end = text.length;
    if (end - from > PIECE_BYTES)
        end = tokenizer_cut(tokenizer, text, from + PIECE_BYTES);
    return (struct slice){text.bytes + from, end - from};
}

/* What lies behind the tokens that count is as good as read. */
static void forget_rest(struct passages *passages)
{
    size_t tokens = passages_tokens(passages);
    if (tokens < passages->most)
        return;
    passages->ids.count -= tokens - passages->most;
    if (passages->spans.count > passages->ids.count)
        passages->spans.count = passages->ids.count;
    passages->encoded = passages->text.length;
}

static bool read_piece(struct passages *passages, struct error *error)
{
    struct slice piece =
        passages_piece(passages->tokenizer, passages->text, passages->encoded);
    size_t before = passages->encoded, at = passages->spans.count;
    if (!tokenizer_encode_spans(passages->tokenizer, passages->scratch, piece,
                                &passages->ids, &passages->spans,
                                &passages->invalid, error))
        return false;
    for (; at < passages->spans.count; at++) {
        passages->spans.spans[at].begin += before;
        passages->spans.spans[at].end += before;
    }
    passages->encoded += piece.length;
    forget_rest(passages);
    return true;
}

static void forget_all(struct passages *passages)
{
    passages->encoded = passages->invalid = 0;
    passages->ids.count = passages->spans.count = passages->first = 0;
}

void passages_open(struct passages *passages, const struct tokenizer *tokenizer,
                   struct tokenizer_scratch *scratch, struct slice text,
                   size_t most)
{
    passages->tokenizer = tokenizer;
    passages->scratch = scratch;
    passages->text = text;
    passages->most = most;
    forget_all(passages);
}

bool passages_look(struct passages *passages, size_t enough, bool *is_whole,
                   struct error *error)
{
    struct slice piece = passages_piece(passages->tokenizer, passages->text, 0);
    if (!tokenizer_encode(passages->tokenizer, passages->scratch, piece,
                          &passages->ids, &passages->invalid, error))
        return false;
    passages->encoded = piece.length;
    forget_rest(passages);
    *is_whole = is_read(passages) && passages->ids.count <= enough;
    return true;
}

void passages_begin(struct passages *passages, size_t length, size_t stride)
{
    passages->length = length;
    passages->stride = stride;
    passages->begin = passages->number = 0;
    forget_all(passages);
}

/* Forgets the tokens before `first`. */
static void drop_tokens(struct passages *passages, size_t first)
{
    size_t dropped = first - passages->first;
    size_t kept = passages->ids.count - dropped;
    memmove(passages->ids.ids, passages->ids.ids + dropped,
            kept * sizeof *passages->ids.ids);
    memmove(passages->spans.spans, passages->spans.spans + dropped,
            kept * sizeof *passages->spans.spans);
    passages->ids.count = passages->spans.count = kept;
    passages->first = first;
}

size_t passages_tokens(const struct passages *passages)
{
    return passages->first + passages->ids.count;
}

/* Reads until a token behind the next window is there, or all tokens. */
static bool read_window(struct passages *passages, struct error *error)
{
    while (passages_tokens(passages) <= passages->begin + passages->length &&
           !is_read(passages)) {
        /* A last window begins before `begin`, but not by more than this. */
        size_t needed = passages->begin;
        needed -= needed < passages->length ? needed : passages->length;
        if (needed > passages->first)
            drop_tokens(passages, needed);
        if (!read_piece(passages, error))
            return false;
    }
    return true;
}

/* Tokens that stand for no byte of the text are left out of the ends. */
static struct span span_of(const struct span *spans, size_t count)
{
    struct span whole = {0, 0};
    bool has_begin = false;
    for (size_t i = 0; i < count; i++) {
        if (spans[i].begin == spans[i].end)
            continue;
        if (!has_begin || spans[i].begin < whole.begin)
            whole.begin = spans[i].begin;
        if (!has_begin || spans[i].end > whole.end)
            whole.end = spans[i].end;
        has_begin = true;
    }
    return whole;
}

bool passages_next(struct passages *passages, struct passage *passage,
                   struct error *error)
{
    if (!read_window(passages, error))
        return false;
    size_t tokens = passages_tokens(passages), length = passages->length;
    size_t begin = passages->begin;
    bool is_last = tokens - begin <= length;
    if (is_last) {
        begin = tokens > length ? tokens - length : 0;
        length = tokens - begin;
    }
    size_t at = begin - passages->first;
    *passage = (struct passage){
        .tokens = {passages->ids.ids + at, length},
        .spans = passages->spans.spans + at,
        .number = passages->number++,
        .span = span_of(passages->spans.spans + at, length),
        .is_last = is_last,
    };
    passages->begin += passages->stride;
    return true;
}

/* Whether a window is better; nan is below all numbers. */
static bool is_better(float order, float than)
{
    return order > than || (isnan(than) && !isnan(order));
}

/* The best and the second best window; the same one where there is but one. */
struct best_two {
    size_t first, second;
};

static struct best_two find_best(const float *logits, size_t count,
                                 size_t labels, passage_order *order,
                                 const void *context)
{
    struct best_two best = {0, 0};
    float first = order(context, logits), second = NAN;
    for (size_t i = 1; i < count; i++) {
        float worth = order(context, logits + i * labels);
        if (is_better(worth, first)) {
            best = (struct best_two){i, best.first};
            second = first;
            first = worth;
        } else if (i == 1 || is_better(worth, second)) {
            best.second = i;
            second = worth;
        }
    }
    return best;
}

/* In double and in the order of the windows: the same for any batch. */
static void average(const float *logits, size_t count, size_t labels,
                    float *result)
{
    for (size_t label = 0; label < labels; label++) {
        double sum = 0;
        for (size_t i = 0; i < count; i++)
            sum += (double)logits[i * labels + label];
        result[label] = (float)(sum / (double)count);
    }
}

size_t passages_fold(enum aggregate aggregate, const float *logits,
                     size_t count, size_t labels, passage_order *order,
                     const void *context, float *result)
{
    struct best_two best = find_best(logits, count, labels, order, context);
    const float *first = logits + best.first * labels;
    const float *second = logits + best.second * labels;
    switch (aggregate) {
    case AGGREGATE_MAX:
        memcpy(result, first, labels * sizeof *result);
        return best.first;
    case AGGREGATE_FIRST:
        memcpy(result, logits, labels * sizeof *result);
        return 0;
    case AGGREGATE_MEAN:
        average(logits, count, labels, result);
        return best.first;
    case AGGREGATE_TOP2:
        break;
    }
    for (size_t i = 0; i < labels; i++)
        result[i] = (float)(((double)first[i] + (double)second[i]) / 2);
    return best.first;
}
