/*
 * window.h - a bounded run of records on its way through the model.
 *
 * Records are added in input order with their ids; window_plan sorts the
 * distinct sequences by length and packs them into batches, which workers run
 * in any order; window_logits finds a record's answer again.  All memory is
 * the window's own and is used anew after window_reset.
 */
#ifndef RANK_WINDOW_H
#define RANK_WINDOW_H

#include "nn/encoder.h"
#include "text/tokenizer.h"

/* What a record is beside its texts; slices and names live as long as the
 * window holds it (it copies the slices). */
struct record_facts {
    struct slice bytes, group, query, id;
    struct slice text;   /* the second one, where the scorer keeps it */
    struct slice counts; /* numbers of the caller's, as bytes */
    const char *file;
    uint64_t line, index; /* index: of all records, from 0 */
    size_t tokens;        /* as scored */
    size_t uncut_tokens;  /* of the whole texts, as far as they were read */
    bool is_longer;       /* they have more than those */
    bool is_scored;       /* false: a bad record that is kept in order */

    /* A long text: its windows, the one that counts, that one's bytes. */
    size_t windows, window;
    struct span span;

    /* Several sequences: what each of them is about, and how many they are. */
    struct span part; /* of a sequence on its way */
    const struct span *parts;
    size_t part_count;

    /* The caller's own. */
    uint64_t digest;   /* of the input up to this record */
    size_t text_place; /* of text in bytes, from 1; 0: it is not there */
    size_t rank;
    bool has_score; /* instead of the model's */
    float score, bm25;
};

/* A record may have several sequences: parts, one after the other. */
enum part_kind {
    PART_ONLY,
    PART_MORE, /* others of the same record follow */
    PART_LAST,
    PART_NONE /* no sequence: those before it are to be forgotten */
};

struct window_item {
    struct record_facts facts; /* of PART_MORE only `part` is used */
    enum part_kind kind;
    bool has_sequence;
    size_t first_token, tokens; /* in ids and types */
    size_t sequence;            /* after the plan: its row of logits */
};

struct window {
    struct window_item *items;
    size_t count, capacity;
    struct token_list ids, types;
    size_t record_bytes;
    struct arena records; /* copies of the slices of facts */

    /* the plan */
    struct arena plan;
    struct batch *batches;
    size_t batch_count;
    size_t *batch_first; /* [batch_count] first sequence of a batch */
    size_t sequences;    /* distinct ones */
    float *logits;       /* [sequences][labels] */
};

/*
 * Copies the record's slices.  The ids of a scored record or part were appended
 * to window->ids and types by the caller from first_token on.
 */
bool window_add(struct window *window, const struct record_facts *facts,
                enum part_kind kind, size_t first_token, struct error *error);

/*
 * Batches of at most batch_limit tokens (a longer sequence goes alone),
 * shorter when that leaves one of `workers` idle.
 */
bool window_plan(struct window *window, size_t labels, size_t batch_limit,
                 size_t workers, struct error *error);

static inline const float *window_logits(const struct window *window,
                                         const struct window_item *item,
                                         size_t labels)
{
    return window->logits + item->sequence * labels;
}

void window_reset(struct window *window);
void window_free(struct window *window);

#endif
