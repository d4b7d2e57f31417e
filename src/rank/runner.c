#include "rank/runner.h"

#include "base/pool.h"

#include <string.h>

struct worker {
    struct workspace workspace;
    struct error error;
};

struct runner {
    const struct encoder *encoder;
    size_t labels;
    struct pool *pool;
    struct worker *workers;
    int worker_count;
    struct window *window; /* the one that runs */
};

struct runner *runner_open(const struct encoder *encoder, int workers,
                           struct error *error)
{
    struct runner *runner = memory_new(1, sizeof *runner, error);
    if (runner == NULL)
        return NULL;
    runner->encoder = encoder;
    runner->labels = encoder_spec(encoder)->labels;
    runner->worker_count = workers;
    runner->workers =
        memory_new((size_t)workers, sizeof *runner->workers, error);
    runner->pool = pool_open(workers, error);
    if (runner->workers != NULL && runner->pool != NULL)
        return runner;
    runner_close(runner);
    return NULL;
}

void runner_close(struct runner *runner)
{
    if (runner == NULL)
        return;
    pool_close(runner->pool);
    for (int i = 0; runner->workers != NULL && i < runner->worker_count; i++)
        workspace_free(&runner->workers[i].workspace);
    memory_free(runner->workers);
    memory_free(runner);
}

static void run_batch(void *context, size_t job, int worker_number)
{
    struct runner *runner = context;
    struct window *window = runner->window;
    struct worker *worker = &runner->workers[worker_number];
    float *logits = window->logits + window->batch_first[job] * runner->labels;
    encoder_run(runner->encoder, &worker->workspace, &window->batches[job],
                logits, &worker->error);
}

bool runner_start(struct runner *runner, struct window *window,
                  struct error *error)
{
    if (!window_plan(window, runner->labels, RUNNER_BATCH_TOKENS,
                     (size_t)runner->worker_count, error))
        return false;
    runner_repeat(runner, window);
    return true;
}

void runner_repeat(struct runner *runner, struct window *window)
{
    runner->window = window;
    pool_start(runner->pool, window->batch_count, run_batch, runner);
}

bool runner_wait(struct runner *runner, struct error *error)
{
    if (!pool_wait(runner->pool))
        return error_set(error, "interrupted");
    for (int i = 0; i < runner->worker_count; i++)
        if (runner->workers[i].error.set)
            return error_pass(error, &runner->workers[i].error);
    return true;
}

void runner_stage_times(const struct runner *runner,
                        uint64_t nanoseconds[STAGE_COUNT])
{
    memset(nanoseconds, 0, STAGE_COUNT * sizeof *nanoseconds);
    for (int worker = 0; worker < runner->worker_count; worker++)
        for (size_t stage = 0; stage < STAGE_COUNT; stage++)
            nanoseconds[stage] +=
                runner->workers[worker].workspace.stage_nanoseconds[stage];
}
