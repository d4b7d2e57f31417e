#include "base/checksum.h"

#include <string.h>

/* Four lanes of eight bytes each; what is left goes in by eight, by four and
 * by one.  Words are read as little-endian, whatever the machine. */

enum { LANES = 4, STRIPE = 8 * LANES };

#define PRIME_1 0x9E3779B185EBCA87u
#define PRIME_2 0xC2B2AE3D27D4EB4Fu
#define PRIME_3 0x165667B19E3779F9u
#define PRIME_4 0x85EBCA77C2B2AE63u
#define PRIME_5 0x27D4EB2F165667C5u

static uint64_t load8(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word
                                                     : __builtin_bswap64(word);
}

static uint32_t load4(const unsigned char *at)
{
    uint32_t word;
    memcpy(&word, at, sizeof word);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word
                                                     : __builtin_bswap32(word);
}

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static uint64_t mix(uint64_t lane, uint64_t word)
{
    return rotate(lane + word * PRIME_2, 31) * PRIME_1;
}

/* Takes whole stripes and moves *at behind them. */
static uint64_t add_stripes(const unsigned char **at, size_t stripes)
{
    uint64_t lanes[LANES] = {PRIME_1 + PRIME_2, PRIME_2, 0, 0 - PRIME_1};
    for (; stripes > 0; stripes--, *at += STRIPE)
        for (size_t i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], load8(*at + 8 * i));

    uint64_t sum = rotate(lanes[0], 1) + rotate(lanes[1], 7) +
                   rotate(lanes[2], 12) + rotate(lanes[3], 18);
    for (size_t i = 0; i < LANES; i++)
        sum = (sum ^ mix(0, lanes[i])) * PRIME_1 + PRIME_4;
    return sum;
}

static uint64_t add_rest(uint64_t sum, const unsigned char *at, size_t length)
{
    for (; length >= 8; length -= 8, at += 8)
        sum = rotate(sum ^ mix(0, load8(at)), 27) * PRIME_1 + PRIME_4;
    for (; length >= 4; length -= 4, at += 4)
        sum = rotate(sum ^ load4(at) * PRIME_1, 23) * PRIME_2 + PRIME_3;
    for (; length > 0; length--, at++)
        sum = rotate(sum ^ *at * PRIME_5, 11) * PRIME_1;
    return sum;
}

uint64_t checksum_xxh64(const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    uint64_t sum =
        length >= STRIPE ? add_stripes(&at, length / STRIPE) : PRIME_5;
    sum = add_rest(sum + length, at, length % STRIPE);
    sum = (sum ^ sum >> 33) * PRIME_2;
    sum = (sum ^ sum >> 29) * PRIME_3;
    return sum ^ sum >> 32;
}
