/*
 * numbers.c - float32 to decimal, exact in integers.
 *
 * The shortest digits come from Schubfach (R. Giulietti, "The Schubfach way to
 * render doubles", 2020) cut down to float32: one 64-bit power of ten and
 * three multiplications a number, no loop over candidate lengths.
 */
#include "io/numbers.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRACTION_BITS = 23,
    EXPONENT_BIAS = 127 + FRACTION_BITS,
    LOWEST_POWER = -31 /* of ten in powers_of_ten */
};

__extension__ typedef unsigned __int128 wide;

/* The 64 leading bits of 10^-31 ... 10^45, rounded up. */
static const uint64_t powers_of_ten[] = {
    0x81CEB32C4B43FCF5, 0xA2425FF75E14FC32, 0xCAD2F7F5359A3B3F,
    0xFD87B5F28300CA0E, 0x9E74D1B791E07E49, 0xC612062576589DDB,
    0xF79687AED3EEC552, 0x9ABE14CD44753B53, 0xC16D9A0095928A28,
    0xF1C90080BAF72CB2, 0x971DA05074DA7BEF, 0xBCE5086492111AEB,
    0xEC1E4A7DB69561A6, 0x9392EE8E921D5D08, 0xB877AA3236A4B44A,
    0xE69594BEC44DE15C, 0x901D7CF73AB0ACDA, 0xB424DC35095CD810,
    0xE12E13424BB40E14, 0x8CBCCC096F5088CC, 0xAFEBFF0BCB24AAFF,
    0xDBE6FECEBDEDD5BF, 0x89705F4136B4A598, 0xABCC77118461CEFD,
    0xD6BF94D5E57A42BD, 0x8637BD05AF6C69B6, 0xA7C5AC471B478424,
    0xD1B71758E219652C, 0x83126E978D4FDF3C, 0xA3D70A3D70A3D70B,
    0xCCCCCCCCCCCCCCCD, 0x8000000000000000, 0xA000000000000000,
    0xC800000000000000, 0xFA00000000000000, 0x9C40000000000000,
    0xC350000000000000, 0xF424000000000000, 0x9896800000000000,
    0xBEBC200000000000, 0xEE6B280000000000, 0x9502F90000000000,
    0xBA43B74000000000, 0xE8D4A51000000000, 0x9184E72A00000000,
    0xB5E620F480000000, 0xE35FA931A0000000, 0x8E1BC9BF04000000,
    0xB1A2BC2EC5000000, 0xDE0B6B3A76400000, 0x8AC7230489E80000,
    0xAD78EBC5AC620000, 0xD8D726B7177A8000, 0x878678326EAC9000,
    0xA968163F0A57B400, 0xD3C21BCECCEDA100, 0x84595161401484A0,
    0xA56FA5B99019A5C8, 0xCECB8F27F4200F3A, 0x813F3978F8940985,
    0xA18F07D736B90BE6, 0xC9F2C9CD04674EDF, 0xFC6F7C4045812297,
    0x9DC5ADA82B70B59E, 0xC5371912364CE306, 0xF684DF56C3E01BC7,
    0x9A130B963A6C115D, 0xC097CE7BC90715B4, 0xF0BDC21ABB48DB21,
    0x96769950B50D88F5, 0xBC143FA4E250EB32, 0xEB194F8E1AE525FE,
    0x92EFD1B8D0CF37BF, 0xB7ABC627050305AE, 0xE596B7B0C643C71A,
    0x8F7E32CE7BEA5C70, 0xB35DBF821AE4F38C};

/* A finite float32 above zero: significand * 2^exponent. */
struct binary {
    uint32_t significand;
    int exponent;
    bool power_of_two; /* its lower neighbour is only half as far away */
};

/* digits * 10^exponent */
struct decimal {
    uint32_t digits;
    int exponent;
};

/* floor(log2(10^power)), for |power| <= 1233. */
static int log2_of_power(int power)
{
    return power * 1741647 >> 19;
}

/* floor(log10(2^exponent)): the largest power of ten no wider than the interval
 * of numbers that round to a value.  Around a power of two that interval is
 * only three quarters as wide. */
static int log10_of_width(int exponent, bool three_quarters)
{
    return (exponent * 1262611 - (three_quarters ? 524031 : 0)) >> 22;
}

/* The upper 32 bits of the 96-bit product; its lowest bit is set when bits
 * were lost (rounding to odd keeps all later comparisons right). */
static uint32_t multiply_to_odd(uint64_t power, uint32_t factor)
{
    wide product = (wide)power * factor;
    uint32_t lost = (uint32_t)(product >> 32);
    return (uint32_t)(product >> 64) | (lost > 1);
}

/* Schubfach: of the decimals inside the rounding interval, those with one
 * digit less first, the nearest where there are two. */
static struct decimal shortest(struct binary value)
{
    bool odd = value.significand & 1; /* an odd one does not own its borders */
    uint32_t middle = 4 * value.significand;
    int power = log10_of_width(value.exponent, value.power_of_two);
    int shift = value.exponent + log2_of_power(-power) + 1;
    uint64_t scale = powers_of_ten[-power - LOWEST_POWER];

    uint32_t below = middle - 2 + value.power_of_two, above = middle + 2;
    uint32_t lower = multiply_to_odd(scale, below << shift) + odd;
    uint32_t exact = multiply_to_odd(scale, middle << shift);
    uint32_t upper = multiply_to_odd(scale, above << shift) - odd;

    uint32_t digits = exact / 4;
    if (digits >= 10) {
        uint32_t tens = digits / 10;
        bool down_fits = lower <= 40 * tens;
        bool up_fits = 40 * tens + 40 <= upper;
        if (down_fits != up_fits)
            return (struct decimal){tens + up_fits, power + 1};
    }

    bool down_fits = lower <= 4 * digits;
    bool up_fits = 4 * digits + 4 <= upper;
    if (down_fits != up_fits)
        return (struct decimal){digits + up_fits, power};
    uint32_t half = 4 * digits + 2;
    bool round_up = exact > half || (exact == half && (digits & 1));
    return (struct decimal){digits + round_up, power};
}

static struct binary split(uint32_t bits)
{
    uint32_t fraction = bits & ((1u << FRACTION_BITS) - 1);
    int biased = (int)(bits >> FRACTION_BITS & 0xFF);
    if (biased == 0)
        return (struct binary){fraction, 1 - EXPONENT_BIAS, false};
    return (struct binary){fraction | 1u << FRACTION_BITS,
                           biased - EXPONENT_BIAS, fraction == 0 && biased > 1};
}

static char *put_zeros(char *out, int count)
{
    if (count <= 0)
        return out;
    memset(out, '0', (size_t)count);
    return out + count;
}

/* Digits without leading zeros; none for 0. */
static char *put_digits(char *out, wide number)
{
    char reversed[40];
    size_t length = 0;
    for (; number > UINT32_MAX; number /= 10)
        reversed[length++] = (char)('0' + (int)(number % 10));
    for (uint32_t rest = (uint32_t)number; rest > 0; rest /= 10)
        reversed[length++] = (char)('0' + rest % 10);
    while (length > 0)
        *out++ = reversed[--length];
    return out;
}

static char *put_shortest(char *out, struct decimal number)
{
    while (number.digits % 10 == 0) {
        number.digits /= 10;
        number.exponent++;
    }
    char digits[16];
    int count = (int)(put_digits(digits, number.digits) - digits);
    int point = count + number.exponent; /* digits before the point */
    int whole = point < 0 ? 0 : point < count ? point : count;

    if (whole == 0)
        *out++ = '0';
    memcpy(out, digits, (size_t)whole);
    out = put_zeros(out + whole, number.exponent);
    if (whole == count)
        return out;
    *out++ = '.';
    out = put_zeros(out, -point);
    memcpy(out, digits + whole, (size_t)(count - whole));
    return out + (count - whole);
}

/*
 * The value in two exact parts: a whole number below 2^128 and a fraction in
 * units of 2^-124, which leaves four bits for the digit that each
 * multiplication by ten brings up.  What lies below 2^-124 is far under half
 * of the last of NUMBER_DECIMALS decimals and counts as nothing.
 */
static char *put_fixed(char *out, struct binary value, int decimals)
{
    enum { UNIT_BITS = 124 };
    const wide one = (wide)1 << UNIT_BITS;
    wide whole = 0, fraction = 0;
    if (value.exponent >= 0) {
        whole = (wide)value.significand << value.exponent;
    } else if (value.exponent >= -UNIT_BITS) {
        wide scaled = (wide)value.significand;
        whole = -value.exponent > FRACTION_BITS ? 0 : scaled >> -value.exponent;
        fraction = (scaled << (UNIT_BITS + value.exponent)) & (one - 1);
    }

    char digits[NUMBER_DECIMALS];
    for (int i = 0; i < decimals; i++) {
        fraction *= 10;
        digits[i] = (char)('0' + (int)(fraction >> UNIT_BITS));
        fraction &= one - 1;
    }
    bool odd = decimals > 0 ? digits[decimals - 1] & 1 : (int)(whole & 1);
    bool carry = fraction > one / 2 || (fraction == one / 2 && odd);
    for (int i = decimals; carry && i-- > 0;) {
        carry = digits[i] == '9';
        digits[i] = carry ? '0' : (char)(digits[i] + 1);
    }
    whole += carry;

    if (whole == 0)
        *out++ = '0';
    out = put_digits(out, whole);
    if (decimals == 0)
        return out;
    *out++ = '.';
    memcpy(out, digits, (size_t)decimals);
    return out + decimals;
}

static bool all_zero(const char *digits, const char *end)
{
    while (digits < end && (*digits == '0' || *digits == '.'))
        digits++;
    return digits == end;
}

static size_t put_word(char *out, const char *word)
{
    size_t length = strlen(word);
    memcpy(out, word, length + 1);
    return length;
}

size_t number_format(float value, int decimals, char out[NUMBER_BYTES])
{
    if (value != value)
        return put_word(out, "nan");
    if (value - value != 0)
        return put_word(out, value < 0 ? "-inf" : "inf");
    if (decimals > NUMBER_DECIMALS)
        decimals = NUMBER_DECIMALS;
    if (value == 0 && decimals <= 0)
        return put_word(out, "0");

    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    out[0] = '-';
    char *digits = out + (value < 0);
    struct binary parts = split(bits);
    char *end = decimals < 0 ? put_shortest(digits, shortest(parts))
                             : put_fixed(digits, parts, decimals);
    if (digits > out && all_zero(digits, end)) {
        memmove(out, digits, (size_t)(end - digits));
        end--;
    }
    *end = '\0';
    return (size_t)(end - out);
}

bool number_read(struct slice text, double *value)
{
    char copy[NUMBER_BYTES], *end;
    if (text.length == 0 || text.length >= sizeof copy ||
        isspace((unsigned char)text.bytes[0]))
        return false;
    memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    *value = strtod(copy, &end);
    return end == copy + text.length && !isnan(*value);
}
