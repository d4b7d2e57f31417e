/*
 * cached.h - which cached model an operand of rm or verify names.
 */
#ifndef CLI_CACHED_H
#define CLI_CACHED_H

#include "hub/inventory.h"

struct cached_operand {
    const struct cached_model *model;
    const char *revision; /* a ref or a commit; NULL: none was said */
};

/* NAME or NAME@REVISION as -m takes it: an id, or a name of the catalogue by
 * either of its ids.  False with error: the cache has no such model. */
bool cached_operand_find(struct cached_operand *found,
                         const struct inventory *inventory, const char *operand,
                         struct error *error);

#endif
