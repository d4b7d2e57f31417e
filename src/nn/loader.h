/*
 * loader.h - one module of a checkpoint at a time: finds its tensors by the
 * family's names, checks their shapes against the spec, widens and packs.
 * Private to nn/; load.c says in which order.  False or NULL with the tensor
 * that is missing, of a wrong shape or of a wrong type.
 */
#ifndef NN_LOADER_H
#define NN_LOADER_H

#include "base/memory.h"
#include "model/tensors.h"
#include "nn/slots.h"
#include "nn/weights.h"

struct loader {
    const struct spec *spec;
    const struct slot_names *names;
    const struct tensors *tensors;
    const struct kernels *kernels;
    const char *directory;         /* for messages */
    struct arena *memory;          /* lives as long as the weights */
    struct arena scratch;          /* widened matrices on their way to a pack */
    struct arena shared;           /* what several layers are made from */
    struct relative relative_rows; /* of all layers, not yet projected */
    size_t layer;                  /* of the slots that have one */
    struct error *error;
};

/* The tensor of a module's part (".weight"), NULL without; sets its name. */
const struct tensor *loader_find(const struct loader *loader, enum slot slot,
                                 const char *part, char name[SLOT_NAME_BYTES]);
/* Says that a module has no such tensor; always false. */
bool loader_missing(const struct loader *loader, enum slot slot,
                    const char *name);

/* A slot of zero rows is left as it is, and that is fine. */
bool loader_table(struct loader *loader, enum slot slot,
                  struct embedding *table);
bool loader_norm(struct loader *loader, enum slot slot, struct norm *norm);
/* Empties the scratch. */
bool loader_linear(struct loader *loader, enum slot slot,
                   struct linear *linear);
/* Left NULL when the slot's shape says that it has none. */
bool loader_bias(struct loader *loader, enum slot slot, const float **bias);
/* As wide as the slot has rows; `part` "" for SLOT_IS_VECTOR. */
bool loader_vector(struct loader *loader, enum slot slot, const char *part,
                   const float **out);

/* The weight as float32: in place, or widened into the arena. */
const float *loader_matrix(struct loader *loader, enum slot slot,
                           struct arena *arena);
/* Packs matrix[outputs][inputs]; NULL is passed through as false. */
bool loader_pack(struct loader *loader, const float *matrix,
                 struct linear *linear);
/* Where such a matrix goes: it stays only if the pack is the matrix itself. */
struct arena *loader_matrix_arena(struct loader *loader, size_t outputs,
                                  size_t inputs);

#endif
