#include "base/base64.h"

#include <string.h>

/* The alphabet is spread over a table once per call: a character map is 300 KB
 * of base64, and strchr for each would take longer than reading the file. */

/* The six bits of a character, or -1. */
static int bits_of(char character)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = character ? strchr(digits, character) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool base64_decode(struct slice text, struct buffer *out, struct error *error)
{
    int values[256];
    for (int i = 0; i < 256; i++)
        values[i] = bits_of((char)i);
    for (int i = 0; i < 2 && text.length > 0; i++)
        text.length -= text.bytes[text.length - 1] == '=';
    if (!buffer_reserve(out, text.length / 4 * 3 + 3, error))
        return false;

    uint32_t group = 0;
    unsigned count = 0; /* bits that wait in the group */
    for (size_t i = 0; i < text.length; i++) {
        int value = values[(unsigned char)text.bytes[i]];
        if (value < 0)
            return error_set(error, "not base64 at byte %zu", i + 1);
        group = group << 6 | (uint32_t)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out->bytes[out->length++] = (char)(group >> count);
        }
    }
    return true;
}
