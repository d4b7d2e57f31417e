#include "rank/window.h"

#include <stdlib.h>
#include <string.h>

static bool copy_slice(struct window *window, struct slice *slice,
                       struct error *error)
{
    if (slice->length == 0) {
        slice->bytes = "";
        return true;
    }
    const char *copy =
        arena_copy(&window->records, slice->bytes, slice->length, error);
    if (copy == NULL)
        return false;
    slice->bytes = copy;
    window->record_bytes += slice->length;
    return true;
}

bool window_add(struct window *window, const struct record_facts *facts,
                enum part_kind kind, size_t first_token, struct error *error)
{
    if (!memory_grow((void **)&window->items, &window->capacity,
                     window->count + 1, sizeof *window->items, error))
        return false;
    struct window_item *item = &window->items[window->count];
    *item = (struct window_item){
        .facts = *facts,
        .kind = kind,
        .has_sequence = facts->is_scored && kind != PART_NONE,
        .first_token = first_token,
        .tokens = window->ids.count - first_token,
    };
    if (!copy_slice(window, &item->facts.bytes, error) ||
        !copy_slice(window, &item->facts.group, error) ||
        !copy_slice(window, &item->facts.query, error) ||
        !copy_slice(window, &item->facts.id, error) ||
        !copy_slice(window, &item->facts.text, error) ||
        !copy_slice(window, &item->facts.counts, error))
        return false;
    window->count++;
    return true;
}

static struct slice ids_of(const struct window *window,
                           const struct window_item *item)
{
    return (struct slice){(const char *)(window->ids.ids + item->first_token),
                          item->tokens * sizeof *window->ids.ids};
}

static bool has_types_of(const struct window *window,
                         const struct window_item *a,
                         const struct window_item *b)
{
    return memcmp(window->types.ids + a->first_token,
                  window->types.ids + b->first_token,
                  a->tokens * sizeof *window->types.ids) == 0;
}

/*
 * Lists the items whose sequence is the first of its kind; the others point to
 * it through item->sequence (an index into the list).
 */
static bool find_distinct(struct window *window, struct window_item **distinct,
                          struct error *error)
{
    struct slice_map seen = {0};
    bool fine = slice_map_reserve(&seen, window->count, error);
    for (size_t i = 0; fine && i < window->count; i++) {
        struct window_item *item = &window->items[i];
        if (!item->has_sequence)
            continue;
        int32_t twin = slice_map_get(&seen, ids_of(window, item));
        if (twin >= 0 && has_types_of(window, distinct[twin], item)) {
            item->sequence = (size_t)twin;
            continue;
        }
        item->sequence = window->sequences;
        distinct[window->sequences] = item;
        fine = slice_map_put(&seen, ids_of(window, item),
                             (int32_t)window->sequences++, error);
    }
    slice_map_free(&seen);
    return fine;
}

/* Longest first, so that the last batch to end is a short one; input order
 * among equals. */
static int compare_length(const void *left, const void *right)
{
    const struct window_item *a = *(struct window_item *const *)left;
    const struct window_item *b = *(struct window_item *const *)right;
    if (a->tokens != b->tokens)
        return a->tokens < b->tokens ? 1 : -1;
    return a < b ? -1 : 1; /* both in one array */
}

static size_t token_total(struct window_item *const *sorted, size_t count)
{
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += sorted[i]->tokens;
    return total;
}

/* Where the next sequence goes; batches are laid end to end. */
struct packer {
    struct window *window;
    int32_t *ids, *types;
    size_t *starts; /* of the open batch */
    struct batch *batch;
};

static void open_batch(struct packer *packer, size_t first_sequence)
{
    struct window *window = packer->window;
    if (packer->batch != NULL) {
        size_t tokens = batch_tokens(packer->batch);
        packer->ids += tokens;
        packer->types += tokens;
        packer->starts += packer->batch->sequences + 1;
    }
    window->batch_first[window->batch_count] = first_sequence;
    packer->batch = &window->batches[window->batch_count++];
    *packer->batch = (struct batch){
        .start = packer->starts, .ids = packer->ids, .types = packer->types};
    packer->starts[0] = 0;
}

static void append_sequence(struct packer *packer,
                            const struct window_item *item)
{
    const struct window *window = packer->window;
    size_t at = batch_tokens(packer->batch), tokens = item->tokens;
    memcpy(packer->ids + at, window->ids.ids + item->first_token,
           tokens * sizeof *packer->ids);
    memcpy(packer->types + at, window->types.ids + item->first_token,
           tokens * sizeof *packer->types);
    packer->starts[++packer->batch->sequences] = at + tokens;
}

static bool fill_batches(struct window *window,
                         struct window_item *const *sorted, size_t total,
                         size_t limit, struct error *error)
{
    struct arena *plan = &window->plan;
    size_t count = window->sequences;
    struct packer packer = {
        .window = window,
        .ids = arena_take(plan, total, sizeof *packer.ids, error),
        .types = arena_take(plan, total, sizeof *packer.types, error),
        /* a start for each sequence and an end for each batch */
        .starts = arena_take(plan, 2 * count, sizeof *packer.starts, error),
    };
    window->batches = arena_take(plan, count, sizeof *window->batches, error);
    window->batch_first =
        arena_take(plan, count, sizeof *window->batch_first, error);
    if (error->set)
        return false;

    for (size_t i = 0; i < count; i++) {
        if (packer.batch == NULL ||
            batch_tokens(packer.batch) + sorted[i]->tokens > limit)
            open_batch(&packer, i);
        append_sequence(&packer, sorted[i]);
    }
    return true;
}

/* Items point to their place among the sorted sequences from now on. */
static bool renumber(struct window *window, struct window_item *const *sorted,
                     struct error *error)
{
    size_t *place =
        arena_take(&window->plan, window->sequences, sizeof *place, error);
    if (place == NULL)
        return false;
    for (size_t i = 0; i < window->sequences; i++)
        place[sorted[i]->sequence] = i;
    for (size_t i = 0; i < window->count; i++)
        if (window->items[i].has_sequence)
            window->items[i].sequence = place[window->items[i].sequence];
    return true;
}

bool window_plan(struct window *window, size_t labels, size_t batch_limit,
                 size_t workers, struct error *error)
{
    struct window_item **sorted =
        arena_take(&window->plan, window->count, sizeof *sorted, error);
    if (sorted == NULL || !find_distinct(window, sorted, error))
        return false;
    qsort(sorted, window->sequences, sizeof *sorted, compare_length);

    size_t total = token_total(sorted, window->sequences);
    size_t share = (total + workers - 1) / workers;
    size_t limit = share < batch_limit ? share : batch_limit;
    window->logits = arena_take(&window->plan, window->sequences * labels,
                                sizeof *window->logits, error);
    return window->logits != NULL &&
           fill_batches(window, sorted, total, limit, error) &&
           renumber(window, sorted, error);
}

void window_reset(struct window *window)
{
    arena_reset(&window->records);
    arena_reset(&window->plan);
    window->count = window->record_bytes = 0;
    window->ids.count = window->types.count = 0;
    window->batch_count = window->sequences = 0;
}

void window_free(struct window *window)
{
    arena_free(&window->records);
    arena_free(&window->plan);
    token_list_free(&window->ids);
    token_list_free(&window->types);
    memory_free(window->items);
    *window = (struct window){0};
}
