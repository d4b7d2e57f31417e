/*
 * checkpoint.h - which weight files a model directory has.
 *
 * The reference's order: model.safetensors, its shards by
 * model.safetensors.index.json, pytorch_model.bin, its shards; the first that
 * exists is used.
 */
#ifndef MODEL_CHECKPOINT_H
#define MODEL_CHECKPOINT_H

#include "base/json.h"
#include "model/tensors.h"

/* The names that a weight file may have, the one that is used first. */
struct checkpoint_name {
    const char *name;
    bool is_index;
};
enum { CHECKPOINT_NAMES = 4 };
extern const struct checkpoint_name checkpoint_names[CHECKPOINT_NAMES];

/*
 * Visits every file that the weight_map of an index names, each once, until a
 * visit fails.  `path` is the index's, for messages; a name that is not of a
 * file beside it is an error.
 */
typedef bool checkpoint_visit(void *context, const char *name,
                              struct error *error);
bool checkpoint_each_shard(const json_t *index, const char *path,
                           checkpoint_visit *visit, void *context,
                           struct error *error);

/* On failure the table is freed. */
bool checkpoint_open(struct tensors *tensors, const char *directory,
                     struct error *error);

#endif
