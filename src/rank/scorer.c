#include "rank/scorer.h"

#include "rank/runner.h"

#include <math.h>

/* Sixteen batches a worker make the batches of a window alike in length. */
enum {
    WINDOW_BATCHES = 16, /* for each worker */
    WINDOW_RECORDS = 1 << 15,
    WINDOW_BYTES = 32 << 20 /* of record text */
};

/* The first text of the last pair: rerank asks the same query every time. */
struct text_memory {
    struct buffer text;
    struct token_list ids;
    size_t invalid;
    bool is_filled;
};

struct scorer {
    const struct encoder *encoder;
    const struct tokenizer *tokenizer;
    struct scorer_options options;
    scorer_emit *emit;
    void *context;
    size_t labels;

    struct tokenizer_scratch scratch;
    struct text_memory first;
    struct token_list second;
    struct scorer_counts counts;

    struct window windows[2];
    struct window *filling, *running; /* running: NULL when idle */
    struct runner *runner;
};

struct scorer *scorer_open(const struct encoder *encoder,
                           const struct tokenizer *tokenizer,
                           const struct scorer_options *options,
                           scorer_emit *emit, void *context,
                           struct error *error)
{
    struct scorer *scorer = memory_new(1, sizeof *scorer, error);
    if (scorer == NULL)
        return NULL;
    scorer->encoder = encoder;
    scorer->tokenizer = tokenizer;
    scorer->options = *options;
    scorer->emit = emit;
    scorer->context = context;
    scorer->labels = encoder_spec(encoder)->labels;
    scorer->filling = &scorer->windows[0];
    scorer->runner = runner_open(encoder, options->workers, error);
    if (scorer->runner != NULL)
        return scorer;
    scorer_close(scorer);
    return NULL;
}

void scorer_close(struct scorer *scorer)
{
    if (scorer == NULL)
        return;
    runner_close(scorer->runner);
    window_free(&scorer->windows[0]);
    window_free(&scorer->windows[1]);
    tokenizer_scratch_free(&scorer->scratch);
    buffer_free(&scorer->first.text);
    token_list_free(&scorer->first.ids);
    token_list_free(&scorer->second);
    memory_free(scorer);
}

static bool has_nan(const float *logits, size_t labels)
{
    for (size_t i = 0; i < labels; i++)
        if (isnan(logits[i]))
            return true;
    return false;
}

static bool emit_window(struct scorer *scorer, const struct window *window,
                        struct error *error)
{
    for (size_t i = 0; i < window->count; i++) {
        const struct window_item *item = &window->items[i];
        const float *logits = item->facts.is_scored
                                  ? window_logits(window, item, scorer->labels)
                                  : NULL;
        scorer->counts.nan += logits && has_nan(logits, scorer->labels);
        if (!scorer->emit(scorer->context, &item->facts, logits, error))
            return false;
    }
    return true;
}

static bool finish_running(struct scorer *scorer, struct error *error)
{
    struct window *window = scorer->running;
    if (window == NULL)
        return true;
    scorer->running = NULL;
    bool fine = runner_wait(scorer->runner, error) &&
                emit_window(scorer, window, error);
    window_reset(window);
    return fine;
}

/* Hands the filled window to the workers and takes the other one to fill. */
static bool start_filled(struct scorer *scorer, struct error *error)
{
    struct window *window = scorer->filling;
    if (!runner_start(scorer->runner, window, error))
        return false;
    for (size_t i = 0; i < window->batch_count; i++)
        scorer->counts.tokens += batch_tokens(&window->batches[i]);
    scorer->counts.sequences += window->sequences;
    scorer->running = window;
    scorer->filling = &scorer->windows[window == &scorer->windows[0]];
    return true;
}

static bool is_full(const struct scorer *scorer)
{
    const struct window *window = scorer->filling;
    size_t workers = (size_t)scorer->options.workers;
    return window->ids.count >=
               workers * WINDOW_BATCHES * RUNNER_BATCH_TOKENS ||
           window->count >= WINDOW_RECORDS ||
           window->record_bytes >= WINDOW_BYTES;
}

static bool advance_when_full(struct scorer *scorer, struct error *error)
{
    return !is_full(scorer) ||
           (finish_running(scorer, error) && start_filled(scorer, error));
}

bool scorer_drain(struct scorer *scorer, struct error *error)
{
    if (!finish_running(scorer, error))
        return false;
    return scorer->filling->count == 0 ||
           (start_filled(scorer, error) && finish_running(scorer, error));
}

static bool encode_first(struct scorer *scorer, struct slice text,
                         struct error *error)
{
    struct text_memory *first = &scorer->first;
    if (first->is_filled && slice_equal(buffer_slice(&first->text), text))
        return true;
    first->is_filled = false;
    first->text.length = first->ids.count = first->invalid = 0;
    first->is_filled =
        buffer_append(&first->text, text.bytes, text.length, error) &&
        tokenizer_encode(scorer->tokenizer, &scorer->scratch, text, &first->ids,
                         &first->invalid, error);
    return first->is_filled;
}

/* Puts the pair's ids at the end of the window; takes them back on error. */
static enum scorer_status append_pair(struct scorer *scorer,
                                      struct record_facts *facts, bool *cut,
                                      struct error *error)
{
    struct window *window = scorer->filling;
    size_t at = window->ids.count;
    struct id_span first = {scorer->first.ids.ids, scorer->first.ids.count};
    struct id_span second = {scorer->second.ids, scorer->second.count};

    facts->uncut_tokens = pair_length(scorer->tokenizer, first, &second);
    if (scorer->options.refuses_long &&
        facts->uncut_tokens > scorer->options.token_limit) {
        error_at(error, facts->file, facts->line,
                 "%zu tokens: the limit is %zu; --long truncate cuts longer "
                 "texts",
                 facts->uncut_tokens, scorer->options.token_limit);
        return SCORER_BAD_RECORD;
    }
    struct error reason = {0};
    if (pair_build(scorer->tokenizer, first, &second,
                   scorer->options.token_limit, scorer->options.truncation,
                   &window->ids, &window->types, cut, &reason)) {
        facts->tokens = window->ids.count - at;
        if (encoder_accepts(scorer->encoder, window->ids.ids + at,
                            window->types.ids + at, facts->tokens, &reason))
            return SCORER_FINE;
    }
    window->ids.count = window->types.count = at;
    error_at(error, facts->file, facts->line, "%s", reason.text);
    return SCORER_BAD_RECORD;
}

static void count_record(struct scorer *scorer,
                         const struct record_facts *facts, bool cut,
                         bool is_invalid)
{
    struct scorer_counts *counts = &scorer->counts;
    counts->cut += cut;
    counts->invalid_utf8 += is_invalid;
    if (facts->uncut_tokens > counts->longest_tokens)
        counts->longest_tokens = facts->uncut_tokens;
}

enum scorer_status scorer_add(struct scorer *scorer,
                              const struct record_facts *facts,
                              struct slice first, struct slice second,
                              struct error *error)
{
    struct record_facts scored = *facts;
    size_t first_token = scorer->filling->ids.count, invalid = 0;
    bool cut = false;

    scored.is_scored = true;
    scorer->second.count = 0;
    if (!encode_first(scorer, first, error) ||
        !tokenizer_encode(scorer->tokenizer, &scorer->scratch, second,
                          &scorer->second, &invalid, error))
        return SCORER_FAILED;
    enum scorer_status status = append_pair(scorer, &scored, &cut, error);
    if (status != SCORER_FINE)
        return status;
    if (!window_add(scorer->filling, &scored, first_token, error))
        return SCORER_FAILED;
    scorer->counts.records++;
    count_record(scorer, &scored, cut, scorer->first.invalid + invalid > 0);
    return advance_when_full(scorer, error) ? SCORER_FINE : SCORER_FAILED;
}

bool scorer_add_unscored(struct scorer *scorer,
                         const struct record_facts *facts, struct error *error)
{
    struct record_facts unscored = *facts;
    unscored.is_scored = false;
    scorer->counts.records++;
    return window_add(scorer->filling, &unscored, 0, error) &&
           advance_when_full(scorer, error);
}

const struct scorer_counts *scorer_counts(const struct scorer *scorer)
{
    return &scorer->counts;
}
