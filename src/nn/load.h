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

/*
 * `directory` is for messages.  Sets spec->labels from the classifier when the
 * config does not say it.  The tensors must outlive the weights.  What they
 * consist of is appended to `list`, for a packed file, unless that is NULL.
 */
bool load_weights(struct weights *weights, struct spec *spec,
                  const struct slot_names *names, const struct tensors *tensors,
                  const struct kernels *kernels, enum precision precision,
                  const char *directory, struct arena *memory,
                  struct tensors *list, struct error *error);

#endif
