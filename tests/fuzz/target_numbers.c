/*
 * target_numbers.c - numbers as text: what is written is read as the same, and
 * what is read is what strtod reads.
 */
#include "targets.h"

#include "io/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Only digits, a point and a sign. */
static bool is_plain(const char *text)
{
    return text[strspn(text, "-0123456789.")] == '\0' ||
           strcmp(text, "nan") == 0 ||
           strcmp(text + (*text == '-'), "inf") == 0;
}

static void check_written(float value)
{
    char text[NUMBER_BYTES];
    size_t length = number_format(value, -1, text);
    fuzz_require(length == strlen(text) && is_plain(text));
    float again = strtof(text, NULL);
    fuzz_require(isnan(value) ? isnan(again) : again == value);
    for (int decimals = 0; decimals <= NUMBER_DECIMALS; decimals += 5) {
        length = number_format(value, decimals, text);
        fuzz_require(length == strlen(text) && length < NUMBER_BYTES &&
                     is_plain(text));
    }
}

static void check_read(struct slice input)
{
    double value = 0;
    char text[NUMBER_BYTES + 1], *end;
    if (!number_read(input, &value))
        return;
    fuzz_require(input.length < sizeof text);
    memcpy(text, input.bytes, input.length);
    text[input.length] = '\0';
    double wanted = strtod(text, &end);
    fuzz_require(end == text + input.length && wanted == value);
}

void target_numbers(const struct fuzz_target *target, struct slice input)
{
    float value;
    (void)target;
    check_read(input);
    for (size_t at = 0; at + sizeof value <= input.length; at++) {
        memcpy(&value, input.bytes + at, sizeof value);
        check_written(value);
    }
}
