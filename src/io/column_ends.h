/*
 * column_ends.h - one record as columns: their ends in a text that joins them.
 *
 * Lines point into the record, CSV into a buffer of decoded columns with the
 * delimiter between them; so a range of columns is one slice in both.  The
 * ends belong to the struct until column_ends_free.
 */
#ifndef IO_COLUMN_ENDS_H
#define IO_COLUMN_ENDS_H

#include "io/reader_format.h"

struct column_ends {
    size_t *ends; /* [count] in the text */
    size_t count, capacity;
};

/* The next column ends here. */
bool column_ends_add(struct column_ends *columns, size_t end,
                     struct error *error);
void column_ends_free(struct column_ends *columns);

/* Fills selection->texts; false with message 6 where columns are missing. */
bool column_ends_select(const struct column_ends *columns, struct slice text,
                        struct selection *selection, char delimiter,
                        struct place place, struct error *error);

/* Turns the selection's names into columns of this header; false with the
 * columns there are. */
bool column_ends_resolve(const struct column_ends *columns, struct slice text,
                         struct selection *selection, struct place place,
                         struct error *error);

#endif
