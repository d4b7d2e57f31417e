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
    enum precision precision;      /* of the layers' products */
    const char *directory;         /* for messages */
    struct arena *memory;          /* lives as long as the weights */
    struct arena scratch;          /* widened matrices on their way to a pack */
    struct arena shared;           /* what several layers are made from */
    struct relative relative_rows; /* of all layers, not yet projected */
    size_t layer;                  /* of the slots that have one */
    struct tensors *list; /* of what was made, for a packed file; or NULL */
    struct error *error;
};

/* The tensor of a module's part (".weight"), NULL without; sets its name. */
const struct tensor *loader_find(const struct loader *loader, enum slot slot,
                                 const char *part, char name[SLOT_NAME_BYTES]);
/* Says that a module has no such tensor; always false. */
bool loader_missing(const struct loader *loader, enum slot slot,
                    const char *name);

/* Whether a tensor has that shape, which ends before a zero. */
bool loader_has_shape(const struct loader *loader, const struct tensor *tensor,
                      const char *name, size_t rows, size_t columns,
                      size_t taps);

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

/* A weight on its way to a pack: float32, or int8 with a scale for each row,
 * or packed already as the product has it. */
struct matrix {
    const void *data;
    size_t element_bytes;
    const float *scales; /* NULL: float32 */
    bool is_packed;
    char name[SLOT_NAME_BYTES]; /* of what goes into a packed file; "": none */
};

/* As linear->gemm takes it: 8-bit rows stay as they are where they may. */
bool loader_weights(struct loader *loader, enum slot slot,
                    const struct linear *linear, struct matrix *matrix);
bool loader_pack(struct loader *loader, const struct matrix *matrix,
                 struct linear *linear);
/* The slot's product, of the precision that it is to have; nothing packed. */
struct linear loader_product(const struct loader *loader, enum slot slot,
                             size_t outputs, size_t inputs);
/* Where its matrix goes: it stays only if the pack is the matrix itself. */
struct arena *loader_matrix_arena(struct loader *loader,
                                  const struct linear *linear);

#endif
