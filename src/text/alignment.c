#include "text/alignment.h"

#include "base/memory.h"

bool span_list_add(struct span_list *list, struct span span,
                   struct error *error)
{
    if (list->count == list->capacity &&
        !memory_grow((void **)&list->spans, &list->capacity, list->count + 64,
                     sizeof *list->spans, error))
        return false;
    list->spans[list->count++] = span;
    return true;
}

void span_list_free(struct span_list *list)
{
    memory_free(list->spans);
    *list = (struct span_list){0};
}

void alignment_free(struct alignment *alignment)
{
    memory_free(alignment->runs);
    *alignment = (struct alignment){0};
}

/* Whether the run only goes on with what the last one says. */
static bool goes_on(const struct alignment *alignment, struct alignment_run run)
{
    if (alignment->count == 0)
        return false;
    const struct alignment_run *last = &alignment->runs[alignment->count - 1];
    if (last->each != run.each)
        return false;
    return run.each > 0 ? last->in == run.in
                        : run.in - last->in == run.out - last->out;
}

static bool add_run(struct alignment *alignment, struct alignment_run run,
                    struct error *error)
{
    /* A run of no bytes says nothing. */
    if (alignment->count > 0 &&
        alignment->runs[alignment->count - 1].out == run.out)
        alignment->count--;
    if (goes_on(alignment, run))
        return true;
    if (alignment->count == alignment->capacity &&
        !memory_grow((void **)&alignment->runs, &alignment->capacity,
                     alignment->count + 16, sizeof *alignment->runs, error))
        return false;
    alignment->runs[alignment->count++] = run;
    return true;
}

/* Forgets all and says that every byte stands for itself. */
static bool start(struct alignment *alignment, struct error *error)
{
    alignment->count = 0;
    return add_run(alignment, (struct alignment_run){0, 0, 0}, error);
}

bool alignment_append(struct alignment *alignment, struct span out,
                      struct span in, struct error *error)
{
    size_t length = in.end - in.begin;
    if (out.begin == out.end)
        return true;
    size_t each = out.end - out.begin == length ? 0 : length;
    return add_run(alignment, (struct alignment_run){out.begin, in.begin, each},
                   error);
}

/* The last run that begins at or before a byte; there is a first one. */
static size_t find_run(const struct alignment *alignment, size_t out)
{
    size_t low = 0, high = alignment->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (alignment->runs[middle].out <= out)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* What one byte stands for. */
static struct span byte_origin(const struct alignment *alignment, size_t out)
{
    struct alignment_run run = alignment->runs[find_run(alignment, out)];
    size_t begin = run.each > 0 ? run.in : run.in + (out - run.out);
    return (struct span){begin, begin + (run.each > 0 ? run.each : 1)};
}

struct span alignment_origin(const struct alignment *alignment, struct span out)
{
    struct span first = byte_origin(alignment, out.begin);
    if (out.begin == out.end)
        return (struct span){first.begin, first.begin};
    return (struct span){first.begin, byte_origin(alignment, out.end - 1).end};
}

/* Bytes that the stage copied have the runs of those they were copied from. */
static bool add_copied(struct alignment *to, const struct alignment *whole,
                       struct span out, size_t in, struct error *error)
{
    size_t end = in + (out.end - out.begin);
    for (size_t i = find_run(whole, in); i < whole->count; i++) {
        struct alignment_run run = whole->runs[i];
        if (run.out >= end)
            break;
        size_t skipped = run.out < in ? in - run.out : 0;
        run.in += run.each > 0 ? 0 : skipped;
        run.out = out.begin + (run.out + skipped - in);
        if (!add_run(to, run, error))
            return false;
    }
    return true;
}

/* `whole` gets another stage behind its own, whose output has out_length
 * bytes; spare is any alignment, whose contents are lost. */
static bool compose(struct alignment *whole, const struct alignment *stage,
                    size_t out_length, struct alignment *spare,
                    struct error *error)
{
    spare->count = 0;
    for (size_t i = 0; i < stage->count; i++) {
        struct alignment_run run = stage->runs[i];
        size_t end = i + 1 < stage->count ? stage->runs[i + 1].out : out_length;
        if (run.each == 0) {
            if (!add_copied(spare, whole, (struct span){run.out, end}, run.in,
                            error))
                return false;
            continue;
        }
        struct span from =
            alignment_origin(whole, (struct span){run.in, run.in + run.each});
        run.in = from.begin;
        run.each = from.end - from.begin;
        if (!add_run(spare, run, error))
            return false;
    }
    struct alignment done = *spare;
    *spare = *whole;
    *whole = done;
    return true;
}

void trace_free(struct trace *trace)
{
    alignment_free(&trace->whole);
    alignment_free(&trace->stage);
    alignment_free(&trace->spare);
}

bool trace_start(struct trace *trace, struct error *error)
{
    trace->stage.count = 0;
    return !trace->is_on || start(&trace->whole, error);
}

bool trace_end_stage(struct trace *trace, size_t out_length,
                     struct error *error)
{
    if (!trace->is_on || trace->stage.count == 0)
        return true;
    bool fine =
        compose(&trace->whole, &trace->stage, out_length, &trace->spare, error);
    trace->stage.count = 0;
    return fine;
}
