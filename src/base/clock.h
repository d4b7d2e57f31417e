/*
 * clock.h - the time that passes.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* Seconds since some moment, the same for the whole run: never set back. */
double clock_seconds(void);

#endif
