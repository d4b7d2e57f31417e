/*
 * pickle.h - a pickle read as data.
 *
 * A pickle is a program for a stack machine.  This machine knows the few
 * opcodes that build a state dict and runs nothing: a class is a row of the
 * caller's table or the file is refused by its name, and a call is kept as the
 * class with its arguments.  Values live in the caller's arena, their texts in
 * the stream's bytes.  Format: pickletools.py of the Python library.
 */
#ifndef MODEL_PICKLE_H
#define MODEL_PICKLE_H

#include "base/error.h"
#include "base/memory.h"
#include "base/text.h"

/* A class or function that a pickle may name. */
struct pickle_class {
    const char *module, *name;
    bool is_dictionary; /* called with nothing, it gives an empty dictionary */
    int meaning;        /* the caller's own */
};

struct pickle_classes {
    const struct pickle_class *list;
    size_t count;
};

enum pickle_kind {
    PICKLE_UNSET, /* a place of the memo that was never filled */
    PICKLE_NONE,
    PICKLE_BOOLEAN,    /* integer */
    PICKLE_INTEGER,    /* integer */
    PICKLE_BIG,        /* text: more than 8 bytes, little-endian */
    PICKLE_TEXT,       /* text */
    PICKLE_TUPLE,      /* items */
    PICKLE_LIST,       /* items */
    PICKLE_DICTIONARY, /* items: key, value, key, value */
    PICKLE_CLASS,      /* class */
    PICKLE_CALL,       /* items: the arguments; items->class is called */
    PICKLE_OUTSIDE     /* items: one, the name of an object kept elsewhere */
};

struct pickle_items;
struct pickle_value {
    enum pickle_kind kind;
    union {
        int64_t integer;
        struct slice text;
        const struct pickle_class *class;
        struct pickle_items *items;
    };
};

struct pickle_items {
    const struct pickle_class *class; /* that was called, or NULL */
    struct pickle_value *values;
    size_t count, capacity;
};

/* "a dictionary", for messages. */
const char *pickle_kind_name(enum pickle_kind kind);

/* Reads the pickle in front of the stream and steps over it. */
bool pickle_read(struct slice *stream, const struct pickle_classes *classes,
                 struct arena *arena, struct pickle_value *value,
                 const char *path, struct error *error);

#endif
