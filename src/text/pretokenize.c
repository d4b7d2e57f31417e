#include "text/pretokenize.h"

/*
 * Two lists of words take turns: a splitter reads one and appends to the
 * other.  So do two buffers for those splitters that rewrite, which get room
 * for their worst case beforehand: words point into the buffer and never move.
 */

void split_scratch_free(struct split_scratch *scratch)
{
    for (size_t i = 0; i < 2; i++) {
        memory_free(scratch->words[i].items);
        buffer_free(&scratch->texts[i]);
    }
    trace_free(&scratch->trace);
    *scratch = (struct split_scratch){0};
}

void splitter_list_free(struct splitter_list *list)
{
    memory_free(list->items);
    *list = (struct splitter_list){0};
}

bool splitter_list_add(struct splitter_list *list,
                       const struct splitter *splitter, struct error *error)
{
    size_t growth = splitter->growth > 0 ? splitter->growth : 1;
    for (size_t i = 0; i < list->count && growth <= SPLITTER_GROWTH; i++)
        growth *= list->items[i].growth > 0 ? list->items[i].growth : 1;
    if (list->count == STAGES_LIMIT || growth > SPLITTER_GROWTH)
        return error_set(error,
                         "more than %d pre-tokenizers, or some that make more "
                         "than %d bytes of one",
                         STAGES_LIMIT, SPLITTER_GROWTH);
    if (!memory_grow((void **)&list->items, &list->capacity, list->count + 1,
                     sizeof *list->items, error))
        return false;
    list->items[list->count++] = *splitter;
    return true;
}

/* Room for everything that a splitter may write, so that words stay put. */
static bool reserve_text(const struct splitter *splitter,
                         const struct words *from, struct words *to,
                         struct error *error)
{
    if (splitter->growth == 0)
        return true;
    size_t bytes = from->count;
    for (size_t i = 0; i < from->count; i++)
        bytes += from->items[i].length;
    return buffer_reserve(to->text, bytes * splitter->growth, error);
}

static bool split_words(const struct splitter *splitter,
                        const struct words *from, const char *text_start,
                        struct words *to, struct error *error)
{
    to->count = 0;
    to->text->length = 0;
    if (!reserve_text(splitter, from, to, error))
        return false;
    for (size_t i = 0; i < from->count; i++) {
        struct slice word = from->items[i];
        bool at_start = i == 0 && word.bytes == text_start;
        if (!splitter->split(splitter, word, at_start, to, error))
            return false;
    }
    return true;
}

/* A splitter that rewrote: the words lie in its buffer from now on, and the
 * next one that rewrites takes the other. */
static bool end_rewriting(struct split_scratch *scratch, struct words *done,
                          struct error *error)
{
    const struct buffer *text = done->text;
    scratch->source = text->bytes;
    scratch->words[0].text = scratch->words[1].text =
        &scratch->texts[text == &scratch->texts[0]];
    return trace_end_stage(&scratch->trace, text->length, error);
}

const struct words *pretokenize(const struct splitter_list *list,
                                struct slice text, bool at_start,
                                struct split_scratch *scratch,
                                struct error *error)
{
    struct words *words = &scratch->words[0], *other = &scratch->words[1];
    words->count = 0;
    words->text = other->text = &scratch->texts[0];
    words->alignment = other->alignment = trace_stage(&scratch->trace);
    scratch->source = text.bytes;
    if (!words_add(words, text.bytes, text.bytes + text.length, error) ||
        !trace_start(&scratch->trace, error))
        return NULL;
    for (size_t i = 0; i < list->count; i++) {
        other->source = scratch->source;
        if (!split_words(&list->items[i], words, at_start ? text.bytes : NULL,
                         other, error) ||
            (list->items[i].growth > 0 &&
             !end_rewriting(scratch, other, error)))
            return NULL;
        struct words *done = other;
        other = words;
        words = done;
    }
    return words;
}

struct span split_origin(const struct split_scratch *scratch, struct slice part)
{
    size_t begin = (size_t)(part.bytes - scratch->source);
    return alignment_origin(&scratch->trace.whole,
                            (struct span){begin, begin + part.length});
}
