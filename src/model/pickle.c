#include "model/pickle_machine.h"

#include <stdio.h>

enum {
    /* A state dict takes about 100 bytes a tensor; a hostile pickle of this
     * size costs 100 MB of memory and half a second at most (measured). */
    LIMIT_BYTES = 1 << 20,
    LAST_PROTOCOL = 5
};

const char *pickle_kind_name(enum pickle_kind kind)
{
    static const char *const names[] = {
        [PICKLE_UNSET] = "nothing",
        [PICKLE_NONE] = "nothing",
        [PICKLE_BOOLEAN] = "a truth value",
        [PICKLE_INTEGER] = "a number",
        [PICKLE_BIG] = "a number",
        [PICKLE_TEXT] = "a text",
        [PICKLE_TUPLE] = "a tuple",
        [PICKLE_LIST] = "a list",
        [PICKLE_CLASS] = "a class",
        [PICKLE_DICTIONARY] = "a dictionary",
        [PICKLE_CALL] = "an object",
        [PICKLE_OUTSIDE] = "a storage",
    };
    return names[kind];
}

static uint64_t little_endian(struct slice bytes)
{
    uint64_t value = 0;
    while (bytes.length-- > 0)
        value = value << 8 | (unsigned char)bytes.bytes[bytes.length];
    return value;
}

static bool run_protocol(struct machine *machine)
{
    return machine->operand <= LAST_PROTOCOL ||
           machine_damaged(machine, "a protocol that is not known");
}

/* A frame only groups what follows for readers from a pipe. */
static bool run_frame(struct machine *machine)
{
    return machine->operand <= (size_t)(machine->end - machine->at) ||
           machine_damaged(machine, "it leads out of the pickle");
}

static bool run_stop(struct machine *machine)
{
    machine->stopped = true;
    return true;
}

static bool run_none(struct machine *machine)
{
    return machine_push(machine, (struct pickle_value){.kind = PICKLE_NONE});
}

static bool run_boolean(struct machine *machine)
{
    return machine_push(
        machine, (struct pickle_value){.kind = PICKLE_BOOLEAN,
                                       .integer = (int64_t)machine->operand});
}

static bool push_integer(struct machine *machine, int64_t integer)
{
    return machine_push(machine, (struct pickle_value){.kind = PICKLE_INTEGER,
                                                       .integer = integer});
}

static bool run_unsigned(struct machine *machine)
{
    return push_integer(machine, (int64_t)machine->operand);
}

static bool run_signed(struct machine *machine)
{
    return push_integer(machine, (int32_t)(uint32_t)machine->operand);
}

static bool run_long(struct machine *machine)
{
    struct slice bytes;
    if (!machine_bytes(machine, machine->operand, &bytes))
        return false;
    if (bytes.length > 8)
        return machine_push(
            machine, (struct pickle_value){.kind = PICKLE_BIG, .text = bytes});
    uint64_t value = little_endian(bytes);
    /* Two's complement: the highest bit of the last byte is the sign. */
    size_t bits = 8 * bytes.length;
    if (bits > 0 && bits < 64 && value >> (bits - 1) != 0)
        value |= ~(uint64_t)0 << bits;
    return push_integer(machine, (int64_t)value);
}

static bool run_text(struct machine *machine)
{
    struct pickle_value value = {.kind = PICKLE_TEXT};
    return machine_bytes(machine, machine->operand, &value.text) &&
           machine_push(machine, value);
}

/* A tuple, list or dictionary: the operand is its kind. */
static bool run_empty(struct machine *machine)
{
    return machine_push_items(machine, (enum pickle_kind)machine->operand, NULL,
                              NULL, 0);
}

static bool run_tuple(struct machine *machine)
{
    const struct pickle_value *first;
    size_t count;
    return machine_take(machine, machine->operand, &first, &count) &&
           machine_push_items(machine, PICKLE_TUPLE, NULL, first, count);
}

static bool run_append(struct machine *machine)
{
    const struct pickle_value *first;
    size_t count;
    if (!machine_take(machine, machine->operand, &first, &count))
        return false;
    struct pickle_items *list = machine_top(machine, PICKLE_LIST);
    return list != NULL && machine_append(machine, list, first, count);
}

static bool run_set(struct machine *machine)
{
    const struct pickle_value *first;
    size_t count;
    if (!machine_take(machine, machine->operand, &first, &count))
        return false;
    if (count % 2 != 0)
        return machine_damaged(machine, "a key without its value");
    struct pickle_items *dictionary = machine_top(machine, PICKLE_DICTIONARY);
    return dictionary != NULL &&
           machine_append(machine, dictionary, first, count);
}

static bool run_put(struct machine *machine)
{
    return machine_put(machine, machine->operand);
}

static bool run_memoize(struct machine *machine)
{
    return machine_put(machine, machine->memo_count);
}

static bool run_get(struct machine *machine)
{
    return machine_get(machine, machine->operand);
}

static bool push_class(struct machine *machine, struct slice module,
                       struct slice name)
{
    for (size_t i = 0; i < machine->classes->count; i++) {
        const struct pickle_class *class = &machine->classes->list[i];
        if (slice_is(module, class->module) && slice_is(name, class->name))
            return machine_push(
                machine,
                (struct pickle_value){.kind = PICKLE_CLASS, .class = class});
    }
    char quoted_module[TEXT_QUOTE_BYTES], quoted_name[TEXT_QUOTE_BYTES];
    return error_set(machine->error,
                     "%s: a pickle that calls '%s.%s': a state dict has only "
                     "tensors; nothing in it is run",
                     machine->path, text_quote(module, quoted_module),
                     text_quote(name, quoted_name));
}

static bool run_global(struct machine *machine)
{
    struct slice module, name;
    return machine_line(machine, &module) && machine_line(machine, &name) &&
           push_class(machine, module, name);
}

static bool run_stack_global(struct machine *machine)
{
    struct pickle_value module, name;
    if (!machine_pop(machine, &name) || !machine_pop(machine, &module))
        return false;
    if (module.kind != PICKLE_TEXT || name.kind != PICKLE_TEXT)
        return machine_damaged(machine, "a class without a name");
    return push_class(machine, module.text, name.text);
}

/* Nothing is called: the call itself is the value. */
static bool run_reduce(struct machine *machine)
{
    struct pickle_value called, arguments;
    if (!machine_pop(machine, &arguments) || !machine_pop(machine, &called))
        return false;
    if (called.kind != PICKLE_CLASS || arguments.kind != PICKLE_TUPLE)
        return machine_damaged(machine, "a call without a class and a tuple");
    if (called.class->is_dictionary && arguments.items->count == 0)
        return machine_push_items(machine, PICKLE_DICTIONARY, called.class,
                                  NULL, 0);
    return machine_push_call(machine, called.class, arguments.items);
}

/* Attributes of an OrderedDict (_metadata, the versions of modules) say
 * nothing about tensors; nothing else may have any. */
static bool run_build(struct machine *machine)
{
    struct pickle_value attributes;
    if (!machine_pop(machine, &attributes))
        return false;
    const struct pickle_items *items = machine_top(machine, PICKLE_DICTIONARY);
    if (items == NULL)
        return false;
    return (items->class != NULL && attributes.kind == PICKLE_DICTIONARY) ||
           machine_damaged(machine, "attributes of what has none");
}

static bool run_outside(struct machine *machine)
{
    struct pickle_value name;
    return machine_pop(machine, &name) &&
           machine_push_items(machine, PICKLE_OUTSIDE, NULL, &name, 1);
}

static const struct opcode {
    const char *name;
    bool (*run)(struct machine *);
    unsigned char operand_bytes; /* that follow the opcode, little-endian */
    unsigned char operand;       /* when none follow */
} opcodes[256] = {
    ['('] = {"MARK", machine_mark, 0, 0},
    [')'] = {"EMPTY_TUPLE", run_empty, 0, PICKLE_TUPLE},
    ['.'] = {"STOP", run_stop, 0, 0},
    ['J'] = {"BININT", run_signed, 4, 0},
    ['K'] = {"BININT1", run_unsigned, 1, 0},
    ['M'] = {"BININT2", run_unsigned, 2, 0},
    ['N'] = {"NONE", run_none, 0, 0},
    ['Q'] = {"BINPERSID", run_outside, 0, 0},
    ['R'] = {"REDUCE", run_reduce, 0, 0},
    ['X'] = {"BINUNICODE", run_text, 4, 0},
    [']'] = {"EMPTY_LIST", run_empty, 0, PICKLE_LIST},
    ['a'] = {"APPEND", run_append, 0, 1},
    ['b'] = {"BUILD", run_build, 0, 0},
    ['c'] = {"GLOBAL", run_global, 0, 0},
    ['e'] = {"APPENDS", run_append, 0, ABOVE_MARK},
    ['h'] = {"BINGET", run_get, 1, 0},
    ['j'] = {"LONG_BINGET", run_get, 4, 0},
    ['q'] = {"BINPUT", run_put, 1, 0},
    ['r'] = {"LONG_BINPUT", run_put, 4, 0},
    ['s'] = {"SETITEM", run_set, 0, 2},
    ['t'] = {"TUPLE", run_tuple, 0, ABOVE_MARK},
    ['u'] = {"SETITEMS", run_set, 0, ABOVE_MARK},
    ['}'] = {"EMPTY_DICT", run_empty, 0, PICKLE_DICTIONARY},
    [0x80] = {"PROTO", run_protocol, 1, 0},
    [0x85] = {"TUPLE1", run_tuple, 0, 1},
    [0x86] = {"TUPLE2", run_tuple, 0, 2},
    [0x87] = {"TUPLE3", run_tuple, 0, 3},
    [0x88] = {"NEWTRUE", run_boolean, 0, true},
    [0x89] = {"NEWFALSE", run_boolean, 0, false},
    [0x8A] = {"LONG1", run_long, 1, 0},
    [0x8C] = {"SHORT_BINUNICODE", run_text, 1, 0},
    [0x93] = {"STACK_GLOBAL", run_stack_global, 0, 0},
    [0x94] = {"MEMOIZE", run_memoize, 0, 0},
    [0x95] = {"FRAME", run_frame, 8, 0},
};

/* No state dict has these: most are of protocols 0 and 1 or for bytes and
 * sets; INST, OBJ, NEWOBJ, EXT and PERSID make objects of any class. */
static const char *const refused_opcodes[256] = {
    ['0'] = "POP",
    ['1'] = "POP_MARK",
    ['2'] = "DUP",
    ['B'] = "BINBYTES",
    ['C'] = "SHORT_BINBYTES",
    ['F'] = "FLOAT",
    ['G'] = "BINFLOAT",
    ['I'] = "INT",
    ['L'] = "LONG",
    ['P'] = "PERSID",
    ['S'] = "STRING",
    ['T'] = "BINSTRING",
    ['U'] = "SHORT_BINSTRING",
    ['V'] = "UNICODE",
    ['d'] = "DICT",
    ['g'] = "GET",
    ['i'] = "INST",
    ['l'] = "LIST",
    ['o'] = "OBJ",
    ['p'] = "PUT",
    [0x81] = "NEWOBJ",
    [0x82] = "EXT1",
    [0x83] = "EXT2",
    [0x84] = "EXT4",
    [0x8B] = "LONG4",
    [0x8D] = "BINUNICODE8",
    [0x8E] = "BINBYTES8",
    [0x8F] = "EMPTY_SET",
    [0x90] = "ADDITEMS",
    [0x91] = "FROZENSET",
    [0x92] = "NEWOBJ_EX",
    [0x96] = "BYTEARRAY8",
    [0x97] = "NEXT_BUFFER",
    [0x98] = "READONLY_BUFFER",
};

static bool refuse(struct machine *machine, unsigned char code)
{
    char number[8];
    const char *name = refused_opcodes[code];
    if (name == NULL) {
        snprintf(number, sizeof number, "0x%02x", code);
        name = number;
    }
    return error_set(machine->error,
                     "%s: a pickle with the opcode %s at byte %zu: a state "
                     "dict has only tensors; nothing in it is run",
                     machine->path, name, machine->opcode_at);
}

static bool ends_early(const struct machine *machine)
{
    if (machine->end - machine->start == LIMIT_BYTES)
        return error_set(machine->error,
                         "%s: a pickle of more than %d bytes: a state dict "
                         "takes about 100 for each tensor",
                         machine->path, LIMIT_BYTES);
    return error_set(machine->error,
                     "%s: the pickle ends before its STOP: download was cut, "
                     "run 'xenc verify' or copy again",
                     machine->path);
}

static bool step(struct machine *machine)
{
    if (machine->at == machine->end)
        return ends_early(machine);
    machine->opcode_at = (size_t)(machine->at - machine->start);
    unsigned char code = (unsigned char)*machine->at++;
    const struct opcode *opcode = &opcodes[code];
    if (opcode->run == NULL)
        return refuse(machine, code);
    machine->opcode = opcode->name;
    machine->operand = opcode->operand;
    if (opcode->operand_bytes > 0) {
        struct slice bytes;
        if (!machine_bytes(machine, opcode->operand_bytes, &bytes))
            return false;
        machine->operand = little_endian(bytes);
    }
    return opcode->run(machine);
}

bool pickle_read(struct slice *stream, const struct pickle_classes *classes,
                 struct arena *arena, struct pickle_value *value,
                 const char *path, struct error *error)
{
    size_t length = stream->length < LIMIT_BYTES ? stream->length : LIMIT_BYTES;
    struct machine machine = {.start = stream->bytes,
                              .at = stream->bytes,
                              .end = stream->bytes + length,
                              .classes = classes,
                              .arena = arena,
                              .path = path,
                              .error = error};
    bool fine = true;
    while (fine && !machine.stopped)
        fine = step(&machine);
    fine = fine && machine_pop(&machine, value);
    machine_free(&machine);
    if (!fine)
        return false;
    stream->length -= (size_t)(machine.at - stream->bytes);
    stream->bytes = machine.at;
    return true;
}
