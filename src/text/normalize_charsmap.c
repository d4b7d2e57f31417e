#include "text/normalize.h"

#include <string.h>

/*
 * SentencePiece's precompiled character map as the reference applies it: the
 * text is cut into grapheme clusters; a cluster of less than six bytes is
 * looked up whole, all others character by character.  A lookup takes the
 * SHORTEST key that begins the text, and what it finds replaces the whole
 * cluster, marks that the key does not cover included.  SentencePiece itself
 * takes the longest key and knows no clusters.
 *
 * The blob: u32 size of the units in bytes, the units (little-endian), then
 * replacements, each with a zero byte at its end.
 */

enum { LONGEST_WHOLE = 5 };

static uint32_t label_of(uint32_t unit)
{
    return unit & 0x800000FFu;
}

static uint32_t offset_of(uint32_t unit)
{
    return unit >> 10 << ((unit & 0x200u) >> 6);
}

static bool has_leaf(uint32_t unit)
{
    return unit >> 8 & 1;
}

/* The replacement for the shortest key that `text` begins with. */
static bool look_up(const struct charsmap *map, struct slice text,
                    struct slice *found)
{
    uint32_t place = offset_of(map->units[0]);
    for (size_t i = 0; i < text.length && text.bytes[i] != '\0'; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        place ^= byte;
        if (place >= map->unit_count || label_of(map->units[place]) != byte)
            return false;
        uint32_t unit = map->units[place];
        place ^= offset_of(unit);
        if (place >= map->unit_count)
            return false;
        if (!has_leaf(unit))
            continue;
        uint32_t value = map->units[place] & 0x7FFFFFFFu;
        if (value >= map->replacements.length)
            return false;
        /* The last byte of the replacements is zero. */
        const char *bytes = map->replacements.bytes + value;
        *found = (struct slice){bytes, strlen(bytes)};
        return found->length == 0 || !utf8_continues(*bytes);
    }
    return false;
}

/* What is known of a cluster while it grows. */
struct cluster {
    enum unicode_boundary last;
    bool has_picture; /* a picture, then marks alone */
    bool has_consonant, has_linker;
};

/* Whether a character joins the cluster (UAX 29, without Hangul and flags,
 * which no key begins with). */
static bool joins(struct cluster *cluster, uint32_t c,
                  enum unicode_boundary kind)
{
    bool joins_before = kind == BOUNDARY_EXTEND || kind == BOUNDARY_JOINER;
    bool after_joiner = cluster->last == BOUNDARY_JOINER;
    bool joined =
        joins_before ||
        (cluster->last == BOUNDARY_PREPEND && kind != BOUNDARY_BREAK) ||
        (cluster->has_picture && after_joiner && kind == BOUNDARY_PICTURE) ||
        (cluster->has_consonant && cluster->has_linker &&
         kind == BOUNDARY_CONSONANT);
    cluster->last = kind;
    if (joins_before) {
        cluster->has_linker |= unicode_is_linker(c);
    } else {
        cluster->has_picture = kind == BOUNDARY_PICTURE;
        cluster->has_consonant = kind == BOUNDARY_CONSONANT;
        cluster->has_linker = false;
    }
    return joined;
}

static const char *cluster_end(const char *at, const char *end)
{
    uint32_t c = utf8_decode(at);
    struct cluster cluster = {BOUNDARY_OTHER, false, false, false};
    enum unicode_boundary kind = unicode_boundary(c);
    at += utf8_length(*at);
    if (kind == BOUNDARY_BREAK)
        return c == '\r' && at < end && *at == '\n' ? at + 1 : at;
    joins(&cluster, c, kind);
    while (at < end) {
        c = utf8_decode(at);
        if (!joins(&cluster, c, unicode_boundary(c)))
            break;
        at += utf8_length(*at);
    }
    return at;
}

/* Where the mapped text goes, and what it is made of. */
struct output {
    const struct charsmap *map;
    struct slice text;
    struct buffer *out;
    struct alignment *alignment; /* NULL: nobody asks */
    const struct normalize_scratch *scratch;
    struct error *error;
};

/* A character of the replacement stands for the one at its place in what is
 * replaced, or for the last one of it, as in the reference. */
static bool append_found(const struct output *output, struct slice replaced,
                         struct slice found)
{
    struct buffer *out = output->out;
    size_t start = out->length;
    if (!normalize_append(found, out, output->scratch, output->error))
        return false;

    size_t from = (size_t)(replaced.bytes - output->text.bytes);
    size_t end = from + replaced.length;
    while (output->alignment != NULL && start < out->length) {
        size_t written = utf8_length(out->bytes[start]);
        size_t stood = utf8_length(output->text.bytes[from]);
        if (!alignment_add(output->alignment,
                           (struct span){start, start + written},
                           (struct span){from, from + stood}, output->error))
            return false;
        start += written;
        from += from + stood < end ? stood : 0;
    }
    return true;
}

static bool append_characters(const struct output *output, const char *at,
                              const char *end)
{
    while (at < end) {
        struct slice character = {at, utf8_length(*at)}, found;
        at += character.length;
        if (look_up(output->map, character, &found)
                ? !append_found(output, character, found)
                : !normalize_copy(output->text, at - character.length, at,
                                  output->out, output->alignment,
                                  output->error))
            return false;
    }
    return true;
}

static bool append_cluster(const struct output *output, const char *at,
                           const char *end)
{
    struct slice whole = {at, (size_t)(end - at)}, found;
    if (whole.length <= LONGEST_WHOLE && look_up(output->map, whole, &found))
        return append_found(output, whole, found);
    return append_characters(output, at, end);
}

/* Whether the eight bytes at `at` are 20 to 7E and ASCII follows them. */
static bool is_plain_block(const char *at, const char *end)
{
    const uint64_t each = 0x0101010101010101u;
    if (end - at < 9 || (unsigned char)at[8] >= 0x80)
        return false;
    uint64_t bytes;
    memcpy(&bytes, at, 8);
    uint64_t below_20 = (bytes - each * 0x20) & ~bytes;
    uint64_t above_7e = (bytes + each) | bytes;
    return ((below_20 | above_7e) & each * 0x80) == 0;
}

/*
 * End of the text from `at` on that stays as it is: ASCII that maps to itself
 * with no character behind it that could join its cluster.
 */
static const char *plain_end(const struct charsmap *map, const char *at,
                             const char *end)
{
    for (;;) {
        while (map->is_printable_plain && is_plain_block(at, end))
            at += 8;
        if (at == end || (unsigned char)*at >= 0x80 ||
            !map->plain[(unsigned char)*at])
            return at;
        if (at + 1 < end && (unsigned char)at[1] >= 0x80)
            return at;
        at++;
    }
}

static bool apply(const struct normalizer *self, struct slice *text,
                  struct buffer *out, struct normalize_scratch *scratch,
                  struct error *error)
{
    const struct charsmap *map = &self->as.charsmap;
    const struct output output = {
        map, *text, out, trace_stage(&scratch->trace), scratch, error};
    const char *copied = text->bytes, *end = copied + text->length;
    const char *at = plain_end(map, copied, end);
    if (at == end)
        return true;
    while (at < end) {
        const char *next = cluster_end(at, end);
        if (!normalize_copy(*text, copied, at, out, output.alignment, error) ||
            !append_cluster(&output, at, next))
            return false;
        copied = next;
        at = plain_end(map, next, end);
    }
    if (!normalize_copy(*text, copied, end, out, output.alignment, error))
        return false;
    *text = buffer_slice(out);
    return true;
}

static uint32_t read_u32(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 |
           (uint32_t)b[3] << 24;
}

/* CR is never plain: CR LF is one cluster. */
static void find_plain(struct charsmap *map)
{
    map->is_printable_plain = true;
    for (int c = 0; c < 128; c++) {
        char byte = (char)c;
        struct slice found;
        map->plain[c] =
            c != '\r' && !look_up(map, (struct slice){&byte, 1}, &found);
        if (c >= 0x20 && c <= 0x7E && !map->plain[c])
            map->is_printable_plain = false;
    }
}

bool normalizer_charsmap(struct normalizer *normalizer, struct slice blob,
                         struct arena *arena, struct error *error)
{
    size_t size = blob.length >= 4 ? read_u32(blob.bytes) : 0;
    if (size == 0 || size % 4 != 0 || size > blob.length - 4)
        return error_set(error,
                         "the character map is damaged: its trie has "
                         "%zu bytes of %zu",
                         size, blob.length);
    struct slice replacements = {blob.bytes + 4 + size, blob.length - 4 - size};
    if (replacements.length == 0 ||
        replacements.bytes[replacements.length - 1] != '\0' ||
        unicode_valid_length(replacements) != replacements.length)
        return error_set(error, "the character map is damaged: zero-ended "
                                "UTF-8 was expected behind its trie");

    uint32_t *units = arena_take(arena, size / 4, sizeof *units, error);
    replacements.bytes =
        arena_copy(arena, replacements.bytes, replacements.length, error);
    if (units == NULL || replacements.bytes == NULL)
        return false;
    for (size_t i = 0; i < size / 4; i++)
        units[i] = read_u32(blob.bytes + 4 + i * 4);
    *normalizer = (struct normalizer){.type = "Precompiled",
                                      .sees_signs = true,
                                      .description = "character map",
                                      .apply = apply};
    normalizer->as.charsmap = (struct charsmap){
        .units = units,
        .unit_count = size / 4,
        .replacements = replacements,
    };
    find_plain(&normalizer->as.charsmap);
    return true;
}
