#include "cli/progress.h"

#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static const double first_after = 1, again_after = 0.2; /* seconds */

void progress_open(struct progress *progress, const struct options *options,
                   bool ends_late)
{
    bool is_free =
        ends_late || options->output != NULL || !isatty(STDOUT_FILENO);
    double now = clock_seconds();
    *progress = (struct progress){.is_on = !options->quiet &&
                                           isatty(STDERR_FILENO) && is_free,
                                  .started = now,
                                  .told = now + first_after - again_after};
}

const char *progress_time(double seconds, char out[PROGRESS_TIME_BYTES])
{
    unsigned long long all =
        seconds < 1e9 ? (unsigned long long)seconds : 999999999;
    if (all < 3600)
        snprintf(out, PROGRESS_TIME_BYTES, "%llu:%02llu", all / 60, all % 60);
    else
        snprintf(out, PROGRESS_TIME_BYTES, "%llu:%02llu:%02llu", all / 3600,
                 all / 60 % 60, all % 60);
    return out;
}

bool progress_is_due(struct progress *progress)
{
    double now = clock_seconds();
    if (!progress->is_on || now < progress->told + again_after)
        return false;
    progress->told = now;
    progress->is_shown = true;
    return true;
}

void progress_end_line(void)
{
    fputs("\x1B[K", stderr);
}

void progress_tell(struct progress *progress, uint64_t records, double share)
{
    if (!progress_is_due(progress))
        return;
    double spent = progress->told - progress->started;
    char left[PROGRESS_TIME_BYTES];
    fprintf(stderr, "\r%" PRIu64 " records, %.0f/s", records,
            (double)records / spent);
    if (share > 0.005 && share <= 1)
        fprintf(stderr, ", %.0f%%, %s left", share * 100,
                progress_time(spent / share - spent, left));
    progress_end_line();
}

void progress_clear(struct progress *progress)
{
    if (progress->is_shown)
        fputs("\r\x1B[K", stderr);
    progress->is_shown = false;
}
