/*
 * file_list.h - the names of --files0-from.
 */
#ifndef IO_FILE_LIST_H
#define IO_FILE_LIST_H

#include "base/text.h"

/* Owns the names until file_list_free. */
struct file_list {
    struct buffer bytes; /* the names as they came, each ended by NUL */
    const char **names;
    size_t count;
};

/* Names ended by NUL, of a file or ("-") of standard input.  None at all, an
 * empty one and lines instead are errors. */
bool file_list_read(struct file_list *list, const char *path,
                    struct error *error);
void file_list_free(struct file_list *list);

#endif
