#include "nn/slots.h"

#include <stdio.h>
#include <string.h>

struct slot_shape slot_shape(const struct spec *spec, enum slot slot)
{
    size_t hidden = spec->hidden, wide = spec->intermediate;
    size_t dense = spec->head_dense ? hidden : 0;
    const struct slot_shape shapes[SLOT_COUNT] = {
        [SLOT_WORD] = {SLOT_IS_TABLE, false, spec->vocabulary, spec->embedding},
        [SLOT_POSITION] = {SLOT_IS_TABLE, false, spec->positions,
                           spec->embedding},
        [SLOT_TOKEN_TYPE] = {SLOT_IS_TABLE, false, spec->token_types,
                             spec->embedding},
        [SLOT_EMBEDDING_NORM] = {SLOT_IS_NORM, false, spec->embedding, 0},
        [SLOT_QUERY] = {SLOT_IS_LINEAR, true, hidden, hidden},
        [SLOT_KEY] = {SLOT_IS_LINEAR, true, hidden, hidden},
        [SLOT_VALUE] = {SLOT_IS_LINEAR, true, hidden, hidden},
        [SLOT_ATTENTION_OUT] = {SLOT_IS_LINEAR, true, hidden, hidden},
        [SLOT_ATTENTION_NORM] = {SLOT_IS_NORM, true, hidden, 0},
        [SLOT_FEEDFORWARD_IN] = {SLOT_IS_LINEAR, true, wide, hidden},
        [SLOT_FEEDFORWARD_OUT] = {SLOT_IS_LINEAR, true, hidden, wide},
        [SLOT_FEEDFORWARD_NORM] = {SLOT_IS_NORM, true, hidden, 0},
        [SLOT_HEAD_DENSE] = {SLOT_IS_LINEAR, false, dense, hidden},
        [SLOT_HEAD_OUT] = {SLOT_IS_LINEAR, false, spec->labels, hidden},
    };
    return shapes[slot];
}

void slot_name(const struct slot_names *names, enum slot slot, size_t layer,
               const char *part, char out[SLOT_NAME_BYTES])
{
    const char *pattern = names->modules[slot];
    const char *number = strstr(pattern, "%zu");
    if (number == NULL)
        snprintf(out, SLOT_NAME_BYTES, "%s%s", pattern, part);
    else
        snprintf(out, SLOT_NAME_BYTES, "%.*s%zu%s%s", (int)(number - pattern),
                 pattern, layer, number + 3, part);
}
