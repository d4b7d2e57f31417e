/*
 * numbers.h - float32 as plain decimals: never an exponent, '.' in every
 * locale, "nan", "inf", "-inf"; and numbers out of others' files.
 *
 * Zero has no sign: -0 and all that rounds to it print as 0 ("0.00"), which
 * compares equal to what it stands for and reads as what it means.
 */
#ifndef IO_NUMBERS_H
#define IO_NUMBERS_H

#include "base/text.h"

enum {
    NUMBER_BYTES = 128,   /* room for any number and its final zero byte */
    NUMBER_DECIMALS = 30, /* the most decimals; more are cut to this */
};

/*
 * decimals < 0: the fewest digits that give the same float32 back, and of
 * those the nearest; else that many decimals, rounded from the exact value,
 * halves to even.  Returns the length; out is zero-ended.
 */
size_t number_format(float value, int decimals, char out[NUMBER_BYTES]);

/*
 * The whole text as strtod reads it: decimals, exponents, hexadecimal, inf.
 * False for nan, for blanks and whatever else is no number; a number of more
 * than NUMBER_BYTES characters is none.
 */
bool number_read(struct slice text, double *value);

#endif
