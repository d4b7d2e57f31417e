#include "text/vocabulary.h"

/*
 * Everything that a lookup relies on is looked at once, so that it need not be
 * checked when words are looked up: 250,000 strings take two milliseconds.
 * What is not looked at, the place of an entry in the table, can give a wrong
 * id but no harm; the file's checksum is for that.
 */

static bool fail(struct error *error, const char *what)
{
    return error_set(error, "the vocabulary's %s are damaged", what);
}

static bool check_spans(struct vocabulary *vocabulary, struct error *error)
{
    for (size_t id = 0; id < vocabulary->count; id++) {
        struct token_span span = vocabulary->spans[id];
        if ((uint64_t)span.offset + span.length > vocabulary->bytes.length)
            return fail(error, "spans");
        if (vocabulary->longest_bytes < span.length)
            vocabulary->longest_bytes = span.length;
    }
    return true;
}

/* A lookup ends at a free slot, which is never far (vocabulary.h), and compares
 * as many bytes as the slot says. */
static bool check_slots(struct vocabulary *vocabulary, size_t slots,
                        struct error *error)
{
    size_t run = 0;
    vocabulary->distinct = 0;
    for (size_t i = 0; i < slots; i++) {
        const struct vocabulary_slot *slot = &vocabulary->slots[i];
        run = slot->next_id == 0 ? 0 : run + 1;
        if (run == 0)
            continue;
        if (run > VOCABULARY_RUN)
            return fail(error, "slots");
        if (slot->next_id < 0 || (size_t)slot->next_id > vocabulary->count ||
            vocabulary->spans[slot->next_id - 1].length != slot->length)
            return fail(error, "slots");
        vocabulary->distinct++;
    }
    return vocabulary->distinct < slots || fail(error, "slots");
}

unsigned vocabulary_shift(size_t places)
{
    unsigned bits = 0;
    while (bits < 63 && (size_t)1 << bits < places)
        bits++;
    return bits > 0 && (size_t)1 << bits == places ? 64 - bits : 0;
}

bool vocabulary_map(struct vocabulary *vocabulary,
                    const struct vocabulary_tables *tables, struct error *error)
{
    if (tables->count == 0 || tables->count > VOCABULARY_LIMIT)
        return fail(error, "spans");
    *vocabulary = (struct vocabulary){
        .bytes = {(char *)(uintptr_t)tables->strings.bytes,
                  tables->strings.length, 0},
        .spans = (struct token_span *)(uintptr_t)tables->spans,
        .count = tables->count,
        .slots = (struct vocabulary_slot *)(uintptr_t)tables->slots,
        .slot_shift = vocabulary_shift(tables->slot_count),
        .marks = (uint64_t *)(uintptr_t)tables->marks,
    };
    if (vocabulary->slot_shift == 0)
        return fail(error, "slots");
    if (tables->marks != NULL) {
        if (tables->mark_words > VOCABULARY_LIMIT ||
            vocabulary_shift(tables->mark_words) == 0)
            return fail(error, "marks");
        vocabulary->mark_shift =
            vocabulary_shift(tables->mark_words * VOCABULARY_MARKS_A_WORD);
    }
    return check_spans(vocabulary, error) &&
           check_slots(vocabulary, tables->slot_count, error);
}

struct vocabulary_tables
vocabulary_tables_of(const struct vocabulary *vocabulary)
{
    size_t places = (UINT64_MAX >> vocabulary->slot_shift) + 1;
    struct vocabulary_tables tables = {
        .strings = buffer_slice(&vocabulary->bytes),
        .spans = vocabulary->spans,
        .count = vocabulary->count,
        .slots = vocabulary->slots,
        .slot_count = places,
        .marks = vocabulary->marks,
    };
    if (vocabulary->marks != NULL)
        tables.mark_words = ((UINT64_MAX >> vocabulary->mark_shift) + 1) /
                            VOCABULARY_MARKS_A_WORD;
    return tables;
}
