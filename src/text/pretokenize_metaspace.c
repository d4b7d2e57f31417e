#include "text/pretokenize.h"

#include "text/unicode.h"

#include <string.h>

/* A word while its bytes are written; room is reserved. */
struct writer {
    struct words *words;
    char *start, *at;
    struct error *error;
};

/* Writes the replacement, which stands for `length` bytes from `from` on. */
static bool write_replacement(struct writer *writer, struct slice replacement,
                              const char *from, size_t length)
{
    const struct words *words = writer->words;
    size_t out = (size_t)(writer->at - words->text->bytes);
    size_t in = (size_t)(from - words->source);
    memcpy(writer->at, replacement.bytes, replacement.length);
    writer->at += replacement.length;
    return alignment_add(words->alignment,
                         (struct span){out, out + replacement.length},
                         (struct span){in, in + length}, writer->error);
}

static bool end_word(struct writer *writer)
{
    if (!words_add(writer->words, writer->start, writer->at, writer->error))
        return false;
    writer->start = writer->at;
    return true;
}

/* Bytes of the blank or of the replacement that stands at `at`; 0: none. */
static size_t blank_length(struct slice replacement, const char *at,
                           const char *end)
{
    if (*at == ' ')
        return 1;
    size_t length = replacement.length;
    return (size_t)(end - at) >= length &&
                   memcmp(at, replacement.bytes, length) == 0
               ? length
               : 0;
}

/* Copies up to the next blank or the end, where it stopped; NULL without
 * memory. */
static const char *write_copy(struct writer *writer, struct slice replacement,
                              const char *at, const char *end)
{
    const struct words *words = writer->words;
    size_t out = (size_t)(writer->at - words->text->bytes);
    size_t in = (size_t)(at - words->source), length = 0;
    do {
        *writer->at++ = at[length++];
    } while (at + length < end &&
             blank_length(replacement, at + length, end) == 0);
    if (!alignment_add(words->alignment, (struct span){out, out + length},
                       (struct span){in, in + length}, writer->error))
        return NULL;
    return at + length;
}

/* A piece that begins with a blank has its prefix already. */
static bool needs_prefix(const struct splitter *self, struct slice piece,
                         bool at_start)
{
    enum metaspace_prefix prefix = self->as.metaspace.prefix;
    if (prefix == PREFIX_NEVER || (prefix == PREFIX_FIRST && !at_start))
        return false;
    return blank_length(self->as.metaspace.replacement, piece.bytes,
                        piece.bytes + piece.length) == 0;
}

static bool split(const struct splitter *self, struct slice piece,
                  bool at_start, struct words *words, struct error *error)
{
    struct slice replacement = self->as.metaspace.replacement;
    char *start = words->text->bytes + words->text->length;
    struct writer writer = {words, start, start, error};
    const char *at = piece.bytes, *end = at + piece.length;
    if (needs_prefix(self, piece, at_start) &&
        !write_replacement(&writer, replacement, at, utf8_length(*at)))
        return false;

    while (at < end) {
        size_t blank = blank_length(replacement, at, end);
        if (blank == 0) {
            at = write_copy(&writer, replacement, at, end);
            if (at == NULL)
                return false;
            continue;
        }
        if (self->as.metaspace.splits && !end_word(&writer))
            return false;
        if (!write_replacement(&writer, replacement, at, blank))
            return false;
        at += blank;
    }
    words->text->length += (size_t)(writer.at - start);
    return end_word(&writer);
}

void splitter_metaspace(struct splitter *splitter, struct slice replacement,
                        enum metaspace_prefix prefix, bool splits)
{
    *splitter = (struct splitter){
        .type = "Metaspace",
        .split = split,
        .growth = replacement.length,
        .blank = !splits                  ? BLANK_JOINS
                 : prefix == PREFIX_NEVER ? BLANK_SPLITS
                                          : BLANK_IMPLIED,
        .as.metaspace = {replacement, prefix, splits},
    };
}
