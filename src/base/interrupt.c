#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP};

static volatile sig_atomic_t seen; /* the signal, or 0 */
static volatile sig_atomic_t is_held;
static const char *volatile unfinished;
static int wake[2] = {-1, -1}; /* a pipe: the handler writes to [1] */

static void die(int number)
{
    if (unfinished != NULL)
        unlink(unfinished);
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

void interrupt_open(void)
{
    struct sigaction action = {.sa_handler = handle}, old;
    sigemptyset(&action.sa_mask);
    if (wake[0] < 0 && !open_pipe())
        return; /* no descriptors left: signals kill as they always do */
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        if (sigaction(caught[i], NULL, &old) == 0 && old.sa_handler == SIG_DFL)
            sigaction(caught[i], &action, NULL);
}

void interrupt_hold(void)
{
    is_held = 1;
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
    die((int)seen);
}
