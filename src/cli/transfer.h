/*
 * transfer.h - how far a download is, or the reading of a large file, on a
 * terminal: one of progress.h's lines, with bytes, their rate, the time left.
 */
#ifndef CLI_TRANSFER_H
#define CLI_TRANSFER_H

#include "cli/progress.h"
#include "hub/client.h"

struct transfer {
    const struct options *options;
    struct progress line;
    bool is_open;   /* a line may be on the terminal */
    uint64_t first; /* bytes that were there at its start */
};

/* A hub_watcher's function; the context is a struct transfer. */
void transfer_tell(void *context, const struct hub_progress *state);
/* Takes the line away; the next telling starts anew. */
void transfer_end(struct transfer *transfer);

#endif
