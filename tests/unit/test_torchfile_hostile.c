/*
 * pytorch_model.bin from an enemy: shapes and counts that lead astray, files
 * cut at every byte, bytes changed at random.  An error or tensors that lie
 * where they may, nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "torchfiles.h"

/* The old form with a tensor as the cases say. */

#define MAGIC   "\x80\2\x8a\12\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
#define VERSION "\x80\2M\xe9\3."
#define MACHINE "\x80\2}."
#define FLOATS  "ctorch\nFloatStorage\n"
#define STORAGE_AT(key, class, count)                                          \
    "(X\7\0\0\0storage" class "X\1\0\0\0" key "X\3\0\0\0cpu" count "tQ"
#define STORAGE(class, count) STORAGE_AT("k", class, count)
#define TENSOR(storage, offset, size, stride)                                  \
    "ctorch._utils\n_rebuild_tensor_v2\n(" storage offset size stride "\x89"   \
    "ccollections\nOrderedDict\n)RtR"
#define NAMED(name, value) "X\1\0\0\0" name value "s"
#define STATE(entries)     "\x80\2}" entries "."
#define KEYS               "]X\1\0\0\0ka."
#define DATA                                                                   \
    "\2\0\0\0\0\0\0\0"                                                         \
    "\0\0\x80\x3f"                                                             \
    "\0\0\0\x40"
#define STREAM(entries)                                                        \
    MAGIC VERSION MACHINE STATE(entries)                                       \
    KEYS DATA

#define ZERO        "K\0"
#define TWO         "K\2"
#define MINUS_ONE   "J\xff\xff\xff\xff"
#define HUGE_NUMBER "\x8a\10\0\0\0\0\0\0\0\x40" /* 2^62 */
#define SIZE        TWO "\x85"
#define STRIDE      "K\1\x85"
#define GOOD        TENSOR(STORAGE(FLOATS, TWO), ZERO, SIZE, STRIDE)
#define EXPANDED                                                               \
    TENSOR(STORAGE(FLOATS, TWO), ZERO, "M\0\1\x85", ZERO "\x85") /* 1 KiB */
#define ONES "K\1K\1K\1K\1K\1K\1K\1K\1K\1K\1K\1K\1K\1"
#define MANY "(" ONES ONES ONES ONES ONES "t"

#define BYTES(literal) literal, sizeof(literal) - 1
#define VIEW(offset, size, stride)                                             \
    BYTES(STREAM(                                                              \
        NAMED("a", TENSOR(STORAGE(FLOATS, TWO), offset, size, stride))))

static const char leads_out[] =
    "tensor 'a' leads out of its storage: the file is damaged";
static const char no_numbers[] =
    "tensor 'a' has no storage, offset, size and stride: the file is damaged";
static const char no_storage[] =
    "tensor 'a' has a storage of no known kind: the file is damaged";

static const struct {
    const char *bytes;
    size_t length;
    const char *error;
} streams[] = {
    {BYTES(STREAM(NAMED("a", GOOD))), ""},
    {BYTES(STREAM(NAMED("a", GOOD)) "more"), ""},
    {BYTES(STREAM(NAMED("a", GOOD) NAMED("b", GOOD))), ""},
    {BYTES(STREAM(NAMED("a", GOOD) NAMED("a", GOOD))),
     "tensor 'a' is there twice"},
    {VIEW("K\1", SIZE, STRIDE), leads_out},
    {VIEW(HUGE_NUMBER, SIZE, STRIDE), leads_out},
    {VIEW(ZERO, HUGE_NUMBER "\x85", STRIDE), leads_out},
    {VIEW(ZERO, HUGE_NUMBER HUGE_NUMBER "\x86", ZERO ZERO "\x86"), leads_out},
    {VIEW(ZERO, SIZE, HUGE_NUMBER "\x85"), leads_out},
    {VIEW(ZERO, MINUS_ONE "\x85", STRIDE), leads_out},
    {VIEW(ZERO, HUGE_NUMBER "\x85", ZERO "\x85"),
     "tensor 'a' has more elements than the file could hold"},
    {VIEW(MINUS_ONE, SIZE, STRIDE), no_numbers},
    {VIEW(ZERO, SIZE, ")"), no_numbers},
    {VIEW(ZERO, MANY, MANY), no_numbers},
    {BYTES(STREAM(NAMED("a", TENSOR("N", ZERO, SIZE, STRIDE)))), no_numbers},
    {BYTES(STREAM(NAMED("a", TENSOR("NQ", ZERO, SIZE, STRIDE)))), no_numbers},
    {BYTES(STREAM(NAMED("a", TENSOR(")Q", ZERO, SIZE, STRIDE)))), no_storage},
    {BYTES(STREAM(NAMED("a", TENSOR(STORAGE("ccollections\nOrderedDict\n", TWO),
                                    ZERO, SIZE, STRIDE)))),
     no_storage},
    {BYTES(STREAM(
         NAMED("a", TENSOR(STORAGE(FLOATS, HUGE_NUMBER), ZERO, SIZE, STRIDE)))),
     no_storage},
    {BYTES(STREAM(
         NAMED("a", TENSOR(STORAGE(FLOATS, "K\3"), ZERO, SIZE, STRIDE)))),
     "the file ends in storage 'k': download was cut, run 'xenc verify' or "
     "copy again"},
    {BYTES(STREAM(NAMED("a", TENSOR(STORAGE("ctorch\nHalfStorage\n", "K\3"),
                                    ZERO, SIZE, STRIDE)))),
     "storage 'k' has 2 elements, its tensor says 3: the file is damaged"},
    {BYTES(STREAM(NAMED("a", GOOD)
                      NAMED("b", TENSOR(STORAGE("ctorch\nIntStorage\n", TWO),
                                        ZERO, SIZE, STRIDE)))),
     "tensor 'b' has a storage that another tensor has with another type "
     "or size: the file is damaged"},
    {BYTES(STREAM("K\1" GOOD "s")),
     "a number where a tensor's name was expected"},
    {BYTES(STREAM(NAMED("a", "N"))),
     "'a' is nothing where a tensor was expected: a state dict is needed, "
     "as model.state_dict() gives it"},
    {BYTES(STREAM("")), "a list of the keys of 0 storages was expected: "
                        "the file is damaged"},
    {BYTES(MAGIC VERSION MACHINE STATE(NAMED("a", GOOD)) "]X\1\0\0\0ja." DATA),
     "key 1 of the storages is of no tensor or there twice: the file is "
     "damaged"},
    {BYTES(MAGIC VERSION MACHINE STATE(NAMED("a", GOOD) NAMED(
         "b", TENSOR(STORAGE_AT("j", FLOATS, TWO), ZERO, SIZE,
                     STRIDE))) "](X\1\0\0\0kX\1\0\0\0ke." DATA DATA),
     "key 2 of the storages is of no tensor or there twice: the file is "
     "damaged"},
    {BYTES(STREAM(NAMED("a", EXPANDED) NAMED("b", EXPANDED) NAMED("c", EXPANDED)
                      NAMED("d", EXPANDED))),
     "tensor 'c' has more elements than the file could hold"},
    {BYTES(MAGIC "K\1."), "a version of torch.save's stream that is not "
                          "known: 1001 was expected"},
    {BYTES("\x80\2K\1."), "a pickle without torch.save's magic number: a "
                          "state dict was expected, as torch.save writes "
                          "it"},
    {BYTES("\x80\2cos\nsystem\n(X\2\0\0\0lstR."),
     "a pickle that calls 'os.system': a state dict has only tensors; "
     "nothing in it is run"},
};

static void checks_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        assert_string_equal(error_of(streams[i].bytes, streams[i].length),
                            streams[i].error);
}

static void refuses_every_cut(void **state)
{
    static const char *const names[] = {"zip.bin", "zip64.bin", "stream.bin"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct file file = map_data(names[i]);
        for (size_t length = 0; length < file.length; length++)
            if (error_of(file.bytes, length)[0] == '\0')
                fail_msg("%s: %zu bytes are read", names[i], length);
        file_release(&file);
    }
}

/* What is read lies in the file or in a copy as large as the shape says. */
static void check_bounds(const struct tensors *tensors)
{
    size_t sum = 0;
    for (size_t i = 0; i < tensors->count; i++) {
        const struct tensor *tensor = &tensors->list[i];
        const unsigned char *data = tensor->data;
        if (!lies_in(tensor, &tensors->files[0]))
            assert_true(tensor->type != TENSOR_OTHER);
        for (size_t b = 0; b < tensor->bytes; b++)
            sum += data[b];
        size_t wanted = tensor_element_bytes(tensor->type);
        for (size_t d = 0; d < tensor->dimensions && wanted > 0; d++)
            wanted *= tensor->shape[d];
        if (tensor->type != TENSOR_OTHER)
            assert_int_equal(tensor->bytes, wanted);
    }
    assert_true(sum < SIZE_MAX); /* so that every byte is read */
}

/* A xorshift, so that a failure comes again (Marsaglia 2003). */
static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static void bears_flipped_bytes(void **state)
{
    static const char *const names[] = {"zip.bin", "zip64.bin", "protocol4.bin",
                                        "stream.bin"};
    uint32_t seed = 12345;
    size_t opened = 0, refused = 0;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct file file = map_data(names[i]);
        char *copy = malloc(file.length);
        for (size_t round = 0; round < 2000; round++) {
            struct tensors tensors;
            struct error error;
            memcpy(copy, file.bytes, file.length);
            for (uint32_t n = next_random(&seed) % 4 + 1; n > 0; n--)
                copy[next_random(&seed) % file.length] =
                    (char)next_random(&seed);
            bool fine = read_bytes(copy, file.length, &tensors, &error);
            if (fine)
                check_bounds(&tensors);
            fine ? opened++ : refused++;
            tensors_free(&tensors);
        }
        free(copy);
        file_release(&file);
    }
    /* Names and numbers may change unseen, as may padding; most do not. */
    assert_true(opened > 0 && refused > opened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_numbers),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(bears_flipped_bytes),
    };
    return cmocka_run_group_tests(tests, open_scratch, remove_scratch);
}
