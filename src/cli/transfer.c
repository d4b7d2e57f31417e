#include "cli/transfer.h"

#include <stdio.h>
#include <string.h>

enum { NAME_WIDTH = 28 };

/* "90.9 MB" */
static const char *bytes_text(double bytes, char out[16])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB"};
    size_t unit = 0;
    while (bytes >= 999.5 && unit < 4) {
        bytes /= 1000;
        unit++;
    }
    snprintf(out, 16, "%.*f %s", unit > 0 && bytes < 100, bytes, units[unit]);
    return out;
}

/* The end of a long path says more than its beginning. */
static const char *short_name(const char *name)
{
    size_t length = strlen(name);
    return length > NAME_WIDTH ? name + length - NAME_WIDTH : name;
}

static void write_rate(const struct transfer *transfer,
                       const struct hub_progress *state)
{
    char total[16], rate_text[16], left[PROGRESS_TIME_BYTES];
    double spent = transfer->line.told - transfer->line.started;
    double rate = (double)(state->done - transfer->first) / spent;
    double share =
        state->total > 0 ? (double)state->done / (double)state->total : 1;
    fprintf(stderr, "%.0f%% of %s", 100 * share,
            bytes_text((double)state->total, total));
    if (rate >= 1)
        fprintf(
            stderr, ", %s/s, %s left", bytes_text(rate, rate_text),
            progress_time((double)(state->total - state->done) / rate, left));
}

void transfer_tell(void *context, const struct hub_progress *state)
{
    struct transfer *transfer = context;
    if (!transfer->is_open) {
        progress_open(&transfer->line, transfer->options, true);
        transfer->is_open = true;
        transfer->first = state->done;
    }
    /* A download may begin anew; then fewer bytes are done than before. */
    if (state->done < transfer->first)
        transfer->first = state->done;
    if (!progress_is_due(&transfer->line))
        return;
    fprintf(stderr, "\r%s: ", short_name(state->name));
    if (state->waiting != NULL)
        fprintf(stderr, "waiting for %s", state->waiting);
    else
        write_rate(transfer, state);
    progress_end_line();
}

void transfer_end(struct transfer *transfer)
{
    if (transfer->is_open)
        progress_clear(&transfer->line);
    transfer->is_open = false;
}
