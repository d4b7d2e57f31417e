/*
 * torchfile_state.h - a state dict: tensors as views of storages.
 *
 * torchfile_state_read finds out which storages there are; the caller, who
 * knows the form of the file, says where each lies (storage->data); then
 * torchfile_state_add fills the table of tensors.  Several tensors may be views
 * of one storage.
 */
#ifndef MODEL_TORCHFILE_STATE_H
#define MODEL_TORCHFILE_STATE_H

#include "model/pickle.h"
#include "model/tensors.h"

struct torchfile_storage {
    struct slice key;
    enum tensor_type type;
    size_t width; /* bytes of an element */
    uint64_t count;
    uint64_t bytes;   /* width * count */
    const char *data; /* the caller's: that many bytes */
};

struct torchfile_state {
    const char *path; /* for errors */
    struct arena arena;
    struct pickle_value root;
    struct torchfile_storage *storages;
    size_t count, capacity;
    struct slice_map by_key; /* -> index in storages */
};

/* Any pickle of a torchfile; its values live as long as the state. */
bool torchfile_pickle(struct torchfile_state *state, struct slice *stream,
                      struct pickle_value *value, struct error *error);

/* Reads the pickle of the state dict into a state that has a path. */
bool torchfile_state_read(struct torchfile_state *state, struct slice *stream,
                          struct error *error);

struct torchfile_storage *
torchfile_state_find(const struct torchfile_state *state, struct slice key);

/* Appends all tensors; copies take copy_limit_bytes at most. */
bool torchfile_state_add(const struct torchfile_state *state,
                         struct tensors *tensors, uint64_t copy_limit_bytes,
                         struct error *error);

void torchfile_state_free(struct torchfile_state *state);

#endif
