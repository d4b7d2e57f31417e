#include "text/pretokenize.h"

/*
 * Two lists of words take turns: a splitter reads one and appends to the
 * other.  A splitter that rewrites gets room for its worst case beforehand, so
 * that the words which point into its buffer never move.
 */

void split_scratch_free(struct split_scratch *scratch)
{
    for (size_t i = 0; i < 2; i++) {
        memory_free(scratch->words[i].items);
        buffer_free(&scratch->words[i].text);
    }
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
    return buffer_reserve(&to->text, bytes * splitter->growth, error);
}

static bool split_words(const struct splitter *splitter,
                        const struct words *from, const char *text_start,
                        struct words *to, struct error *error)
{
    to->count = 0;
    to->text.length = 0;
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

const struct words *pretokenize(const struct splitter_list *list,
                                struct slice text, bool at_start,
                                struct split_scratch *scratch,
                                struct error *error)
{
    struct words *words = &scratch->words[0], *other = &scratch->words[1];
    words->count = 0;
    if (!words_add(words, text.bytes, text.bytes + text.length, error))
        return NULL;
    for (size_t i = 0; i < list->count; i++) {
        if (!split_words(&list->items[i], words, at_start ? text.bytes : NULL,
                         other, error))
            return NULL;
        struct words *done = other;
        other = words;
        words = done;
    }
    return words;
}
