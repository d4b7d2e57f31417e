/*
 * runner.h - an encoder, its workers and their memory: planned windows in,
 * logits out.
 *
 * Belongs to one thread, which may fill another window while one runs.
 */
#ifndef RANK_RUNNER_H
#define RANK_RUNNER_H

#include "rank/window.h"

/*
 * Tokens of a batch: a layer's activations of 512 x 384 floats stay in L2, and
 * more rows would not make the products faster (bench/README).
 */
enum { RUNNER_BATCH_TOKENS = 512 };

struct runner;

struct runner *runner_open(const struct encoder *encoder, int workers,
                           struct error *error);
void runner_close(struct runner *runner); /* waits; NULL is fine */

/* Plans the window and hands its batches to the workers. */
bool runner_start(struct runner *runner, struct window *window,
                  struct error *error);
/* Hands a planned window to them once more. */
void runner_repeat(struct runner *runner, struct window *window);
/* Until all logits are there; fine when nothing runs. */
bool runner_wait(struct runner *runner, struct error *error);

/* Nanoseconds of all workers in each stage so far. */
void runner_stage_times(const struct runner *runner,
                        uint64_t nanoseconds[STAGE_COUNT]);

#endif
