/*
 * test_pool.c - the workers: every job once, on memory of its worker's own.
 */
#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdatomic.h>
#include <string.h>

enum { JOBS = 3000, WORKERS = 8 };

/* `own` is written without a lock: each worker has its row. */
struct tally {
    int workers;
    atomic_int done[JOBS];
    atomic_int strangers;
    size_t own[WORKERS];
};

static void count_job(void *context, size_t job, int worker)
{
    struct tally *tally = context;
    if (worker < 0 || worker >= tally->workers) {
        atomic_fetch_add(&tally->strangers, 1);
        return;
    }
    atomic_fetch_add(&tally->done[job], 1);
    tally->own[worker]++;
}

static void assert_all_done(const struct tally *tally, size_t jobs, int times)
{
    size_t total = 0;
    assert_int_equal(tally->strangers, 0);
    for (size_t i = 0; i < JOBS; i++)
        assert_int_equal(tally->done[i], i < jobs ? times : 0);
    for (size_t i = 0; i < WORKERS; i++)
        total += tally->own[i];
    assert_int_equal(total, jobs * (size_t)times);
}

static void every_job_is_done_once(void **state)
{
    (void)state;
    static const size_t jobs[] = {0, 1, 2, 7, 8, 9, JOBS};
    for (int workers = 1; workers <= WORKERS; workers++) {
        struct error error = {0};
        struct pool *pool = pool_open(workers, &error);
        assert_non_null(pool);
        for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
            static struct tally tally;
            memset(&tally, 0, sizeof tally);
            tally.workers = workers;
            pool_start(pool, jobs[i], count_job, &tally);
            pool_wait(pool);
            assert_all_done(&tally, jobs[i], 1);
        }
        pool_close(pool);
    }
}

/* Loops of very short jobs: a thread that is late for one must not take the
 * jobs of the next with the old function. */
static void loops_follow_each_other(void **state)
{
    (void)state;
    static struct tally tally;
    struct error error = {0};
    struct pool *pool = pool_open(4, &error);
    tally.workers = 4;
    for (int i = 0; i < 2000; i++) {
        pool_start(pool, 3, count_job, &tally);
        pool_wait(pool);
    }
    assert_all_done(&tally, 3, 2000);
    pool_wait(pool); /* nothing runs */
    pool_close(pool);
}

static void closing_waits_for_the_loop(void **state)
{
    (void)state;
    static struct tally tally;
    struct error error = {0};
    struct pool *pool = pool_open(3, &error);
    tally.workers = 3;
    pool_start(pool, JOBS, count_job, &tally);
    pool_close(pool);
    assert_all_done(&tally, JOBS, 1);
    pool_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_job_is_done_once),
        cmocka_unit_test(loops_follow_each_other),
        cmocka_unit_test(closing_waits_for_the_loop),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
