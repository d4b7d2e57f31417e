#include "text/protobuf.h"

struct protobuf protobuf_start(struct slice message)
{
    return (struct protobuf){message.bytes, message.bytes + message.length};
}

bool protobuf_more(const struct protobuf *message)
{
    return message->at < message->end;
}

/* Seven bits a byte, the lowest first; the last byte is below 80. */
static bool read_varint(struct protobuf *message, uint64_t *value)
{
    *value = 0;
    for (unsigned shift = 0; shift < 64 && message->at < message->end;
         shift += 7) {
        unsigned char byte = (unsigned char)*message->at++;
        *value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static bool read_fixed(struct protobuf *message, size_t size, uint64_t *value)
{
    if ((size_t)(message->end - message->at) < size)
        return false;
    *value = 0;
    for (size_t i = size; i-- > 0;)
        *value = *value << 8 | (unsigned char)message->at[i];
    message->at += size;
    return true;
}

static bool read_bytes(struct protobuf *message, struct slice *bytes)
{
    uint64_t length;
    if (!read_varint(message, &length) ||
        length > (uint64_t)(message->end - message->at))
        return false;
    *bytes = (struct slice){message->at, (size_t)length};
    message->at += length;
    return true;
}

bool protobuf_next(struct protobuf *message, struct protobuf_field *field)
{
    uint64_t tag;
    if (!read_varint(message, &tag) || tag >> 3 == 0 || tag > UINT32_MAX)
        return false;
    *field = (struct protobuf_field){.number = (uint32_t)(tag >> 3),
                                     .wire = (enum wire)(tag & 7)};
    switch (field->wire) {
    case WIRE_VARINT:
        return read_varint(message, &field->value);
    case WIRE_64:
        return read_fixed(message, 8, &field->value);
    case WIRE_BYTES:
        return read_bytes(message, &field->bytes);
    case WIRE_32:
        return read_fixed(message, 4, &field->value);
    default:
        return false; /* groups, which SentencePiece does not use */
    }
}
