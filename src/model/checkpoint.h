/*
 * checkpoint.h - which weight files a model directory has.
 *
 * The reference's order: model.safetensors, its shards by
 * model.safetensors.index.json, pytorch_model.bin, its shards; the first that
 * exists is used.
 */
#ifndef MODEL_CHECKPOINT_H
#define MODEL_CHECKPOINT_H

#include "model/tensors.h"

/* On failure the table is freed. */
bool checkpoint_open(struct tensors *tensors, const char *directory,
                     struct error *error);

#endif
