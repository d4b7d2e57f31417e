/*
 * slots.h - the modules a checkpoint is made of, independent of their names.
 *
 * A family gives the name of each slot it has as in its published files; "%zu"
 * stands for the layer.  A module has a .weight and, but for tables, a .bias.
 */
#ifndef NN_SLOTS_H
#define NN_SLOTS_H

enum slot {
    SLOT_WORD,
    SLOT_POSITION,
    SLOT_TOKEN_TYPE,
    SLOT_EMBEDDING_NORM,
    SLOT_QUERY,
    SLOT_KEY,
    SLOT_VALUE,
    SLOT_ATTENTION_OUT,
    SLOT_ATTENTION_NORM,
    SLOT_FEEDFORWARD_IN,
    SLOT_FEEDFORWARD_OUT,
    SLOT_FEEDFORWARD_NORM,
    SLOT_HEAD_DENSE,
    SLOT_HEAD_OUT,
    SLOT_COUNT
};

struct slot_names {
    const char *prefix; /* "bert.": files of a bare encoder lack it */
    const char *modules[SLOT_COUNT];
};

#endif
