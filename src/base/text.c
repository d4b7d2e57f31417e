#include "base/text.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct slice slice_of(const char *zero_ended)
{
    return (struct slice){zero_ended, strlen(zero_ended)};
}

bool slice_equal(struct slice a, struct slice b)
{
    return a.length == b.length &&
           (a.length == 0 || memcmp(a.bytes, b.bytes, a.length) == 0);
}

bool slice_is(struct slice a, const char *zero_ended)
{
    return slice_equal(a, slice_of(zero_ended));
}

int slice_compare(struct slice a, struct slice b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter > 0 ? memcmp(a.bytes, b.bytes, shorter) : 0;
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

bool text_ends(const char *text, const char *end)
{
    size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

struct slice text_trim(struct slice text)
{
    while (text.length > 0 && text_is_blank(text.bytes[text.length - 1]))
        text.length--;
    for (; text.length > 0 && text_is_blank(*text.bytes); text.length--)
        text.bytes++;
    return text;
}

size_t text_words(struct slice text, struct slice *words, size_t most)
{
    const char *at = text.bytes, *end = text.bytes + text.length;
    for (size_t count = 0;; count++) {
        while (at < end && text_is_blank(*at))
            at++;
        if (at == end)
            return count;
        const char *start = at;
        while (at < end && !text_is_blank(*at))
            at++;
        if (count < most)
            words[count] = (struct slice){start, (size_t)(at - start)};
    }
}

struct slice text_cut(struct slice *rest, char end)
{
    const char *at =
        rest->length > 0 ? memchr(rest->bytes, end, rest->length) : NULL;
    struct slice piece = {rest->bytes,
                          at ? (size_t)(at - rest->bytes) : rest->length};
    *rest = at ? (struct slice){at + 1, rest->length - piece.length - 1}
               : (struct slice){NULL, 0};
    return piece;
}

bool buffer_reserve(struct buffer *buffer, size_t more, struct error *error)
{
    size_t needed;
    if (__builtin_add_overflow(buffer->length, more, &needed))
        return error_set(error, "out of memory: a text is too long");
    return memory_grow((void **)&buffer->bytes, &buffer->capacity, needed, 1,
                       error);
}

bool buffer_append(struct buffer *buffer, const void *bytes, size_t length,
                   struct error *error)
{
    if (!buffer_reserve(buffer, length, error))
        return false;
    if (length > 0)
        memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return true;
}

bool buffer_append_text(struct buffer *buffer, const char *text,
                        struct error *error)
{
    return buffer_append(buffer, text, strlen(text), error);
}

struct slice buffer_slice(const struct buffer *buffer)
{
    return (struct slice){buffer->bytes, buffer->length};
}

void buffer_free(struct buffer *buffer)
{
    memory_free(buffer->bytes);
    *buffer = (struct buffer){0};
}

/* The second byte's range depends on the first: no overlong forms, no
 * surrogates, nothing above U+10FFFF (Unicode, table 3-7). */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

size_t text_character(struct slice text)
{
    if (text.length == 0)
        return 0;
    const unsigned char *bytes = (const unsigned char *)text.bytes;
    size_t length = bytes[0] < 0x80                       ? 1
                    : bytes[0] >= 0xC2 && bytes[0] < 0xE0 ? 2
                    : bytes[0] >= 0xE0 && bytes[0] < 0xF0 ? 3
                    : bytes[0] >= 0xF0 && bytes[0] < 0xF5 ? 4
                                                          : 0;
    if (length > text.length)
        return 0;
    if (length > 1 && !second_byte_fits(bytes[0], bytes[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

const char *text_quote(struct slice data, char out[TEXT_QUOTE_BYTES])
{
    enum { LIMIT = 40 };
    size_t at = 0, length = 0;
    while (at < data.length) {
        size_t step =
            text_character((struct slice){data.bytes + at, data.length - at});
        size_t width = step > 0 ? step : 1;
        if (length + width > LIMIT) {
            memcpy(out + length, "...", 3);
            length += 3;
            break;
        }
        if (step == 0 || text_is_control(data.bytes[at]))
            out[length] = '?';
        else
            memcpy(out + length, data.bytes + at, width);
        length += width;
        at += width;
    }
    out[length] = '\0';
    return out;
}

void name_line_add(struct name_line *line, struct slice name)
{
    char quoted[TEXT_QUOTE_BYTES];
    text_quote(name, quoted);
    size_t length = strlen(quoted), room = sizeof line->text - line->length;
    /* Keep room for ", " and " and 18446744073709551615 more". */
    if (line->left_out > 0 || length + 32 > room) {
        line->left_out++;
        return;
    }
    line->length += (size_t)snprintf(line->text + line->length, room, "%s%s",
                                     line->length > 0 ? ", " : "", quoted);
}

const char *name_line_end(struct name_line *line, const char *none)
{
    if (line->length == 0)
        return none;
    if (line->left_out > 0)
        snprintf(line->text + line->length, sizeof line->text - line->length,
                 " and %zu more", line->left_out);
    return line->text;
}

void text_choices(const char *const *list, char *out, size_t room)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; list[i] != NULL && length < room; i++) {
        const char *between = i == 0 ? "" : list[i + 1] ? ", " : " or ";
        length += (size_t)snprintf(out + length, room - length, "%s%s", between,
                                   list[i]);
    }
}

struct slice_map_entry {
    struct slice key; /* bytes NULL: free */
    uint64_t hash;
    int32_t value;
};

/*
 * SipHash-1-3 (Aumasson and Bernstein 2012), which tables of hostile keys are
 * given elsewhere, too: without the map's own key nobody can write a file of
 * ids that all fall into one place.
 */
struct sip {
    uint64_t v0, v1, v2, v3;
};

static uint64_t rotated(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

static void sip_round(struct sip *sip)
{
    sip->v0 += sip->v1;
    sip->v1 = rotated(sip->v1, 13) ^ sip->v0;
    sip->v0 = rotated(sip->v0, 32);
    sip->v2 += sip->v3;
    sip->v3 = rotated(sip->v3, 16) ^ sip->v2;
    sip->v0 += sip->v3;
    sip->v3 = rotated(sip->v3, 21) ^ sip->v0;
    sip->v2 += sip->v1;
    sip->v1 = rotated(sip->v1, 17) ^ sip->v2;
    sip->v2 = rotated(sip->v2, 32);
}

static void sip_word(struct sip *sip, uint64_t word)
{
    sip->v3 ^= word;
    sip_round(sip);
    sip->v0 ^= word;
}

static uint64_t hash_slice(const struct slice_map *map, struct slice key)
{
    const uint64_t *secret = map->secret;
    struct sip sip = {
        secret[0] ^ 0x736F6D6570736575u, secret[1] ^ 0x646F72616E646F6Du,
        secret[0] ^ 0x6C7967656E657261u, secret[1] ^ 0x7465646279746573u};
    const char *bytes = key.bytes;
    size_t left = key.length;
    uint64_t word;
    for (; left >= 8; bytes += 8, left -= 8) {
        memcpy(&word, bytes, 8);
        sip_word(&sip, word);
    }
    word = 0;
    if (left > 0)
        memcpy(&word, bytes, left);
    sip_word(&sip, word ^ (uint64_t)key.length << 56);
    sip.v2 ^= 0xFF;
    for (int i = 0; i < 3; i++)
        sip_round(&sip);
    return sip.v0 ^ sip.v1 ^ sip.v2 ^ sip.v3;
}

/* Where the system has no random bytes, an address has to do. */
static void draw_secret(struct slice_map *map)
{
    if (getentropy(map->secret, sizeof map->secret) != 0)
        map->secret[0] = (uintptr_t)map;
}

static struct slice_map_entry *find_entry(const struct slice_map *map,
                                          struct slice key, uint64_t hash)
{
    size_t mask = map->capacity - 1;
    for (size_t at = hash & mask;; at = (at + 1) & mask) {
        struct slice_map_entry *entry = &map->entries[at];
        if (entry->key.bytes == NULL ||
            (entry->hash == hash && slice_equal(entry->key, key)))
            return entry;
    }
}

static bool rehash(struct slice_map *map, size_t capacity, struct error *error)
{
    struct slice_map larger = {.capacity = capacity, .count = map->count};
    if (map->capacity == 0)
        draw_secret(map);
    memcpy(larger.secret, map->secret, sizeof larger.secret);
    larger.entries = memory_new(capacity, sizeof *larger.entries, error);
    if (larger.entries == NULL)
        return false;
    for (size_t i = 0; i < map->capacity; i++) {
        const struct slice_map_entry *entry = &map->entries[i];
        if (entry->key.bytes != NULL)
            *find_entry(&larger, entry->key, entry->hash) = *entry;
    }
    memory_free(map->entries);
    *map = larger;
    return true;
}

bool slice_map_reserve(struct slice_map *map, size_t count, struct error *error)
{
    size_t capacity = 16;
    while (capacity / 2 < count) {
        if (capacity > SIZE_MAX / 4)
            return error_set(error, "out of memory: %zu names", count);
        capacity *= 2;
    }
    return capacity <= map->capacity || rehash(map, capacity, error);
}

bool slice_map_put(struct slice_map *map, struct slice key, int32_t value,
                   struct error *error)
{
    if (!slice_map_reserve(map, map->count + 1, error))
        return false;
    if (key.bytes == NULL)
        key.bytes = "";
    uint64_t hash = hash_slice(map, key);
    struct slice_map_entry *entry = find_entry(map, key, hash);
    if (entry->key.bytes == NULL)
        map->count++;
    *entry = (struct slice_map_entry){key, hash, value};
    return true;
}

int32_t slice_map_get(const struct slice_map *map, struct slice key)
{
    if (map->capacity == 0)
        return -1;
    const struct slice_map_entry *entry =
        find_entry(map, key, hash_slice(map, key));
    return entry->key.bytes == NULL ? -1 : entry->value;
}

void slice_map_free(struct slice_map *map)
{
    memory_free(map->entries);
    *map = (struct slice_map){0};
}
