#include "model/pickle_machine.h"

#include <string.h>

bool machine_damaged(const struct machine *machine, const char *what)
{
    return error_set(machine->error,
                     "%s: the pickle is damaged: %s at byte %zu: %s",
                     machine->path, machine->opcode, machine->opcode_at, what);
}

void machine_free(struct machine *machine)
{
    memory_free(machine->stack);
    memory_free(machine->memo);
    memory_free(machine->marks);
}

bool machine_bytes(struct machine *machine, uint64_t length,
                   struct slice *bytes)
{
    if (length > (size_t)(machine->end - machine->at))
        return machine_damaged(machine, "it leads out of the pickle");
    *bytes = (struct slice){machine->at, (size_t)length};
    machine->at += length;
    return true;
}

bool machine_line(struct machine *machine, struct slice *line)
{
    size_t left = (size_t)(machine->end - machine->at);
    const char *end = left > 0 ? memchr(machine->at, '\n', left) : NULL;
    if (end == NULL)
        return machine_damaged(machine, "it leads out of the pickle");
    *line = (struct slice){machine->at, (size_t)(end - machine->at)};
    machine->at = end + 1;
    return true;
}

bool machine_push(struct machine *machine, struct pickle_value value)
{
    if (!memory_grow((void **)&machine->stack, &machine->capacity,
                     machine->count + 1, sizeof value, machine->error))
        return false;
    machine->stack[machine->count++] = value;
    return true;
}

/* Height of the stack that opcodes may not take from. */
static size_t last_mark(const struct machine *machine)
{
    return machine->mark_count > 0 ? machine->marks[machine->mark_count - 1]
                                   : 0;
}

static struct pickle_value *top(struct machine *machine)
{
    if (machine->count > last_mark(machine))
        return &machine->stack[machine->count - 1];
    machine_damaged(machine, "the stack is empty");
    return NULL;
}

bool machine_pop(struct machine *machine, struct pickle_value *value)
{
    const struct pickle_value *last = top(machine);
    if (last == NULL)
        return false;
    *value = *last;
    machine->count--;
    return true;
}

bool machine_mark(struct machine *machine)
{
    if (!memory_grow((void **)&machine->marks, &machine->mark_capacity,
                     machine->mark_count + 1, sizeof *machine->marks,
                     machine->error))
        return false;
    machine->marks[machine->mark_count++] = machine->count;
    return true;
}

bool machine_take(struct machine *machine, uint64_t wanted,
                  const struct pickle_value **first, size_t *count)
{
    *count = machine->count - last_mark(machine);
    if (wanted == ABOVE_MARK) {
        if (machine->mark_count == 0)
            return machine_damaged(machine, "no mark is set");
        machine->mark_count--;
    } else {
        if (wanted > *count)
            return machine_damaged(machine, "the stack is empty");
        *count = (size_t)wanted;
    }
    machine->count -= *count;
    *first = *count > 0 ? machine->stack + machine->count : NULL;
    return true;
}

bool machine_append(struct machine *machine, struct pickle_items *items,
                    const struct pickle_value *values, size_t count)
{
    size_t needed = items->count + count;
    if (needed > items->capacity) {
        size_t capacity = 2 * items->capacity;
        if (capacity < needed)
            capacity = needed;
        struct pickle_value *larger = arena_take(
            machine->arena, capacity, sizeof *larger, machine->error);
        if (larger == NULL)
            return false;
        if (items->count > 0)
            memcpy(larger, items->values, items->count * sizeof *larger);
        items->values = larger;
        items->capacity = capacity;
    }
    if (count > 0)
        memcpy(items->values + items->count, values, count * sizeof *values);
    items->count = needed;
    return true;
}

bool machine_push_items(struct machine *machine, enum pickle_kind kind,
                        const struct pickle_class *class,
                        const struct pickle_value *values, size_t count)
{
    struct pickle_items *items =
        arena_take(machine->arena, 1, sizeof *items, machine->error);
    if (items == NULL)
        return false;
    *items = (struct pickle_items){.class = class};
    return machine_append(machine, items, values, count) &&
           machine_push(machine,
                        (struct pickle_value){.kind = kind, .items = items});
}

bool machine_push_call(struct machine *machine,
                       const struct pickle_class *class,
                       const struct pickle_items *arguments)
{
    struct pickle_items *items =
        arena_take(machine->arena, 1, sizeof *items, machine->error);
    if (items == NULL)
        return false;
    *items = *arguments;
    items->class = class;
    return machine_push(
        machine, (struct pickle_value){.kind = PICKLE_CALL, .items = items});
}

struct pickle_items *machine_top(struct machine *machine, enum pickle_kind kind)
{
    const struct pickle_value *value = top(machine);
    if (value == NULL)
        return NULL;
    if (value->kind == kind)
        return value->items;
    machine_damaged(machine, kind == PICKLE_LIST
                                 ? "a list was expected on the stack"
                                 : "a dictionary was expected on the stack");
    return NULL;
}

bool machine_put(struct machine *machine, uint64_t place)
{
    const struct pickle_value *value = top(machine);
    if (value == NULL)
        return false;
    /* Writers count up, so that no place is beyond the bytes read so far. */
    if (place >= (size_t)(machine->at - machine->start))
        return machine_damaged(machine, "a place of the memo too far");
    if (!memory_grow((void **)&machine->memo, &machine->memo_capacity,
                     (size_t)place + 1, sizeof *machine->memo, machine->error))
        return false;
    machine->memo[place] = *value;
    if (place >= machine->memo_count)
        machine->memo_count = (size_t)place + 1;
    return true;
}

bool machine_get(struct machine *machine, uint64_t place)
{
    if (place >= machine->memo_count ||
        machine->memo[place].kind == PICKLE_UNSET)
        return machine_damaged(machine, "a place of the memo that is empty");
    return machine_push(machine, machine->memo[place]);
}
