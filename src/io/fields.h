/*
 * fields.h - the LIST of -f and -g: which parts of a record are texts.
 *
 * cut's list: 2, 2,5, 3-, -2, 2-4 (1-based); names when there is a header; keys
 * or dotted paths (a.b.c) in JSON.  Each item gives one text; a range of
 * several columns is one text with the delimiters between them.
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
    char *text; /* owns the names */
};

/* `option` ("-f") is named in errors. */
bool fields_parse(struct field_list *list, const char *option,
                  const char *text, struct error *error);
bool fields_by_name(const struct field_list *list); /* any item is a name */
void fields_free(struct field_list *list);

#endif
