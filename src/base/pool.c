#include "base/pool.h"

#include "base/interrupt.h"
#include "base/memory.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t started, finished;
    pthread_t *threads;
    int thread_count;
    int busy;            /* threads inside the present loop */
    unsigned generation; /* of loops: a thread waits for the next one */
    bool closing;

    size_t jobs;
    atomic_size_t next_job;
    pool_job *run;
    void *context;
};

struct thread_start {
    struct pool *pool;
    int worker;
};

static void run_jobs(struct pool *pool, int worker)
{
    for (;;) {
        size_t job = atomic_fetch_add(&pool->next_job, 1);
        if (job >= pool->jobs || interrupt_seen())
            return;
        pool->run(pool->context, job, worker);
    }
}

static void *thread_main(void *argument)
{
    struct thread_start start = *(struct thread_start *)argument;
    struct pool *pool = start.pool;
    unsigned seen = 0;
    memory_free(argument);

    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (pool->generation == seen && !pool->closing)
            pthread_cond_wait(&pool->started, &pool->lock);
        if (pool->generation == seen)
            break;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->lock);
        run_jobs(pool, start.worker);
        pthread_mutex_lock(&pool->lock);
        if (--pool->busy == 0)
            pthread_cond_signal(&pool->finished);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static bool start_thread(struct pool *pool, int worker, struct error *error)
{
    struct thread_start *start = memory_new(1, sizeof *start, error);
    if (start == NULL)
        return false;
    *start = (struct thread_start){pool, worker};
    int reason =
        pthread_create(&pool->threads[worker], NULL, thread_main, start);
    if (reason != 0) {
        memory_free(start);
        /* EAGAIN stands for memory, too. */
        return error_set(error,
                         "worker thread %d could not start, for want of memory "
                         "or by a limit: %s: -j N asks for fewer",
                         worker + 1, strerror(reason));
    }
    pool->thread_count++;
    return true;
}

/* Signals are for the thread that reads and writes, but for SIGBUS, which is
 * for the thread that touched a broken page: blocked, it kills without a word
 * (base/mapping.h). */
static bool start_threads(struct pool *pool, int workers, struct error *error)
{
    sigset_t all, old;
    bool fine = true;
    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    for (int worker = 0; fine && worker < workers; worker++)
        fine = start_thread(pool, worker, error);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return fine;
}

struct pool *pool_open(int workers, struct error *error)
{
    struct pool *pool = memory_new(1, sizeof *pool, error);
    if (pool == NULL)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->started, NULL);
    pthread_cond_init(&pool->finished, NULL);
    if (workers <= 1)
        return pool;

    pool->threads = memory_new((size_t)workers, sizeof *pool->threads, error);
    if (pool->threads != NULL && start_threads(pool, workers, error))
        return pool;
    pool_close(pool);
    return NULL;
}

void pool_close(struct pool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->closing = true;
    pthread_cond_broadcast(&pool->started);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->finished);
    pthread_cond_destroy(&pool->started);
    pthread_mutex_destroy(&pool->lock);
    memory_free(pool->threads);
    memory_free(pool);
}

void pool_start(struct pool *pool, size_t jobs, pool_job *run, void *context)
{
    pthread_mutex_lock(&pool->lock);
    pool->jobs = jobs;
    pool->run = run;
    pool->context = context;
    atomic_store(&pool->next_job, 0);
    pool->busy = pool->thread_count;
    pool->generation++;
    pthread_cond_broadcast(&pool->started);
    pthread_mutex_unlock(&pool->lock);
    if (pool->thread_count == 0)
        run_jobs(pool, 0);
}

/* No signal wakes a condition: it is looked for now and then. */
static void wait_a_while(struct pool *pool)
{
    enum { WHILE_NS = 50 * 1000 * 1000, SECOND_NS = 1000 * 1000 * 1000 };
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += WHILE_NS;
    if (until.tv_nsec >= SECOND_NS) {
        until.tv_nsec -= SECOND_NS;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&pool->finished, &pool->lock, &until);
}

bool pool_wait(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->busy > 0 && !interrupt_seen())
        wait_a_while(pool);
    pthread_mutex_unlock(&pool->lock);
    return !interrupt_seen();
}
