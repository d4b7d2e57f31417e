/*
 * relative.h - the relative positions of disentangled attention (DeBERTa):
 * which row of their table a distance has, and the rows as keys and queries
 * of each layer.  These depend on weights alone and are made at load.
 * Private to nn/.
 */
#ifndef NN_RELATIVE_H
#define NN_RELATIVE_H

#include "nn/loader.h"

/* The table, widened and normed, into loader->relative_rows. */
bool relative_open(struct loader *loader);

/* A layer's projections of it; the layer's own are in the checkpoint too. */
bool relative_load(struct loader *loader, struct relative *relative);

/* The row, 0 .. 2 span - 1, for a query `distance` tokens after its key. */
size_t relative_row(const struct relative_spec *relative, ptrdiff_t distance);

/* In texts of up to this many tokens distance x has row span + x. */
size_t relative_plain_tokens(const struct relative_spec *relative);

#endif
