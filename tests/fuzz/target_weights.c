/*
 * target_weights.c - containers of weights: what they add to the table of
 * tensors lies in the file or in a copy, and is as large as its shape says.
 */
#include "targets.h"

#include "base/memory.h"
#include "model/checkpoint.h"
#include "model/safetensors.h"
#include "model/torchfile.h"

typedef bool read_container(struct tensors *tensors, const char *path,
                            struct error *error);

static void check_tensor(const struct tensor *tensor)
{
    uint64_t bytes = tensor_element_bytes(tensor->type);
    if (tensor->type == TENSOR_OTHER)
        return;
    fuzz_require(tensor->dimensions <= TENSOR_DIMENSIONS);
    for (size_t i = 0; i < tensor->dimensions; i++)
        fuzz_require(!__builtin_mul_overflow(bytes, tensor->shape[i], &bytes));
    fuzz_require(bytes == tensor->bytes);
    fuzz_touch(tensor->data, tensor->bytes);
}

static void read_weights(read_container *read, const char *path)
{
    struct error error = {0};
    struct tensors tensors = {0};
    bool fine = read(&tensors, path, &error);
    fuzz_require_error(fine, &error);
    for (size_t i = 0; i < tensors.count; i++) {
        const struct tensor *tensor = &tensors.list[i];
        if (fine)
            check_tensor(tensor);
        fuzz_require(tensors_find(&tensors, tensor->name) == tensor);
    }
    tensors_free(&tensors);
}

void target_safetensors(const struct fuzz_target *target, struct slice input)
{
    (void)target;
    read_weights(safetensors_read, fuzz_file(0, input));
}

void target_torchfile(const struct fuzz_target *target, struct slice input)
{
    (void)target;
    read_weights(torchfile_read, fuzz_file(0, input));
}

void target_checkpoint(const struct fuzz_target *target, struct slice input)
{
    static const char *const names[] = {"model.safetensors.index.json",
                                        "pytorch_model.bin.index.json", "a",
                                        "b", NULL};
    (void)target;
    read_weights(checkpoint_open, fuzz_directory(input, names));
    fuzz_directory_clear();
}
