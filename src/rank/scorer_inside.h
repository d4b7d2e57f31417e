/*
 * scorer_inside.h - the inside of a scorer, for scorer.c, which runs windows
 * and emits their records, and for those who add sequences to them.
 */
#ifndef RANK_SCORER_INSIDE_H
#define RANK_SCORER_INSIDE_H

#include "rank/runner.h"
#include "rank/scorer.h"

/* The first text of the last pair: rerank asks the same query every time. */
struct text_memory {
    struct buffer text;
    struct token_list ids;
    size_t invalid;
    bool is_filled, is_whole; /* whole: ids are those of all of the text */
};

/* The second texts of scorer_add_each, which are those of every record. */
struct second_texts {
    const struct slice *texts; /* NULL before the first record */
    size_t count;
    struct token_list ids;
    size_t *ends; /* [count] in ids */
    size_t capacity, invalid;
};

/* The parts of the record that is being emitted. */
struct collected {
    float *logits; /* [count][labels] */
    struct span_list spans;
    size_t count, capacity;
    float *folded; /* [labels] */
};

/* The words of a text that is being explained; buffers of explain.c. */
struct occlusion {
    struct span_list words;  /* bytes of the text */
    struct span_list tokens; /* of each word, in the passage */
    struct token_list rest;  /* the passage without one of them */
};

struct scorer {
    const struct encoder *encoder;
    const struct tokenizer *tokenizer;
    struct scorer_options options;
    struct pair_limits limits; /* of scorer_add */
    scorer_emit *emit;
    void *context;
    size_t labels;

    struct tokenizer_scratch scratch;
    struct text_memory first;
    struct token_list second;
    struct second_texts seconds;
    struct passages passages;
    struct scorer_counts counts;
    struct collected collected;
    struct occlusion occlusion;

    struct window windows[2];
    struct window *filling, *running; /* running: NULL when idle */
    struct runner *runner;
};

/* Starts the window that is being filled when it is full. */
bool scorer_advance(struct scorer *scorer, struct error *error);

/* Tokenizes the first text unless it is the last pair's: more than `enough`
 * tokens, or all. */
bool scorer_read_first(struct scorer *scorer, struct slice text, size_t enough,
                       struct error *error);
bool scorer_encode_first(struct scorer *scorer, struct slice text,
                         struct error *error); /* all */
struct id_span scorer_first_ids(const struct scorer *scorer);

/* The texts of a pair, as far as a cut to the limits needs them. */
struct pair_texts {
    struct id_span first, second;
    size_t invalid; /* of the second text */
    bool is_longer; /* than that */
};
bool scorer_read_pair(struct scorer *scorer, const struct pair_limits *limits,
                      struct slice first, struct slice second,
                      struct pair_texts *texts, struct error *error);

/* Tokens that a pair has room for. */
size_t scorer_room(const struct scorer *scorer,
                   const struct pair_limits *limits);

/* Cuts the pair to the limits, or refuses it, and counts its tokens. */
enum scorer_status scorer_cut_pair(const struct scorer *scorer,
                                   const struct pair_limits *limits,
                                   struct record_facts *facts,
                                   struct id_span *first,
                                   struct id_span *second, struct error *error);

/* How LONG_WINDOW cuts a text, of which `most` tokens count, beside another
 * one, which is the same in all windows and stays whole if it can. */
struct window_plan {
    struct id_span whole;  /* the other one, as far as it is kept */
    bool fits;             /* one sequence is enough: with `text` */
    struct id_span text;   /* in scorer->passages, which has opened it */
    size_t length, stride; /* of passages_begin */
};
enum scorer_status scorer_plan_windows(struct scorer *scorer,
                                       const struct record_facts *facts,
                                       struct id_span whole, struct slice text,
                                       size_t most, struct window_plan *plan,
                                       struct error *error);

/* A record's texts went into the window; `invalid` is of all but the first. */
void scorer_count_record(struct scorer *scorer,
                         const struct record_facts *facts, size_t invalid);

/* Puts a sequence of the record into the window, as it is: nothing is cut. */
enum scorer_status scorer_add_part(struct scorer *scorer,
                                   const struct record_facts *facts,
                                   enum part_kind kind, struct id_span first,
                                   struct id_span second, struct error *error);
/* A part failed with `status`: those of the record before it are void. */
enum scorer_status scorer_take_back(struct scorer *scorer,
                                    enum scorer_status status,
                                    struct error *error);

#endif
