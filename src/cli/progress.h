/*
 * progress.h - how far a run is, on a terminal.
 *
 * Shown on standard error when that is a terminal, --quiet is absent, a second
 * has passed, and nothing else is being printed on a terminal; never in a pipe
 * or a log.  One line, which is taken away again.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/options/options.h"

struct progress {
    bool is_on, is_shown;
    double started, told; /* clock_seconds */
};

/* `ends_late`: output comes at the end, so that it may go to the terminal. */
void progress_open(struct progress *progress, const struct options *options,
                   bool ends_late);

/* Whether the line should be written now; the caller does so then, from "\r" to
 * progress_end_line. */
bool progress_is_due(struct progress *progress);
void progress_end_line(void);

/* "0:42", "3:07:00" */
enum { PROGRESS_TIME_BYTES = 24 };
const char *progress_time(double seconds, char out[PROGRESS_TIME_BYTES]);

/* `share`: how much of the work is done, from 0 to 1; below 0: not known. */
void progress_tell(struct progress *progress, uint64_t records, double share);

/* Takes the line away, for something else is to be printed. */
void progress_clear(struct progress *progress);

#endif
