/*
 * pytorch_model.bin: both forms give the tensors that torch gives; other files
 * of torch.save and damaged archives are refused.  The files are those of
 * make_torchfiles.py, which has checked the good ones with torch.
 */
#include "model/checkpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "torchfiles.h"

/* What state_dict() of make_torchfiles.py has. */

static const float counted[] = {0, 1, 2, 3, 4, 5};
static const float turned[] = {0, 3, 1, 4, 2, 5};
static const float columns[] = {0, 2, 3, 5};
static const float cube[] = {0, 2, 4, 6, 1, 3, 5, 7};
static const float nines[] = {9, 9, 9};
static const float seven[] = {7};
static const float quarters[] = {0.5f, 0.25f};
static const uint16_t halves[] = {0x3C00, 0xC000};
static const uint16_t bfloats[] = {0x3F80, 0xC000};
static const int8_t bytes[] = {1, -2};

static const struct {
    const char *name;
    enum tensor_type type;
    size_t dimensions;
    uint64_t shape[TENSOR_DIMENSIONS];
    const void *values;
    size_t bytes;
} wanted_tensors[] = {
    {"matrix", TENSOR_F32, 2, {2, 3}, counted, 24},
    {"row", TENSOR_F32, 1, {3}, counted + 3, 12},
    {"turned", TENSOR_F32, 2, {3, 2}, turned, 24},
    {"columns", TENSOR_F32, 2, {2, 2}, columns, 16},
    {"cube", TENSOR_F32, 3, {2, 2, 2}, cube, 32},
    {"expanded", TENSOR_F32, 1, {3}, nines, 12},
    {"half", TENSOR_F16, 1, {2}, halves, 4},
    {"bfloat", TENSOR_BF16, 1, {2}, bfloats, 4},
    {"bytes", TENSOR_I8, 1, {2}, bytes, 2},
    {"parameter", TENSOR_F32, 1, {2}, quarters, 8},
    {"scalar", TENSOR_F32, 0, {0}, seven, 4},
    {"empty", TENSOR_F32, 2, {0, 3}, "", 0},
    {"thin", TENSOR_F32, 2, {1, 3}, counted, 12},
    {"deep", TENSOR_OTHER, 5, {1, 1, 1, 1}, NULL, 8},
    {"double", TENSOR_OTHER, 1, {1}, NULL, 8},
    {"ids", TENSOR_OTHER, 2, {1, 4}, NULL, 32},
    {"flags", TENSOR_OTHER, 1, {2}, NULL, 2},
};
enum { WANTED = sizeof wanted_tensors / sizeof *wanted_tensors };

static void check_tensors(const struct tensors *tensors)
{
    assert_int_equal(tensors->count, WANTED);
    for (size_t i = 0; i < WANTED; i++) {
        const struct tensor *tensor = &tensors->list[i];
        assert_true(slice_is(tensor->name, wanted_tensors[i].name));
        assert_int_equal(tensor->type, wanted_tensors[i].type);
        assert_int_equal(tensor->dimensions, wanted_tensors[i].dimensions);
        assert_memory_equal(tensor->shape, wanted_tensors[i].shape,
                            sizeof tensor->shape);
        assert_int_equal(tensor->bytes, wanted_tensors[i].bytes);
        if (wanted_tensors[i].values != NULL && tensor->bytes > 0)
            assert_memory_equal(tensor->data, wanted_tensors[i].values,
                                tensor->bytes);
    }
}

/* Row-major tensors are where the file is mapped, tied ones in one place. */
static void check_places(const struct tensors *tensors)
{
    const float *matrix = tensors_find(tensors, slice_of("matrix"))->data;
    assert_ptr_equal(tensors_find(tensors, slice_of("row"))->data, matrix + 3);
    assert_int_equal(tensors->file_count, 1);
    assert_int_equal(tensors->copy_count, 4);
    for (size_t i = 0; i < tensors->count; i++) {
        const struct tensor *tensor = &tensors->list[i];
        bool is_copied = slice_is(tensor->name, "turned") ||
                         slice_is(tensor->name, "columns") ||
                         slice_is(tensor->name, "cube") ||
                         slice_is(tensor->name, "expanded");
        assert_int_equal(lies_in(tensor, &tensors->files[0]), !is_copied);
    }
}

static void reads_good_files(void **state)
{
    static const char *const names[] = {"zip.bin", "zip64.bin", "protocol4.bin",
                                        "stream.bin"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tensors tensors = {0};
        struct error error = {0};
        char path[PATH_BYTES];
        data_path(names[i], path);
        if (!torchfile_read(&tensors, path, &error))
            fail_msg("%s", error.text);
        check_tensors(&tensors);
        check_places(&tensors);
        tensors_free(&tensors);
    }
}

static void reads_shards(void **state)
{
    struct tensors tensors;
    struct error error = {0};
    char path[PATH_BYTES];
    (void)state;
    data_path("sharded", path);
    if (!checkpoint_open(&tensors, path, &error))
        fail_msg("%s", error.text);
    assert_int_equal(tensors.count, 2);
    const float one = 1, two = 2;
    assert_memory_equal(tensors_find(&tensors, slice_of("a"))->data, &one, 4);
    assert_memory_equal(tensors_find(&tensors, slice_of("b"))->data, &two, 4);
    tensors_free(&tensors);
}

static void refuses_bad_files(void **state)
{
    static const struct {
        const char *name, *error;
    } cases[] = {
        {"big_endian.bin", "byte order 'big': only little-endian files are "
                           "read, save the model again on such a machine"},
        {"command.bin", "a pickle that calls 'posix.system': a state dict has "
                        "only tensors; nothing in it is run"},
        {"compressed.bin",
         "member 'archive/byteorder' is compressed: torch.save stores its "
         "members as they are, save the model again"},
        {"expanded.bin",
         "tensor 'a' has more elements than the file could hold"},
        {"float8.bin", "a pickle that calls 'torch._utils._rebuild_tensor_v3':"
                       " a state dict has only tensors; nothing in it is run"},
        {"list.bin", "the pickle holds a list: a state dict (names and "
                     "tensors) was expected"},
        {"negated.bin", "tensor 'a' is stored negated or conjugated: save its "
                        "resolve_neg()"},
        {"nested.bin", "'state_dict' is a dictionary where a tensor was "
                       "expected: a state dict is needed, as "
                       "model.state_dict() gives it"},
        {"no_folder.bin", "a zip archive without a folder: FOLDER/data.pkl "
                          "was expected, as torch.save writes it"},
        {"no_pickle.bin", "a zip archive without FOLDER/data.pkl: not a file "
                          "of torch.save"},
        {"no_storage.bin", "storage '0' is not in the file"},
        {"number.bin", "'epoch' is a number where a tensor was expected: a "
                       "state dict is needed, as model.state_dict() gives it"},
        {"short_storage.bin",
         "storage '0' has 7 bytes of 8: the file is damaged"},
        {"twice.bin", "member 'archive/data.pkl' is there twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file file = map_data(cases[i].name);
        assert_string_equal(error_of(file.bytes, file.length), cases[i].error);
        file_release(&file);
    }
    const char neither[] = "version https://git-lfs.github.com/spec/v1\n";
    assert_string_equal(error_of(neither, sizeof neither - 1),
                        "43 bytes that are neither a zip archive nor a "
                        "pickle: a file of torch.save was expected");
    assert_string_equal(error_of("", 0),
                        "0 bytes that are neither a zip archive nor a "
                        "pickle: a file of torch.save was expected");
}

static const char leads_out[] =
    "member 'archive/data.pkl' leads out of the file: the zip archive is "
    "damaged, copy the file again";
static const char compressed[] =
    "member 'archive/data.pkl' is compressed: torch.save stores its "
    "members as they are, save the model again";
static const char directory_out[] =
    "the directory leads out of the file: the zip archive is damaged, "
    "copy the file again";

/* `value` goes to `offset` of the first record with the mark. */
static const struct {
    const char *file;
    const char mark[5];
    size_t offset;
    uint64_t value; /* 4 bytes, or 8 when it is larger */
    const char *error;
} patches[] = {
    {"zip.bin", "PK\1\2", 42, 0x7FFFFFFF, leads_out},
    {"zip.bin", "PK\1\2", 42, 1, leads_out},
    {"zip.bin", "PK\3\4", 30, 0, leads_out},
    {"zip.bin", "PK\1\2", 20, 0x7FFFFFFF7FFFFFFF, leads_out},
    {"zip.bin", "PK\1\2", 42, 0xFFFFFFFF,
     "member 'archive/data.pkl' has no zip64 sizes"},
    {"zip.bin", "PK\1\2", 24, 0x7FFFFFFF, compressed},
    {"zip.bin", "PK\1\2", 8, 0x00080000, compressed},
    {"zip.bin", "PK\1\2", 8, 1, "member 'archive/data.pkl' is encrypted"},
    {"zip.bin", "PK\1\2", 28, 0xFFFF,
     "an entry leads out of the directory: the zip archive is damaged, "
     "copy the file again"},
    {"zip.bin", "PK\1\2", 0, 0,
     "an entry of the directory is broken: the zip archive is damaged, "
     "copy the file again"},
    {"zip.bin", "PK\5\6", 16, 0x7FFFFFFF, directory_out},
    {"zip.bin", "PK\5\6", 12, 0x7FFFFFFF, directory_out},
    {"zip.bin", "PK\5\6", 8, 0x7FFF0000, directory_out},
    {"zip64.bin", "PK\6\6", 48, 0x7FFFFFFF, directory_out},
    {"zip64.bin", "PK\6\6", 40, 0x7FFFFFFF, directory_out},
    {"zip64.bin", "PK\6\6", 32, 0x7FFFFFFF, directory_out},
    {"zip64.bin", "PK\6\6", 0, 0,
     "no zip64 directory: the zip archive is damaged, copy the file "
     "again"},
    {"zip64.bin", "PK\6\7", 8, 0x7FFFFFFF,
     "no zip64 directory: the zip archive is damaged, copy the file "
     "again"},
    {"zip64.bin", "PK\6\7", 0, 0,
     "no zip64 locator: the zip archive is damaged, copy the file again"},
    {"zip.bin", "PK\5\6", 8, 0,
     "a zip archive without a folder: FOLDER/data.pkl was expected, as "
     "torch.save writes it"},
    {"zip.bin", "PK\5\6", 18, 0x00010000,
     "no directory at the end of the zip archive: download was cut, run "
     "'xenc verify' or copy again"},
};

/* Fields of zip records that lead astray. */
static void refuses_wrong_offsets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof patches / sizeof *patches; i++) {
        struct file file = map_data(patches[i].file);
        char *copy = malloc(file.length);
        memcpy(copy, file.bytes, file.length);
        char *record = memmem(copy, file.length, patches[i].mark, 4);
        assert_non_null(record);
        for (size_t b = 0; b < (patches[i].value >> 32 ? 8 : 4); b++)
            record[patches[i].offset + b] = (char)(patches[i].value >> 8 * b);
        assert_string_equal(error_of(copy, file.length), patches[i].error);
        free(copy);
        file_release(&file);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_good_files),
        cmocka_unit_test(reads_shards),
        cmocka_unit_test(refuses_bad_files),
        cmocka_unit_test(refuses_wrong_offsets),
    };
    return cmocka_run_group_tests(tests, open_scratch, remove_scratch);
}
