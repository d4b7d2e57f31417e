#include "rank/top.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether a result comes before another one. */
static bool is_better(float score, uint64_t index, const struct kept *than)
{
    bool is_nan = isnan(score), than_is_nan = isnan(than->score);
    if (is_nan != than_is_nan)
        return than_is_nan;
    if (!is_nan && score != than->score)
        return score > than->score;
    return index < than->facts.index;
}

static bool is_kept_better(const struct kept *a, const struct kept *b)
{
    return is_better(a->score, a->facts.index, b);
}

static char *copy_bytes(char *to, struct slice *slice)
{
    if (slice->length > 0)
        memcpy(to, slice->bytes, slice->length);
    slice->bytes = to;
    return to + slice->length;
}

/* One block for logits and texts: one free, and nothing shared. */
static bool copy_result(struct kept *kept, float score,
                        const struct record_facts *facts, const float *logits,
                        size_t labels, struct error *error)
{
    size_t numbers = logits ? labels * sizeof *logits : 0;
    size_t block_bytes = numbers + facts->counts.length + facts->bytes.length +
                         facts->group.length + facts->query.length +
                         facts->id.length + facts->text.length;
    kept->memory = sizeof *kept + block_bytes;
    kept->block = memory_new(1, block_bytes, error);
    if (kept->block == NULL)
        return false;
    kept->score = score;
    kept->facts = *facts;
    kept->logits = logits ? (float *)(void *)kept->block : NULL;
    if (logits != NULL)
        memcpy(kept->logits, logits, numbers);
    char *at = copy_bytes(kept->block + numbers, &kept->facts.counts);
    at = copy_bytes(at, &kept->facts.bytes);
    at = copy_bytes(at, &kept->facts.group);
    at = copy_bytes(at, &kept->facts.query);
    at = copy_bytes(at, &kept->facts.id);
    copy_bytes(at, &kept->facts.text);
    return true;
}

/* The heap has the worst on top, so that a better one replaces it. */
static void sift_up(struct kept *heap, size_t at)
{
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (!is_kept_better(&heap[parent], &heap[at]))
            return;
        struct kept moved = heap[at];
        heap[at] = heap[parent];
        heap[parent] = moved;
        at = parent;
    }
}

static void sift_down(struct kept *heap, size_t count)
{
    for (size_t at = 0;;) {
        size_t worst = at, left = 2 * at + 1, right = left + 1;
        if (left < count && is_kept_better(&heap[worst], &heap[left]))
            worst = left;
        if (right < count && is_kept_better(&heap[worst], &heap[right]))
            worst = right;
        if (worst == at)
            return;
        struct kept moved = heap[at];
        heap[at] = heap[worst];
        heap[worst] = moved;
        at = worst;
    }
}

void top_skip(struct top *top, const struct record_facts *facts)
{
    top->offered++;
    top->tokens += facts->tokens;
}

bool top_offer(struct top *top, float score, const struct record_facts *facts,
               const float *logits, size_t labels, struct error *error)
{
    struct kept kept;
    size_t place = top->offered;
    top_skip(top, facts); /* it is counted, kept or not */
    bool is_full = top->best > 0 && top->count == top->best;
    if (is_full && !is_better(score, facts->index, &top->list[0]))
        return true;
    if (!is_full && !memory_grow((void **)&top->list, &top->capacity,
                                 top->count + 1, sizeof *top->list, error))
        return false;
    if (!copy_result(&kept, score, facts, logits, labels, error))
        return false;
    kept.place = place;

    top->bytes += kept.memory;
    if (is_full) {
        top->bytes -= top->list[0].memory;
        memory_free(top->list[0].block);
        top->list[0] = kept;
        sift_down(top->list, top->count);
        return true;
    }
    top->list[top->count++] = kept;
    if (top->best > 0)
        sift_up(top->list, top->count - 1);
    return true;
}

static int compare(const void *left, const void *right)
{
    const struct kept *a = left, *b = right;
    return is_kept_better(a, b) ? -1 : is_kept_better(b, a);
}

void top_sort(struct top *top)
{
    if (top->count > 1)
        qsort(top->list, top->count, sizeof *top->list, compare);
}

void top_keep(struct top *top, size_t count)
{
    for (size_t i = count; i < top->count; i++)
        memory_free(top->list[i].block);
    if (count < top->count)
        top->count = count;
}

void top_free(struct top *top)
{
    for (size_t i = 0; i < top->count; i++)
        memory_free(top->list[i].block);
    memory_free(top->list);
    *top = (struct top){.best = top->best};
}
