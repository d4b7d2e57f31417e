/*
 * slots.h - the modules a checkpoint is made of, independent of their names.
 *
 * A family gives the name of each slot it has as in its published files; "%zu"
 * stands for the layer.  A module has a .weight and, where slot_shape says so,
 * a .bias; SLOT_IS_VECTOR is one tensor of that name.
 */
#ifndef NN_SLOTS_H
#define NN_SLOTS_H

#include "model/tensors.h"
#include "nn/spec.h"

enum slot {
    SLOT_WORD,
    SLOT_POSITION,
    SLOT_TOKEN_TYPE,
    SLOT_EMBEDDING_NORM,
    SLOT_EMBEDDING_PROJECTION, /* from the tables' width to hidden */
    SLOT_PROJECTIONS,          /* query, key and value in one matrix */
    SLOT_QUERY,
    SLOT_KEY,
    SLOT_VALUE,
    SLOT_QUERY_NORM, /* has_query_norm */
    SLOT_KEY_NORM,
    SLOT_QUERY_BIAS, /* has_split_bias */
    SLOT_VALUE_BIAS,
    SLOT_RELATIVE, /* rows of relative positions */
    SLOT_RELATIVE_NORM,
    SLOT_RELATIVE_KEY, /* their projections, unless shared */
    SLOT_RELATIVE_QUERY,
    SLOT_CONVOLUTION,
    SLOT_CONVOLUTION_NORM,
    SLOT_ATTENTION_OUT,
    SLOT_ATTENTION_NORM,
    SLOT_SECOND_NORM, /* has_second_norm */
    SLOT_FEEDFORWARD_IN,
    SLOT_FEEDFORWARD_OUT,
    SLOT_FEEDFORWARD_NORM,
    SLOT_FINAL_NORM, /* NORM_BEFORE: after the last layer */
    SLOT_HEAD_DENSE,
    SLOT_HEAD_NORM,
    SLOT_HEAD_OUT,
    SLOT_COUNT
};

struct slot_names {
    const char *prefix; /* "bert.": files of a bare encoder lack it */
    const char *modules[SLOT_COUNT];
};

enum slot_kind {
    SLOT_IS_TABLE,      /* weight[rows][columns] */
    SLOT_IS_LINEAR,     /* weight[rows][columns], perhaps bias[rows] */
    SLOT_IS_NORM,       /* weight[rows], perhaps bias[rows] */
    SLOT_IS_VECTOR,     /* [rows], named without a part */
    SLOT_IS_CONVOLUTION /* weight[rows][columns][taps], perhaps bias[rows] */
};

struct slot_shape {
    enum slot_kind kind;
    bool is_per_layer, has_bias;
    size_t rows, columns; /* rows 0: this spec has no such module */
    size_t taps;          /* SLOT_IS_CONVOLUTION */
};

struct slot_shape slot_shape(const struct spec *spec, enum slot slot);

/* "bert.encoder.layer.3.output.dense" + ".weight" */
enum { SLOT_NAME_BYTES = 192 };
void slot_name(const struct slot_names *names, enum slot slot, size_t layer,
               const char *part, char out[SLOT_NAME_BYTES]);

/* The tensor of that name, or of it without the prefix; NULL without. */
const struct tensor *slot_tensor(const struct slot_names *names,
                                 const struct tensors *tensors, enum slot slot,
                                 size_t layer, const char *part);
const struct tensor *slot_tensor_named(const struct slot_names *names,
                                       const struct tensors *tensors,
                                       const char *name);

#endif
