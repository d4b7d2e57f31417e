/*
 * pickle_machine.h - the stack machine that pickle.c's opcodes work on.
 *
 * A stack of values with marks in it, and a memo of values that come again.
 * No step takes more memory than a fixed amount for each byte of the pickle.
 * Everything that fails says so in machine->error and returns false or NULL.
 */
#ifndef MODEL_PICKLE_MACHINE_H
#define MODEL_PICKLE_MACHINE_H

#include "model/pickle.h"

enum { ABOVE_MARK = 255 }; /* as a count of values */

struct machine {
    const char *start, *at, *end; /* of the stream */
    const struct pickle_classes *classes;
    struct arena *arena;
    struct pickle_value *stack, *memo;
    size_t count, capacity, memo_count, memo_capacity;
    size_t *marks; /* heights of the stack */
    size_t mark_count, mark_capacity;
    const char *opcode; /* the name of the one that runs */
    size_t opcode_at;   /* where it lies, for messages */
    uint64_t operand;   /* that follows it, or what its row says */
    bool stopped;
    const char *path;
    struct error *error;
};

bool machine_damaged(const struct machine *machine, const char *what);
void machine_free(struct machine *machine);

/* The next bytes of the stream: as many, or up to the end of the line. */
bool machine_bytes(struct machine *machine, uint64_t length,
                   struct slice *bytes);
bool machine_line(struct machine *machine, struct slice *line);

bool machine_push(struct machine *machine, struct pickle_value value);
bool machine_pop(struct machine *machine, struct pickle_value *value);
bool machine_mark(struct machine *machine);

/*
 * Takes the last `wanted` values off the stack, or all above the last mark
 * with it.  They stay readable until the next push.
 */
bool machine_take(struct machine *machine, uint64_t wanted,
                  const struct pickle_value **first, size_t *count);

/* A new value with copies of these items. */
bool machine_push_items(struct machine *machine, enum pickle_kind kind,
                        const struct pickle_class *class,
                        const struct pickle_value *values, size_t count);
/* A call of the class.  It shares the arguments: one tuple may come in many
 * calls, and tuples never change. */
bool machine_push_call(struct machine *machine,
                       const struct pickle_class *class,
                       const struct pickle_items *arguments);
/* The items of the value on top, which must be of that kind. */
struct pickle_items *machine_top(struct machine *machine,
                                 enum pickle_kind kind);
bool machine_append(struct machine *machine, struct pickle_items *items,
                    const struct pickle_value *values, size_t count);

/* The value on top goes to a place of the memo and stays. */
bool machine_put(struct machine *machine, uint64_t place);
bool machine_get(struct machine *machine, uint64_t place);

#endif
