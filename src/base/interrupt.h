/*
 * interrupt.h - SIGINT, SIGTERM, SIGHUP and SIGXCPU: leaving in order.
 *
 * Held (interrupt_hold), a signal only sets a flag: what is finished can be
 * written before interrupt_die.  Not held, it removes the unfinished file that
 * interrupt_unlink named and kills at once; so does a second signal, and so do
 * SIGPIPE and SIGQUIT.  A signal that the parent ignores (nohup) stays ignored.
 * The handlers run in the thread that reads and writes; the flag may be read by
 * any.  SIGXFSZ is ignored: a write beyond the limit of ulimit -f fails.
 */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

#include <stdbool.h>

/* From now on the handlers are there; signals are not held yet. */
void interrupt_open(void);
void interrupt_hold(void);

bool interrupt_seen(void);

/* Readable from the moment a held signal came, or -1: to be polled beside the
 * input, for a signal may come between the question and the read. */
int interrupt_descriptor(void);

/* The file to remove, or NULL; the path must live until the next call. */
void interrupt_unlink(const char *path);

/* Removes that file; safe in a handler. */
void interrupt_clean(void);

/* Dies by the signal that was seen, so that the parent sees it. */
void interrupt_die(void);

#endif
