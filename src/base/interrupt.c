#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

/* The first ones ask xenc to end, the others leave no time for it. */
static const int held[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
static const int deadly[] = {SIGPIPE, SIGQUIT};

/* Atomic, for workers read the first one; lock-free, for the handler. */
static atomic_int seen; /* the signal, or 0 */
static atomic_bool is_held;
static _Atomic(const char *) unfinished;
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_BOOL_LOCK_FREE == 2 &&
                   ATOMIC_POINTER_LOCK_FREE == 2,
               "a handler may not wait for a lock");
static int wake[2] = {-1, -1}; /* a pipe: the handler writes to [1] */

void interrupt_clean(void)
{
    const char *path = unfinished;
    if (path != NULL)
        unlink(path);
}

static void die(int number)
{
    interrupt_clean();
    signal(number, SIG_DFL);
    raise(number);
}

/* Only calls that are safe in a handler. */
static void handle(int number)
{
    int kept = errno;
    if (!is_held || seen != 0) {
        /* The signal is blocked in here: it comes when we return. */
        die(number);
    } else {
        seen = number;
        ssize_t ignored = write(wake[1], "", 1);
        (void)ignored;
    }
    errno = kept;
}

static bool open_pipe(void)
{
    return pipe2(wake, O_CLOEXEC | O_NONBLOCK) == 0;
}

/* What the parent ignores stays ignored. */
static void catch_all(const int *numbers, size_t count, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler}, old;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(numbers[i], &action, NULL);
}

void interrupt_open(void)
{
    /* Without descriptors for it, signals end the program at once. */
    bool can_hold = wake[0] >= 0 || open_pipe();
    catch_all(held, sizeof held / sizeof *held, can_hold ? handle : die);
    catch_all(deadly, sizeof deadly / sizeof *deadly, die);
    signal(SIGXFSZ, SIG_IGN); /* a file too large is an error of write */
}

void interrupt_hold(void)
{
    is_held = true;
}

bool interrupt_seen(void)
{
    return seen != 0;
}

int interrupt_descriptor(void)
{
    return wake[0];
}

void interrupt_unlink(const char *path)
{
    unfinished = path;
}

void interrupt_die(void)
{
    die(seen);
}
