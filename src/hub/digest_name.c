/*
 * digest_name.c - what the name of a blob looks like.
 */
#include "hub/digest.h"

#include <string.h>

bool digest_is_name(struct slice name)
{
    if (name.length != 40 && name.length != DIGEST_NAME_BYTES)
        return false;
    for (size_t i = 0; i < name.length; i++)
        if (name.bytes[i] == '\0' ||
            strchr("0123456789abcdef", name.bytes[i]) == NULL)
            return false;
    return true;
}
