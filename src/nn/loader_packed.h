/*
 * loader_packed.h - the loader and packed files: what is there already need
 * not be made, and what was made is listed to be written.
 *
 * A tensor of a packed file has the name and the shape of the published one;
 * its layout says how a matrix lies.  Where several modules come from one
 * tensor, or a table is derived from others, a part is added to the module's
 * name.  Private to nn/.
 */
#ifndef NN_LOADER_PACKED_H
#define NN_LOADER_PACKED_H

#include "nn/loader.h"

#define PART_QUERY    ".weight.query"
#define PART_KEY      ".weight.key"
#define PART_VALUE    ".weight.value"
#define PART_ARRANGED ".weight.arranged"
#define PART_RELATIVE ".relative"

/* A packed matrix as linear's product takes it: as it lies, or unpacked to be
 * packed again where the product is another one. */
bool loader_open_packed(struct loader *loader, const struct tensor *tensor,
                        const struct linear *linear, struct matrix *matrix);
/* The same of a module's part, to the end; *found false where it is absent. */
bool loader_find_packed(struct loader *loader, enum slot slot, const char *part,
                        struct linear *linear, bool *found);
/* A packed matrix as float32, in the arena. */
const float *loader_unpack(struct loader *loader, const struct tensor *tensor,
                           struct arena *arena);
/* A float32 table [rows][columns] that is a module's part, or NULL. */
const float *loader_find_derived(struct loader *loader, enum slot slot,
                                 const char *part, size_t rows, size_t columns);

/* What goes into the list, where there is one; a name that is in it already
 * is left alone.  A table has a row of `rows` when columns is 0. */
bool loader_list_table(struct loader *loader, const char *name, size_t rows,
                       size_t columns, const float *table);
bool loader_list_derived(struct loader *loader, enum slot slot,
                         const char *part, size_t rows, size_t columns,
                         const float *table);
bool loader_list_packed(struct loader *loader, const char *name,
                        const struct linear *linear);
/* A module's weight, with its scales, as the checkpoint has it. */
bool loader_list_stored(struct loader *loader, enum slot slot);

#endif
