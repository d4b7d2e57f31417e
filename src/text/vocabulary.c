#include "text/vocabulary.h"

#include "base/memory.h"
#include "text/unicode.h"

#include <string.h>

void vocabulary_free(struct vocabulary *vocabulary)
{
    buffer_free(&vocabulary->bytes);
    memory_free(vocabulary->spans);
    memory_free(vocabulary->slots);
    memory_free(vocabulary->marks);
    *vocabulary = (struct vocabulary){0};
}

bool vocabulary_reserve(struct vocabulary *vocabulary, size_t count,
                        size_t bytes, struct error *error)
{
    if (count > VOCABULARY_LIMIT)
        count = VOCABULARY_LIMIT;
    return memory_grow((void **)&vocabulary->spans, &vocabulary->span_capacity,
                       count, sizeof *vocabulary->spans, error) &&
           buffer_reserve(&vocabulary->bytes, bytes, error);
}

/* Offsets of 32 bits keep a span at eight bytes; four gigabytes of strings
 * are no vocabulary. */
bool vocabulary_add(struct vocabulary *vocabulary, int32_t id,
                    struct slice token, struct error *error)
{
    if (id < 0 || id >= VOCABULARY_LIMIT)
        return error_set(error, "token id %ld is out of range: 0 to %d",
                         (long)id, VOCABULARY_LIMIT - 1);
    if (token.length > UINT32_MAX - vocabulary->bytes.length)
        return error_set(error, "the vocabulary's strings exceed 4 GiB");

    size_t place = (size_t)id;
    if (!memory_grow((void **)&vocabulary->spans, &vocabulary->span_capacity,
                     place + 1, sizeof *vocabulary->spans, error))
        return false;
    vocabulary->spans[place] = (struct token_span){
        (uint32_t)vocabulary->bytes.length, (uint32_t)token.length};
    vocabulary->has_empty |= token.length == 0;
    if (vocabulary->count <= place)
        vocabulary->count = place + 1;
    if (vocabulary->longest_bytes < token.length)
        vocabulary->longest_bytes = token.length;
    return buffer_append(&vocabulary->bytes, token.bytes, token.length, error);
}

struct slice vocabulary_token(const struct vocabulary *vocabulary, int32_t id)
{
    if (id < 0 || (size_t)id >= vocabulary->count)
        return (struct slice){NULL, 0};
    const struct token_span *span = &vocabulary->spans[id];
    if (span->length == 0)
        return (struct slice){NULL, 0};
    return (struct slice){vocabulary->bytes.bytes + span->offset, span->length};
}

/* Whether the token of `id` is head + tail, of the same length. */
static bool is_token(const struct vocabulary *vocabulary, int32_t id,
                     struct slice head, struct slice tail)
{
    const char *bytes = vocabulary->bytes.bytes + vocabulary->spans[id].offset;
    return memcmp(bytes, head.bytes, head.length) == 0 &&
           memcmp(bytes + head.length, tail.bytes, tail.length) == 0;
}

/*
 * The slot of a string, or the free one where it belongs.  A short string is
 * told by its slot alone; the bytes of a long one are compared.
 */
static struct vocabulary_slot *find_slot(const struct vocabulary *vocabulary,
                                         const struct vocabulary_walk *walk,
                                         struct slice head, struct slice tail)
{
    size_t mask = UINT64_MAX >> vocabulary->slot_shift;
    uint64_t hash = vocabulary_hash(walk);
    bool is_short = walk->length <= 8;
    uint64_t key = is_short ? walk->key : hash;
    for (size_t at = hash >> vocabulary->slot_shift;; at = (at + 1) & mask) {
        struct vocabulary_slot *slot = &vocabulary->slots[at];
        if (slot->next_id == 0)
            return slot;
        if (slot->key == key && slot->length == walk->length &&
            (is_short || is_token(vocabulary, slot->next_id - 1, head, tail)))
            return slot;
    }
}

int32_t vocabulary_probe(const struct vocabulary *vocabulary,
                         const struct vocabulary_walk *walk, struct slice head,
                         struct slice tail)
{
    return find_slot(vocabulary, walk, head, tail)->next_id - 1;
}

int32_t vocabulary_find(const struct vocabulary *vocabulary, struct slice token)
{
    if (token.length == 0 || vocabulary->slots == NULL)
        return -1;
    struct vocabulary_walk walk = VOCABULARY_START;
    vocabulary_walk(&walk, token);
    return vocabulary_probe(vocabulary, &walk, (struct slice){"", 0}, token);
}

static void set_mark(struct vocabulary *vocabulary,
                     const struct vocabulary_walk *walk, unsigned mark)
{
    uint64_t place = vocabulary_hash(walk) >> vocabulary->mark_shift;
    vocabulary->marks[place >> 5] |= (uint64_t)mark << ((place & 31) * 2);
}

/* Walks along a string and marks every beginning of it that ends with a whole
 * character. */
static void walk_token(struct vocabulary *vocabulary, struct slice token,
                       struct vocabulary_walk *walk, bool with_marks)
{
    for (size_t i = 0; i < token.length; i++) {
        vocabulary_step(walk, token.bytes[i]);
        bool is_last = i + 1 == token.length;
        if (with_marks && (is_last || !utf8_continues(token.bytes[i + 1])))
            set_mark(vocabulary, walk, is_last ? MARK_ENDS : MARK_GOES_ON);
    }
}

/* Shift that leaves at least `count` places of a 64-bit hash. */
static unsigned shift_for(size_t count)
{
    unsigned bits = 6;
    while ((size_t)1 << bits < count)
        bits++;
    return 64 - bits;
}

/* The sizes are powers of two, and a shift of the hash is the place. */
static bool allocate(struct vocabulary *vocabulary, bool with_marks,
                     struct error *error)
{
    /* Half full at most.  Marks, too: a string has three to four beginnings
     * that no other has.  More room for them was measured to gain nothing. */
    vocabulary->slot_shift = shift_for(vocabulary->count * 2 + 1);
    size_t slots = UINT64_MAX >> vocabulary->slot_shift;
    vocabulary->slots = memory_new(slots + 1, sizeof *vocabulary->slots, error);
    if (vocabulary->slots == NULL || !with_marks)
        return vocabulary->slots != NULL;

    vocabulary->mark_shift = shift_for(vocabulary->count * 8);
    size_t places = (UINT64_MAX >> vocabulary->mark_shift) + 1;
    vocabulary->marks =
        memory_new(places / 32, sizeof *vocabulary->marks, error);
    return vocabulary->marks != NULL;
}

/* Strings that were made to fall into one place would take as long to open as
 * their number squared. */
static bool insert(struct vocabulary *vocabulary, int32_t id,
                   struct slice token, const struct vocabulary_walk *walk,
                   struct error *error)
{
    struct vocabulary_slot *slot =
        find_slot(vocabulary, walk, (struct slice){"", 0}, token);
    size_t mask = UINT64_MAX >> vocabulary->slot_shift;
    size_t home = vocabulary_hash(walk) >> vocabulary->slot_shift;
    if ((((size_t)(slot - vocabulary->slots) - home) & mask) > VOCABULARY_RUN)
        return error_set(error,
                         "more than %d tokens fall into one place of "
                         "the vocabulary: they were chosen so",
                         VOCABULARY_RUN);
    vocabulary->distinct += slot->next_id == 0;
    *slot = (struct vocabulary_slot){walk->length <= 8 ? walk->key
                                                       : vocabulary_hash(walk),
                                     walk->length, id + 1};
    return true;
}

bool vocabulary_build(struct vocabulary *vocabulary, bool with_marks,
                      struct error *error)
{
    if (!allocate(vocabulary, with_marks, error))
        return false;
    vocabulary->distinct = vocabulary->has_empty;

    /* A table of 8 MB does not fit into a cache: the slots of a block of
     * strings are asked for before the first of them is needed. */
    enum { BLOCK = 32 };
    struct vocabulary_walk walks[BLOCK];
    for (size_t start = 0; start < vocabulary->count; start += BLOCK) {
        size_t end = start + BLOCK;
        if (end > vocabulary->count)
            end = vocabulary->count;
        for (size_t i = start; i < end; i++) {
            struct vocabulary_walk *walk = &walks[i - start];
            *walk = VOCABULARY_START;
            walk_token(vocabulary, vocabulary_token(vocabulary, (int32_t)i),
                       walk, with_marks);
            __builtin_prefetch(&vocabulary->slots[vocabulary_hash(walk) >>
                                                  vocabulary->slot_shift],
                               1);
        }
        for (size_t i = start; i < end; i++)
            if (walks[i - start].length > 0 &&
                !insert(vocabulary, (int32_t)i,
                        vocabulary_token(vocabulary, (int32_t)i),
                        &walks[i - start], error))
                return false;
    }
    return true;
}
