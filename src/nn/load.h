/*
 * load.h - tensors -> weights: finds each module by its family's names, checks
 * its shape against the spec, widens and packs.
 */
#ifndef NN_LOAD_H
#define NN_LOAD_H

#include "base/memory.h"
#include "model/tensors.h"
#include "nn/slots.h"
#include "nn/spec.h"
#include "nn/weights.h"

struct encoder_source {
    const struct slot_names *names;
    const struct tensors *tensors; /* must outlive the weights */
    const struct kernels *kernels;
    enum precision precision; /* of the layers' products; else float32 */
    const char *directory;    /* for messages */
    int workers;              /* that load the layers; 0: as 1 */
    /* What the weights consist of is appended, pointing into them and the
     * tensors, to be written to a packed file; NULL: it is not. */
    struct tensors *list;
};

/*
 * What a checkpoint's layers are stored for: int8 when all their matrices are
 * 8-bit rows, which have no other scores than those they were rounded for;
 * float32 for every float, whose published scores were computed so.
 */
enum precision load_stored_precision(const struct spec *spec,
                                     const struct slot_names *names,
                                     const struct tensors *tensors);

/* Sets spec->labels from the classifier when the config does not say it. */
bool load_weights(struct weights *weights, struct spec *spec,
                  const struct encoder_source *source, struct arena *memory,
                  struct error *error);

#endif
