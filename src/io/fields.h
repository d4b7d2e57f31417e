/*
 * fields.h - the LIST of -f and -g: which parts of a record are texts.
 *
 * cut's list: 2, 2,5, 3-, -2, 2-4 (1-based); names when there is a header; keys
 * or dotted paths (a.b.c) in JSON, where a number is a key too.  Each item
 * gives one text, in the order written; a range of several columns is one text
 * with the delimiters between them, and every column that it names must be
 * there ("3-" needs the third).
 */
#ifndef IO_FIELDS_H
#define IO_FIELDS_H

#include "base/error.h"
#include "base/text.h"

struct field {
    const char *name;   /* as written */
    size_t first, last; /* 1-based; last SIZE_MAX for "3-"; 0,0: by name */
};

struct field_list {
    struct field *items;
    size_t count;
    char *text;         /* owns the names and the option */
    const char *option; /* "-f" */
    char *written;      /* "-f1,2", for messages */
};

/* `option` ("-f") is named in errors. */
bool fields_parse(struct field_list *list, const char *option, const char *text,
                  struct error *error);
bool fields_by_name(const struct field_list *list); /* any item is a name */
/* Columns that a record must have for this item: 3 for "3" and "3-". */
size_t field_columns_needed(const struct field *field);
void fields_free(struct field_list *list);

#endif
