/*
 * alignment.h - from the bytes of a rewritten text back to those they stand
 * for.
 *
 * A stage that rewrites a text adds, in rising order, which bytes of its output
 * stand for which of its input; a trace joins the alignments of stages that
 * follow each other.  All functions that add take NULL for "nobody
 * asks", which costs a test.  Start as {0}; one thread.  They fail for want of
 * memory only.
 */
#ifndef TEXT_ALIGNMENT_H
#define TEXT_ALIGNMENT_H

#include "base/error.h"

#include <stddef.h>

/* Normalisers, or pre-tokenizers, of a model at most: each reads every text. */
enum { STAGES_LIMIT = 256 };

/* Bytes begin .. end-1 of a text. */
struct span {
    size_t begin, end;
};

struct span_list {
    struct span *spans;
    size_t count, capacity;
};
bool span_list_add(struct span_list *list, struct span span,
                   struct error *error);
void span_list_free(struct span_list *list);

/* A run goes on to where the next one begins, the last one to the end. */
struct alignment_run {
    size_t out;  /* where it begins in the rewritten text */
    size_t in;   /* where what it stands for begins */
    size_t each; /* bytes that each of its bytes stands for, the same for all;
                    0: one byte stands for one, side by side */
};

struct alignment {
    struct alignment_run *runs;
    size_t count, capacity;
};
void alignment_free(struct alignment *alignment);

/* `out` stands for `in`: byte for byte when they are equally long. */
bool alignment_append(struct alignment *alignment, struct span out,
                      struct span in, struct error *error);
static inline bool alignment_add(struct alignment *alignment, struct span out,
                                 struct span in, struct error *error)
{
    return alignment == NULL || alignment_append(alignment, out, in, error);
}

/* What `out` stands for: from the first byte's to the last byte's. */
struct span alignment_origin(const struct alignment *alignment,
                             struct span out);

/* The stages of a pipeline, as they run. */
struct trace {
    bool is_on;
    struct alignment whole, stage, spare;
};
void trace_free(struct trace *trace);

/* Where the stage that runs now adds; NULL when nobody asks. */
static inline struct alignment *trace_stage(struct trace *trace)
{
    return trace->is_on ? &trace->stage : NULL;
}
bool trace_start(struct trace *trace, struct error *error);
/* A stage is over; one that added nothing left the text as it was. */
bool trace_end_stage(struct trace *trace, size_t out_length,
                     struct error *error);

#endif
