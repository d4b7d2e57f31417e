/*
 * tensors.h - the table of tensors that every weight container gives.
 *
 * Tensors point into read-only mappings or copies that the table owns.  Every
 * offset and shape has been checked against the file's length before it is in
 * the table.
 */
#ifndef MODEL_TENSORS_H
#define MODEL_TENSORS_H

#include "base/error.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/text.h"

enum { TENSOR_DIMENSIONS = 4 };

enum tensor_type {
    TENSOR_F32,
    TENSOR_F16,
    TENSOR_BF16,
    TENSOR_I8,
    TENSOR_WEIGHT_TYPES, /* those before it are what weights may be; */
    /* those after it occur in packed files' tables */
    TENSOR_F64 = TENSOR_WEIGHT_TYPES,
    TENSOR_U8,
    TENSOR_I32,
    TENSOR_U32,
    TENSOR_U64,
    TENSOR_OTHER /* listed, never read: index buffers of old checkpoints */
};

struct tensor {
    struct slice name;
    enum tensor_type type;
    size_t dimensions;
    uint64_t shape[TENSOR_DIMENSIONS];
    const void *data; /* may be unaligned */
    size_t bytes;
    /* Of a matrix in a packed file, whose shape is still that of the matrix:
     * how it lies (kernels/layout.h).  NULL: row by row. */
    const char *layout;
};

struct tensors {
    struct tensor *list;
    size_t count, capacity;
    struct slice_map by_name; /* -> index in list */
    struct file *files;       /* mappings */
    size_t file_count, file_capacity;
    void **copies; /* of tensors that no file holds as they are */
    size_t copy_count, copy_capacity;
    struct arena names;
};

/* Bytes of one element; 0 for TENSOR_OTHER. */
size_t tensor_element_bytes(enum tensor_type type);

/* How many elements a weight has; 0 for what is none. */
double tensor_elements(const struct tensor *tensor);

/* Appends a tensor; its name is copied.  A name twice is an error. */
bool tensors_add(struct tensors *tensors, const struct tensor *tensor,
                 const char *path, struct error *error);
/* Takes over a mapping. */
bool tensors_keep_file(struct tensors *tensors, struct file file,
                       struct error *error);
/* Memory that lives as long as the table. */
void *tensors_new_copy(struct tensors *tensors, size_t bytes,
                       struct error *error);
/* Takes over what the tensors of another table point into. */
bool tensors_take_bytes(struct tensors *tensors, struct tensors *other,
                        struct error *error);

const struct tensor *tensors_find(const struct tensors *tensors,
                                  struct slice name);
const char *tensor_type_name(enum tensor_type type);
void tensors_free(struct tensors *tensors);

#endif
