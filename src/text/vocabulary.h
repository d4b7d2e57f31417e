/*
 * vocabulary.h - the strings of a subword model and their ids, both ways.
 *
 * One hash table over all strings.  The hash goes byte by byte, so a model can
 * walk along a word and ask at every character whether some string ends here
 * or goes on (vocabulary_marks), without a trie: one array of two bits per
 * hash says "maybe", vocabulary_probe says for sure.  Filled once, then
 * read-only and shared by all threads.
 */
#ifndef TEXT_VOCABULARY_H
#define TEXT_VOCABULARY_H

#include "base/text.h"

/* Ids end here: a file that claims more is damaged. */
enum { VOCABULARY_LIMIT = 1 << 22 };

/* Slots in use side by side, at most.  Tables are half full; 250,000 tokens of
 * XLM-R have runs of 42. */
enum { VOCABULARY_RUN = 1000 };

struct vocabulary {
    struct buffer bytes; /* the strings, one after another */
    struct token_span {
        uint32_t offset, length;
    } * spans;                   /* by id; length 0: no string */
    size_t count, span_capacity; /* highest id + 1 */
    size_t distinct;             /* different strings */
    bool has_empty;              /* one of them is "" */
    size_t longest_bytes;

    struct vocabulary_slot {
        uint64_t key; /* up to eight bytes of string, else its hash */
        uint32_t length;
        int32_t next_id; /* id + 1; 0: free */
    } * slots;
    unsigned slot_shift; /* hash >> shift = slot */

    uint64_t *marks; /* NULL unless asked for */
    unsigned mark_shift;
};

void vocabulary_free(struct vocabulary *vocabulary);

/* Makes room beforehand, where the numbers are known. */
bool vocabulary_reserve(struct vocabulary *vocabulary, size_t count,
                        size_t bytes, struct error *error);
/* Gives `id` its string.  A string given twice belongs to the later id. */
bool vocabulary_add(struct vocabulary *vocabulary, int32_t id,
                    struct slice token, struct error *error);
/* Builds the table when all strings are there; then lookups may begin. */
bool vocabulary_build(struct vocabulary *vocabulary, bool with_marks,
                      struct error *error);

/* A built vocabulary as plain arrays without pointers, for a packed file. */
struct vocabulary_tables {
    struct slice strings;
    const struct token_span *spans; /* [count] */
    size_t count;
    const struct vocabulary_slot *slots; /* [slot_count], a power of two */
    size_t slot_count;
    const uint64_t *marks; /* [mark_words], a power of two; or NULL */
    size_t mark_words;
};
enum { VOCABULARY_MARKS_A_WORD = 32 };

struct vocabulary_tables
vocabulary_tables_of(const struct vocabulary *vocabulary);
/*
 * A vocabulary over tables that lie elsewhere and stay there; it is not to be
 * freed.  False when they would lead a lookup outside of themselves.
 */
bool vocabulary_map(struct vocabulary *vocabulary,
                    const struct vocabulary_tables *tables,
                    struct error *error);
/* Shift of a hash for a table of so many places; 0: no power of two. */
unsigned vocabulary_shift(size_t places);

/* The string of an id; {NULL, 0} when there is none. */
struct slice vocabulary_token(const struct vocabulary *vocabulary, int32_t id);
/* The id of a string, or -1. */
int32_t vocabulary_find(const struct vocabulary *vocabulary,
                        struct slice token);

/* A walk along the bytes of a string; starts as VOCABULARY_START. */
struct vocabulary_walk {
    uint64_t state; /* of the hash */
    uint64_t key;   /* the first eight bytes */
    uint32_t length;
};
#define VOCABULARY_START                                                       \
    (struct vocabulary_walk)                                                   \
    {                                                                          \
        .state = 0xCBF29CE484222325u                                           \
    }

static inline void vocabulary_step(struct vocabulary_walk *walk, char byte)
{
    uint64_t value = (unsigned char)byte;
    if (walk->length < 8)
        walk->key |= value << 8 * walk->length;
    walk->length++;
    walk->state = (walk->state ^ value) * 0x9E3779B97F4A7C15u;
}

static inline void vocabulary_walk(struct vocabulary_walk *walk,
                                   struct slice bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        vocabulary_step(walk, bytes.bytes[i]);
}

static inline uint64_t vocabulary_hash(const struct vocabulary_walk *walk)
{
    return (walk->state ^ walk->state >> 32) * 0xD6E8FEB86659FD93u;
}

enum { MARK_ENDS = 1, MARK_GOES_ON = 2 };

/* Whether strings with this hash may end here, may go on (needs marks). */
static inline unsigned vocabulary_marks(const struct vocabulary *vocabulary,
                                        uint64_t hash)
{
    uint64_t place = hash >> vocabulary->mark_shift;
    return (unsigned)(vocabulary->marks[place >> 5] >> ((place & 31) * 2)) & 3;
}

/* The id of the string head + tail, along which the walk went, or -1. */
int32_t vocabulary_probe(const struct vocabulary *vocabulary,
                         const struct vocabulary_walk *walk, struct slice head,
                         struct slice tail);

#endif
