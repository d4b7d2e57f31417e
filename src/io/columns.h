/*
 * columns.h - one record as columns: their ends in a text that joins them.
 *
 * Lines point into the record, CSV into a buffer of decoded columns with the
 * delimiter between them; so a range of columns is one slice in both.  The
 * ends belong to the struct until columns_free.
 */
#ifndef IO_COLUMNS_H
#define IO_COLUMNS_H

#include "io/reader_format.h"

struct columns {
    size_t *ends; /* [count] in the text */
    size_t count, capacity;
};

/* The next column ends here. */
bool columns_add(struct columns *columns, size_t end, struct error *error);
void columns_free(struct columns *columns);

/* Fills selection->texts; false with message 6 where columns are missing. */
bool columns_select(const struct columns *columns, struct slice text,
                    struct selection *selection, char delimiter,
                    struct place place, struct error *error);

/* Turns the selection's names into columns of this header; false with the
 * columns there are. */
bool columns_resolve(const struct columns *columns, struct slice text,
                     struct selection *selection, struct place place,
                     struct error *error);

#endif
