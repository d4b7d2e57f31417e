/*
 * The pickle machine: what it makes of the opcodes of a state dict, that it
 * refuses all others, and that a broken pickle is an error.
 */
#include "model/pickle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(literal)                                                         \
    {                                                                          \
        literal, sizeof(literal) - 1                                           \
    }

static const struct pickle_class class_list[] = {
    {"collections", "OrderedDict", true, 0},
    {"torch", "FloatStorage", false, 7},
};
static const struct pickle_classes classes = {class_list, 2};

static bool read_pickle(struct slice stream, struct arena *arena,
                        struct pickle_value *value, struct error *error)
{
    return pickle_read(&stream, &classes, arena, value, "f.bin", error);
}

/* Writes a value as Python would, to compare it with a text. */
static void print(const struct pickle_value *value, char *out, size_t room)
{
    static const char *const brackets[] = {[PICKLE_TUPLE] = "()",
                                           [PICKLE_LIST] = "[]",
                                           [PICKLE_DICTIONARY] = "{}",
                                           [PICKLE_CALL] = "<>",
                                           [PICKLE_OUTSIDE] = "@@"};
    size_t at = strlen(out);
    switch (value->kind) {
    case PICKLE_NONE:
        snprintf(out + at, room - at, "None");
        break;
    case PICKLE_BOOLEAN:
        snprintf(out + at, room - at, value->integer ? "True" : "False");
        break;
    case PICKLE_INTEGER:
        snprintf(out + at, room - at, "%lld", (long long)value->integer);
        break;
    case PICKLE_BIG:
        snprintf(out + at, room - at, "big%zu", value->text.length);
        break;
    case PICKLE_TEXT:
        snprintf(out + at, room - at, "'%.*s'", (int)value->text.length,
                 value->text.bytes);
        break;
    case PICKLE_CLASS:
        snprintf(out + at, room - at, "%s", value->class->name);
        break;
    default:
        snprintf(out + at, room - at, "%c", brackets[value->kind][0]);
        if (value->kind == PICKLE_CALL)
            snprintf(out + at + 1, room - at - 1, "%s ",
                     value->items->class->name);
        for (size_t i = 0; i < value->items->count; i++) {
            print(&value->items->values[i], out, room);
            strncat(out, " ", room - strlen(out) - 1);
        }
        strncat(out, &brackets[value->kind][1], room - strlen(out) - 1);
    }
}

static void reads_values(void **state)
{
    static const struct {
        struct slice pickle;
        const char *value;
    } cases[] = {
        {BYTES("\x80\2N."), "None"},
        {BYTES("\x80\5\x95\1\0\0\0\0\0\0\0\x88."), "True"},
        {BYTES("\x89."), "False"},
        {BYTES("K\xff."), "255"},
        {BYTES("M\1\2."), "513"},
        {BYTES("J\xfe\xff\xff\xff."), "-2"},
        {BYTES("\x8a\0."), "0"},
        {BYTES("\x8a\2\0\x80."), "-32768"},
        {BYTES("\x8a\3\xff\xff\0."), "65535"},
        {BYTES("\x8a\10\0\0\0\0\0\0\0\x80."), "-9223372036854775808"},
        {BYTES("\x8a\11\0\0\0\0\0\0\0\x80\0."), "big9"},
        {BYTES("X\2\0\0\0ab."), "'ab'"},
        {BYTES("\x8c\2ab."), "'ab'"},
        {BYTES(")."), "()"},
        {BYTES("K\1\x85."), "(1 )"},
        {BYTES("K\1K\2\x86."), "(1 2 )"},
        {BYTES("K\1K\2K\3\x87."), "(1 2 3 )"},
        {BYTES("(K\1(K\2tt."), "(1 (2 ) )"},
        {BYTES("]K\1a(K\2K\3e."), "[1 2 3 ]"},
        {BYTES("}K\1K\2s(K\3K\4K\5K\6u."), "{1 2 3 4 5 6 }"},
        {BYTES("(Nq\0K\1r\1\0\0\0h\0j\1\0\0\0t."), "(None 1 None 1 )"},
        {BYTES("(N\x94K\1\x94h\0h\1t."), "(None 1 None 1 )"},
        {BYTES("ctorch\nFloatStorage\n."), "FloatStorage"},
        {BYTES("\x8c\5torch\x8c\14FloatStorage\x93."), "FloatStorage"},
        {BYTES("ctorch\nFloatStorage\nK\1\x85R."), "<FloatStorage 1 >"},
        {BYTES("ccollections\nOrderedDict\n)RK\1K\2s."), "{1 2 }"},
        {BYTES("ccollections\nOrderedDict\n)R}b."), "{}"},
        {BYTES("ccollections\nOrderedDict\n]\x85R."), "<OrderedDict [] >"},
        {BYTES("K\1\x85Q."), "@(1 ) @"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct arena arena = {0};
        struct error error = {0};
        struct pickle_value value;
        char text[200] = "";
        if (!read_pickle(cases[i].pickle, &arena, &value, &error))
            fail_msg("case %zu: %s", i, error.text);
        print(&value, text, sizeof text);
        assert_string_equal(text, cases[i].value);
        arena_free(&arena);
    }
}

struct refusal {
    struct slice pickle;
    const char *error;
};

/* Every error is "f.bin: ", head, the case's own, tail. */
static void check_refusals(const struct refusal *cases, size_t count,
                           const char *head, const char *tail)
{
    for (size_t i = 0; i < count; i++) {
        struct arena arena = {0};
        struct error error = {0};
        struct pickle_value value;
        char wanted[300];
        snprintf(wanted, sizeof wanted, "f.bin: %s%s%s", head, cases[i].error,
                 tail);
        assert_false(read_pickle(cases[i].pickle, &arena, &value, &error));
        assert_string_equal(error.text, wanted);
        arena_free(&arena);
    }
}

static void refuses_by_name(void **state)
{
    static const struct refusal cases[] = {
        {BYTES("cos\nsystem\n(X\2\0\0\0lstR."), "that calls 'os.system'"},
        {BYTES("\x8c\2os\x8c\6system\x93."), "that calls 'os.system'"},
        {BYTES("ctorch\nFloatStorag\n."), "that calls 'torch.FloatStorag'"},
        {BYTES("cposix\nFloatStorage\n."), "that calls 'posix.FloatStorage'"},
        {BYTES("ctorch.FloatStorage\n\n."), "that calls 'torch.FloatStorage.'"},
        {BYTES("(ios\nsystem\n."), "with the opcode INST at byte 1"},
        {BYTES("ctorch\nFloatStorage\n)\x81."),
         "with the opcode NEWOBJ at byte 21"},
        {BYTES("\xff."), "with the opcode 0xff at byte 0"},
    };
    (void)state;
    check_refusals(cases, sizeof cases / sizeof *cases, "a pickle ",
                   ": a state dict has only tensors; nothing in it is run");
}

static void sees_damage(void **state)
{
    static const struct refusal cases[] = {
        {BYTES("\x80\6N."), "PROTO at byte 0: a protocol that is not known"},
        {BYTES("\x95\2\0\0\0\0\0\0\0."),
         "FRAME at byte 0: it leads out of the pickle"},
        {BYTES("."), "STOP at byte 0: the stack is empty"},
        {BYTES("N(."), "STOP at byte 2: the stack is empty"},
        {BYTES("Nt."), "TUPLE at byte 1: no mark is set"},
        {BYTES("N(K\1\x86."), "TUPLE2 at byte 4: the stack is empty"},
        {BYTES("h\0."), "BINGET at byte 0: a place of the memo that is empty"},
        {BYTES("Nq\2h\1."),
         "BINGET at byte 3: a place of the memo that is empty"},
        {BYTES("Nr\xff\xff\xff\xff."),
         "LONG_BINPUT at byte 1: a place of the memo too far"},
        {BYTES("\x94."), "MEMOIZE at byte 0: the stack is empty"},
        {BYTES("}(Nu."), "SETITEMS at byte 3: a key without its value"},
        {BYTES("]NNs."),
         "SETITEM at byte 3: a dictionary was expected on the stack"},
        {BYTES("}Na."), "APPEND at byte 2: a list was expected on the stack"},
        {BYTES("(Ne."), "APPENDS at byte 2: the stack is empty"},
        {BYTES("}}b."), "BUILD at byte 2: attributes of what has none"},
        {BYTES("ccollections\nOrderedDict\n)R)b."),
         "BUILD at byte 28: attributes of what has none"},
        {BYTES("K\1)R."),
         "REDUCE at byte 3: a call without a class and a tuple"},
        {BYTES("ctorch\nFloatStorage\n]R."),
         "REDUCE at byte 21: a call without a class and a tuple"},
        {BYTES("NN\x93."), "STACK_GLOBAL at byte 2: a class without a name"},
        {BYTES("X\4\0\0\0abc"),
         "BINUNICODE at byte 0: it leads out of the pickle"},
        {BYTES("X\1\0"), "BINUNICODE at byte 0: it leads out of the pickle"},
        {BYTES("\x8a\x09\1."), "LONG1 at byte 0: it leads out of the pickle"},
        {BYTES("ctorch\nFloat"),
         "GLOBAL at byte 0: it leads out of the pickle"},
    };
    static const struct refusal cuts[] = {{BYTES(""), ""}, {BYTES("N"), ""}};
    (void)state;
    check_refusals(cases, sizeof cases / sizeof *cases,
                   "the pickle is damaged: ", "");
    check_refusals(cuts, 2,
                   "the pickle ends before its STOP: download was "
                   "cut, run 'xenc verify' or copy again",
                   "");
}

/* An empty tuple, then the opcodes as often as wanted. */
static bool read_many(const char *opcodes, size_t count, struct error *error)
{
    size_t unit = strlen(opcodes), length = count * unit + 2;
    char *bytes = malloc(length);
    struct arena arena = {0};
    struct pickle_value value;
    bytes[0] = ')';
    for (size_t i = 0; i < count; i++)
        memcpy(bytes + 1 + i * unit, opcodes, unit);
    bytes[length - 1] = '.';
    bool fine =
        read_pickle((struct slice){bytes, length}, &arena, &value, error);
    arena_free(&arena);
    free(bytes);
    return fine;
}

/* Depth and number cost memory in proportion, nothing else. */
static void bears_depth(void **state)
{
    (void)state;
    static const char *const opcodes[] = {"\x85", "N", "(N", "]", "\x94"};
    for (size_t i = 0; i < sizeof opcodes / sizeof *opcodes; i++) {
        struct error error = {0};
        if (!read_many(opcodes[i], 300000, &error))
            fail_msg("%s", error.text);
    }
    struct error error = {0};
    assert_false(read_many("\x85", 2 << 20, &error));
    assert_string_equal(error.text,
                        "f.bin: a pickle of more than 1048576 bytes: a state "
                        "dict takes about 100 for each tensor");
}

/* A large tuple in many calls must not be there many times. */
static void shares_arguments(void **state)
{
    struct arena arena = {0};
    struct error error = {0};
    struct pickle_value value;
    (void)state;
    assert_true(read_pickle(
        (struct slice)BYTES("ctorch\nFloatStorage\nq\0K\1\x85q\1Rh\0h\1R"
                            "\x86."),
        &arena, &value, &error));
    const struct pickle_value *calls = value.items->values;
    assert_int_equal(calls[1].items->count, 1);
    assert_ptr_equal(calls[0].items->values, calls[1].items->values);
    arena_free(&arena);
}

/* A dictionary may hold itself: nothing follows what values hold. */
static void bears_circles(void **state)
{
    struct arena arena = {0};
    struct error error = {0};
    struct pickle_value value;
    (void)state;
    assert_true(read_pickle((struct slice)BYTES("}q\0K\1h\0s."), &arena, &value,
                            &error));
    assert_ptr_equal(value.items->values[1].items, value.items);
    arena_free(&arena);
}

/* A stream of pickles is read one by one. */
static void steps_over(void **state)
{
    struct slice stream = BYTES("K\1.K\2.rest");
    struct arena arena = {0};
    struct error error = {0};
    struct pickle_value value;
    (void)state;
    for (int64_t i = 1; i <= 2; i++) {
        assert_true(
            pickle_read(&stream, &classes, &arena, &value, "f.bin", &error));
        assert_int_equal(value.integer, i);
    }
    assert_true(slice_is(stream, "rest"));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_values),     cmocka_unit_test(refuses_by_name),
        cmocka_unit_test(sees_damage),      cmocka_unit_test(bears_depth),
        cmocka_unit_test(shares_arguments), cmocka_unit_test(bears_circles),
        cmocka_unit_test(steps_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
