/*
 * resuming.h - --resume: going on where an earlier run of the same command was
 * stopped.
 *
 * What the run's output depends on (identity.h) must be what it was, and so
 * must the records of the input that are done: they are read once more and
 * their digest is compared.  All functions do nothing without --resume.
 */
#ifndef CLI_SCORING_RESUMING_H
#define CLI_SCORING_RESUMING_H

#include "io/partial.h"
#include "io/reader.h"
#include "rank/window.h"

struct scoring;

struct resuming {
    struct partial_mark begun; /* where this run goes on; zeros: at the start */
    struct partial_mark done;  /* records whose results the writer has */
    uint64_t digest;           /* of all records that were read */
};

/* Once everything is open. */
bool resuming_begin(struct scoring *scoring, struct error *error);
/* Steps over the records that are done. */
bool resuming_skip(struct scoring *scoring, struct error *error);

/* The digest of all records up to this one. */
uint64_t resuming_read(struct scoring *scoring, const struct record *record);
/* The writer has what there is of this record; logits NULL: it was bad. */
bool resuming_pass(struct scoring *scoring, const struct record_facts *facts,
                   const float *logits, struct error *error);
/* The run ends early: what the writer has is kept. */
void resuming_keep(struct scoring *scoring);

#endif
