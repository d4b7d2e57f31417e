/*
 * pool.h - the workers: one parallel loop at a time.
 *
 * The only one who starts threads.  A pool belongs to one thread, which starts
 * a loop and may do other work before it waits.  With one worker there is no
 * thread: the loop runs inside pool_start.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include "base/error.h"

#include <stddef.h>

struct pool;

/* Does job 0 .. jobs-1; `worker` (0 .. workers-1) names the thread's memory. */
typedef void pool_job(void *context, size_t job, int worker);

struct pool *pool_open(int workers, struct error *error);
void pool_close(struct pool *pool); /* waits; NULL is fine */

/* Jobs are taken in rising order, by whichever worker is free. */
void pool_start(struct pool *pool, size_t jobs, pool_job *run, void *context);
/* False when a signal came first (base/interrupt.h): jobs may still run then,
 * and nothing that they use may be freed. */
bool pool_wait(struct pool *pool);

#endif
