/*
 * id_texts.h - texts by their ids: the queries and documents of a collection,
 * as far as they are wanted.
 *
 * A file has lines of id TAB text, or objects with _id (or id), text and maybe
 * title as BEIR has them (text is then title, blank, text).  Only texts of
 * wanted ids are kept, so that a collection may be much larger than memory.
 * Owns ids and texts until id_texts_free.
 */
#ifndef IO_ID_TEXTS_H
#define IO_ID_TEXTS_H

#include "base/memory.h"
#include "base/text.h"

struct id_text {
    struct slice id, text; /* text.bytes NULL: not found yet */
};

struct id_texts {
    struct id_text *list;
    size_t count, capacity;
    struct slice_map by_id;
    struct arena memory;
    struct buffer room; /* for a text that is being put together */
};

/* The place of an id in the list, added when it is new. */
bool id_texts_want(struct id_texts *texts, struct slice id, size_t *at,
                   struct error *error);
/* Gives a wanted id its text, which is copied. */
bool id_texts_set(struct id_texts *texts, size_t at, struct slice text,
                  struct error *error);
/* Fills in what is wanted; two texts of one wanted id are an error. */
bool id_texts_fill(struct id_texts *texts, const char *path,
                   struct error *error);
/* The same; a text that is not there is an error too. */
bool id_texts_read(struct id_texts *texts, const char *path,
                   struct error *error);
void id_texts_free(struct id_texts *texts);

#endif
