/*
 * numbers.h - float32 as plain decimals: never an exponent, '.' in every
 * locale, "nan", "inf", "-inf".
 */
#ifndef IO_NUMBERS_H
#define IO_NUMBERS_H

#include <stddef.h>

enum { NUMBER_BYTES = 128 };

/*
 * decimals < 0: the fewest digits that give the same float32 back.  Returns
 * the length; out is zero-ended.
 */
size_t number_format(float value, int decimals, char out[NUMBER_BYTES]);

#endif
