/*
 * clock.h - the time that passes.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Seconds since some moment, the same for the whole run: never set back. */
double clock_seconds(void);
/* The same in whole nanoseconds. */
uint64_t clock_nanoseconds(void);

#endif
