#include "rank/scorer_inside.h"

#include <math.h>
#include <string.h>

/* Sixteen batches a worker make the batches of a window alike in length. */
enum {
    WINDOW_BATCHES = 16, /* for each worker */
    WINDOW_RECORDS = 1 << 15,
    WINDOW_BYTES = 32 << 20 /* of record text */
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
    scorer->limits = (struct pair_limits){
        .long_texts = options->long_texts,
        .tokens = options->token_limit,
        .second_tokens = SIZE_MAX,
        .keeps_end = tokenizer_keeps_end(tokenizer),
        .advice = "--long truncate cuts longer texts",
    };
    scorer->emit = emit;
    scorer->context = context;
    scorer->labels = encoder_spec(encoder)->labels;
    scorer->filling = &scorer->windows[0];
    scorer->runner = runner_open(encoder, options->workers, error);
    scorer->collected.folded =
        memory_new(scorer->labels, sizeof *scorer->collected.folded, error);
    if (scorer->runner != NULL && scorer->collected.folded != NULL)
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
    token_list_free(&scorer->seconds.ids);
    memory_free(scorer->seconds.ends);
    passages_free(&scorer->passages);
    memory_free(scorer->collected.logits);
    memory_free(scorer->collected.folded);
    span_list_free(&scorer->collected.spans);
    span_list_free(&scorer->occlusion.words);
    span_list_free(&scorer->occlusion.tokens);
    token_list_free(&scorer->occlusion.rest);
    memory_free(scorer);
}

static bool are_numbers(const float *logits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(logits[i]))
            return false;
    return true;
}

/* Weights that give no number are broken, whatever else they give. */
static bool emit_damaged(struct scorer *scorer,
                         const struct record_facts *facts, struct error *error)
{
    struct record_facts unscored = *facts;
    unscored.is_scored = false;
    unscored.parts = NULL;
    unscored.part_count = 0;
    if (!scorer->options.keeps_damaged)
        return error_at(error, facts->file, facts->line,
                        "the model's logit is nan or infinite: its weights "
                        "are damaged");
    scorer->counts.damaged++;
    return scorer->emit(scorer->context, &unscored, NULL, error);
}

/* The windows of a long text become one answer. */
static const float *fold_windows(struct scorer *scorer,
                                 struct record_facts *facts)
{
    struct collected *collected = &scorer->collected;
    const struct scorer_options *options = &scorer->options;
    facts->windows = collected->count;
    facts->window = passages_fold(
        options->aggregate, collected->logits, collected->count, scorer->labels,
        options->order, options->order_context, collected->folded);
    facts->span = collected->spans.spans[facts->window];
    return collected->folded;
}

/* Keeps the part's logits; the last one's record goes out with all of them. */
static bool emit_part(struct scorer *scorer, const struct window_item *item,
                      const float *logits, struct error *error)
{
    struct collected *collected = &scorer->collected;
    size_t labels = scorer->labels, at = collected->count * labels;
    if (!memory_grow((void **)&collected->logits, &collected->capacity,
                     at + labels, sizeof *logits, error) ||
        !span_list_add(&collected->spans, item->facts.part, error))
        return false;
    memcpy(collected->logits + at, logits, labels * sizeof *logits);
    collected->count++;
    if (item->kind == PART_MORE)
        return true;

    struct record_facts facts = item->facts;
    facts.parts = collected->spans.spans;
    facts.part_count = collected->count;
    bool are_fine = are_numbers(collected->logits, facts.part_count * labels);
    logits = are_fine && scorer->options.order != NULL
                 ? fold_windows(scorer, &facts)
                 : collected->logits;
    collected->count = collected->spans.count = 0;
    return are_fine ? scorer->emit(scorer->context, &facts, logits, error)
                    : emit_damaged(scorer, &facts, error);
}

static bool emit_item(struct scorer *scorer, const struct window *window,
                      const struct window_item *item, struct error *error)
{
    if (item->kind == PART_NONE) {
        scorer->collected.count = scorer->collected.spans.count = 0;
        return true;
    }
    const float *logits =
        item->has_sequence ? window_logits(window, item, scorer->labels) : NULL;
    if (item->kind != PART_ONLY)
        return emit_part(scorer, item, logits, error);
    if (logits != NULL && !are_numbers(logits, scorer->labels))
        return emit_damaged(scorer, &item->facts, error);
    return scorer->emit(scorer->context, &item->facts, logits, error);
}

static bool emit_window(struct scorer *scorer, const struct window *window,
                        struct error *error)
{
    for (size_t i = 0; i < window->count; i++)
        if (!emit_item(scorer, window, &window->items[i], error))
            return false;
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

bool scorer_advance(struct scorer *scorer, struct error *error)
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

struct pair_limits scorer_limits(const struct scorer *scorer)
{
    return scorer->limits;
}

const struct scorer_counts *scorer_counts(const struct scorer *scorer)
{
    return &scorer->counts;
}
