/*
 * protobuf.h - the wire format of protocol buffers, as far as SentencePiece
 * models need it: the fields of a message one after another.
 *
 * A message is a slice of the file; nothing is copied and every length is
 * checked.
 */
#ifndef TEXT_PROTOBUF_H
#define TEXT_PROTOBUF_H

#include "base/text.h"

#include <stdbool.h>

enum wire { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

struct protobuf {
    const char *at, *end;
};

struct protobuf_field {
    uint32_t number;
    enum wire wire;
    uint64_t value;     /* of WIRE_VARINT, WIRE_64, WIRE_32 */
    struct slice bytes; /* of WIRE_BYTES */
};

struct protobuf protobuf_start(struct slice message);
/* Whether fields are left. */
bool protobuf_more(const struct protobuf *message);
/* The next field; false when the message is damaged. */
bool protobuf_next(struct protobuf *message, struct protobuf_field *field);

#endif
