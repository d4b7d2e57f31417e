#include "model/torchfile_state.h"

#include <string.h>

/* torch's own limit; without one, a shape that is long and used often would
 * cost its length each time. */
enum { DIMENSION_LIMIT = 64 };

enum meaning {
    DICTIONARY,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    STORAGE /* and up: the row in storage_types */
};

static const struct {
    enum tensor_type type;
    size_t width;
} storage_types[] = {
    {TENSOR_F32, 4},   {TENSOR_F16, 2},   {TENSOR_BF16, 2},  {TENSOR_I8, 1},
    {TENSOR_OTHER, 1}, {TENSOR_OTHER, 2}, {TENSOR_OTHER, 4}, {TENSOR_OTHER, 8},
};

enum storage_type { F32, F16, BF16, I8, OTHER_1, OTHER_2, OTHER_4, OTHER_8 };

/* All that a state dict may name.  There is no other way to a class. */
static const struct pickle_class class_list[] = {
    {"collections", "OrderedDict", true, DICTIONARY},
    {"torch._utils", "_rebuild_tensor_v2", false, REBUILD_TENSOR},
    {"torch._utils", "_rebuild_parameter", false, REBUILD_PARAMETER},
    {"torch", "FloatStorage", false, STORAGE + F32},
    {"torch", "HalfStorage", false, STORAGE + F16},
    {"torch", "BFloat16Storage", false, STORAGE + BF16},
    {"torch", "CharStorage", false, STORAGE + I8},
    {"torch", "ByteStorage", false, STORAGE + OTHER_1},
    {"torch", "BoolStorage", false, STORAGE + OTHER_1},
    {"torch", "ShortStorage", false, STORAGE + OTHER_2},
    {"torch", "IntStorage", false, STORAGE + OTHER_4},
    {"torch", "LongStorage", false, STORAGE + OTHER_8},
    {"torch", "DoubleStorage", false, STORAGE + OTHER_8},
};

static const struct pickle_classes classes = {
    class_list, sizeof class_list / sizeof *class_list};

bool torchfile_pickle(struct torchfile_state *state, struct slice *stream,
                      struct pickle_value *value, struct error *error)
{
    return pickle_read(stream, &classes, &state->arena, value, state->path,
                       error);
}

void torchfile_state_free(struct torchfile_state *state)
{
    memory_free(state->storages);
    slice_map_free(&state->by_key);
    arena_free(&state->arena);
    *state = (struct torchfile_state){0};
}

struct torchfile_storage *
torchfile_state_find(const struct torchfile_state *state, struct slice key)
{
    int32_t at = slice_map_get(&state->by_key, key);
    return at < 0 ? NULL : &state->storages[at];
}

static bool refuse(const struct torchfile_state *state, struct slice name,
                   const char *why, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error, "%s: tensor '%s' %s", state->path,
                     text_quote(name, quoted), why);
}

static bool read_count(const struct pickle_value *value, uint64_t *count)
{
    if (value->kind != PICKLE_INTEGER || value->integer < 0)
        return false;
    *count = (uint64_t)value->integer;
    return true;
}

static bool is_call(const struct pickle_value *value, enum meaning meaning,
                    size_t arguments)
{
    return value->kind == PICKLE_CALL &&
           value->items->class->meaning == (int)meaning &&
           value->items->count >= arguments;
}

/* Bits beside the numbers: a tensor that is stored negated, for one. */
static bool has_bits(const struct pickle_items *arguments)
{
    enum { BITS = 6 };
    if (arguments->count <= BITS)
        return false;
    const struct pickle_value *bits = &arguments->values[BITS];
    return bits->kind != PICKLE_NONE &&
           (bits->kind != PICKLE_DICTIONARY || bits->items->count > 0);
}

/*
 * A tensor as the pickle has it: _rebuild_tensor_v2(storage, offset, size,
 * stride, requires_grad, hooks [, bits]), perhaps in _rebuild_parameter(tensor,
 * requires_grad, hooks).
 */
struct view {
    struct slice name;
    const struct pickle_value *storage; /* its persistent id, a tuple */
    uint64_t offset;                    /* in elements, as are the strides */
    size_t dimensions;
    const struct pickle_value *sizes, *strides;
};

static bool read_view(const struct torchfile_state *state,
                      const struct pickle_value *entry, struct view *view,
                      struct error *error)
{
    if (entry[0].kind != PICKLE_TEXT)
        return error_set(error, "%s: %s where a tensor's name was expected",
                         state->path, pickle_kind_name(entry[0].kind));
    view->name = entry[0].text;
    const struct pickle_value *value = &entry[1];
    if (is_call(value, REBUILD_PARAMETER, 1))
        value = &value->items->values[0];
    if (!is_call(value, REBUILD_TENSOR, 6)) {
        char quoted[TEXT_QUOTE_BYTES];
        return error_set(error,
                         "%s: '%s' is %s where a tensor was expected: a state "
                         "dict is needed, as model.state_dict() gives it",
                         state->path, text_quote(view->name, quoted),
                         pickle_kind_name(value->kind));
    }

    const struct pickle_value *arguments = value->items->values;
    if (has_bits(value->items))
        return refuse(state, view->name,
                      "is stored negated or conjugated: save its resolve_neg()",
                      error);
    if (arguments[0].kind != PICKLE_OUTSIDE ||
        arguments[0].items->values[0].kind != PICKLE_TUPLE ||
        !read_count(&arguments[1], &view->offset) ||
        arguments[2].kind != PICKLE_TUPLE ||
        arguments[3].kind != PICKLE_TUPLE ||
        arguments[2].items->count != arguments[3].items->count ||
        arguments[2].items->count > DIMENSION_LIMIT)
        return refuse(
            state, view->name,
            "has no storage, offset, size and stride: the file is damaged",
            error);
    view->storage = &arguments[0].items->values[0];
    view->dimensions = arguments[2].items->count;
    view->sizes = arguments[2].items->values;
    view->strides = arguments[3].items->values;
    return true;
}

/* ('storage', class, key, location, count), in the old form with the view of
 * another storage behind them, which no release since 0.4 has written. */
static bool read_storage(const struct pickle_items *id,
                         struct torchfile_storage *storage)
{
    const struct pickle_value *part = id->values;
    if (id->count < 5 || id->count > 6 || part[0].kind != PICKLE_TEXT ||
        !slice_is(part[0].text, "storage") || part[1].kind != PICKLE_CLASS ||
        part[1].class->meaning < STORAGE || part[2].kind != PICKLE_TEXT ||
        !read_count(&part[4], &storage->count) ||
        (id->count == 6 && part[5].kind != PICKLE_NONE))
        return false;
    int row = part[1].class->meaning - STORAGE;
    storage->key = part[2].text;
    storage->type = storage_types[row].type;
    storage->width = storage_types[row].width;
    return !__builtin_mul_overflow(storage->count, storage->width,
                                   &storage->bytes);
}

static bool collect_storage(struct torchfile_state *state,
                            const struct view *view, struct error *error)
{
    struct torchfile_storage storage = {0};
    if (!read_storage(view->storage->items, &storage))
        return refuse(state, view->name,
                      "has a storage of no known kind: the file is damaged",
                      error);
    const struct torchfile_storage *seen =
        torchfile_state_find(state, storage.key);
    if (seen != NULL)
        return (seen->type == storage.type && seen->bytes == storage.bytes) ||
               refuse(state, view->name,
                      "has a storage that another tensor has with another "
                      "type or size: the file is damaged",
                      error);
    if (!memory_grow((void **)&state->storages, &state->capacity,
                     state->count + 1, sizeof storage, error))
        return false;
    state->storages[state->count] = storage;
    return slice_map_put(&state->by_key, storage.key, (int32_t)state->count++,
                         error);
}

bool torchfile_state_read(struct torchfile_state *state, struct slice *stream,
                          struct error *error)
{
    if (!torchfile_pickle(state, stream, &state->root, error))
        return false;
    if (state->root.kind != PICKLE_DICTIONARY)
        return error_set(error,
                         "%s: the pickle holds %s: a state dict (names and "
                         "tensors) was expected",
                         state->path, pickle_kind_name(state->root.kind));
    const struct pickle_items *entries = state->root.items;
    for (size_t i = 0; i < entries->count; i += 2) {
        struct view view;
        if (!read_view(state, &entries->values[i], &view, error) ||
            !collect_storage(state, &view, error))
            return false;
    }
    return true;
}

/* Where the elements of a view lie in its storage. */
struct extent {
    uint64_t elements;
    uint64_t last;      /* element that the view reaches; of none if empty */
    bool is_contiguous; /* row-major without gaps */
    uint64_t strides[TENSOR_DIMENSIONS];
};

/* Fills the shape too.  False when the numbers are no shape. */
static bool measure(const struct view *view, struct tensor *tensor,
                    struct extent *extent)
{
    *extent = (struct extent){1, view->offset, true, {0}};
    for (size_t i = view->dimensions; i-- > 0;) {
        uint64_t size, stride, step;
        if (!read_count(&view->sizes[i], &size) ||
            !read_count(&view->strides[i], &stride))
            return false;
        if (size != 1 && stride != extent->elements)
            extent->is_contiguous = false;
        if (__builtin_mul_overflow(extent->elements, size, &extent->elements))
            return false;
        if (size > 0 &&
            (__builtin_mul_overflow(size - 1, stride, &step) ||
             __builtin_add_overflow(extent->last, step, &extent->last)))
            return false;
        if (i < TENSOR_DIMENSIONS) {
            tensor->shape[i] = size;
            extent->strides[i] = stride;
        }
    }
    tensor->dimensions = view->dimensions;
    if (extent->elements == 0)
        extent->is_contiguous = true;
    return true;
}

/* Writes the elements row-major. */
static void gather(const struct torchfile_storage *storage, uint64_t offset,
                   const struct extent *extent, const struct tensor *tensor,
                   char *to)
{
    uint64_t index[TENSOR_DIMENSIONS] = {0};
    for (uint64_t n = 0; n < extent->elements; n++) {
        uint64_t at = offset;
        for (size_t i = 0; i < tensor->dimensions; i++)
            at += index[i] * extent->strides[i];
        memcpy(to, storage->data + at * storage->width, storage->width);
        to += storage->width;
        for (size_t i = tensor->dimensions;
             i-- > 0 && ++index[i] == tensor->shape[i];)
            index[i] = 0;
    }
}

/* An expanded tensor may have more elements than its storage: the limit keeps
 * a small file from asking for all memory. */
static bool copy_view(const struct torchfile_state *state,
                      struct tensors *tensors, const struct view *view,
                      const struct torchfile_storage *storage,
                      const struct extent *extent, struct tensor *tensor,
                      uint64_t *limit_bytes, struct error *error)
{
    if (extent->elements > *limit_bytes / storage->width)
        return refuse(state, view->name,
                      "has more elements than the file could hold", error);
    tensor->bytes = (size_t)(extent->elements * storage->width);
    char *copy = tensors_new_copy(tensors, tensor->bytes, error);
    if (copy == NULL)
        return false;
    gather(storage, view->offset, extent, tensor, copy);
    tensor->data = copy;
    *limit_bytes -= tensor->bytes;
    return true;
}

static bool add_tensor(const struct torchfile_state *state,
                       struct tensors *tensors, const struct view *view,
                       uint64_t *copy_limit_bytes, struct error *error)
{
    const struct torchfile_storage *storage =
        torchfile_state_find(state, view->storage->items->values[2].text);
    struct tensor tensor = {.name = view->name, .type = storage->type};
    struct extent extent;
    if (!measure(view, &tensor, &extent) ||
        (extent.elements > 0 && extent.last >= storage->count))
        return refuse(state, view->name,
                      "leads out of its storage: the file is damaged", error);

    tensor.data = storage->data;
    if (tensor.dimensions > TENSOR_DIMENSIONS)
        tensor.type = TENSOR_OTHER;
    if (!extent.is_contiguous && tensor.type != TENSOR_OTHER) {
        if (!copy_view(state, tensors, view, storage, &extent, &tensor,
                       copy_limit_bytes, error))
            return false;
    } else if (extent.elements > 0) {
        tensor.data = storage->data + view->offset * storage->width;
        tensor.bytes =
            (size_t)((extent.last - view->offset + 1) * storage->width);
    }
    return tensors_add(tensors, &tensor, state->path, error);
}

bool torchfile_state_add(const struct torchfile_state *state,
                         struct tensors *tensors, uint64_t copy_limit_bytes,
                         struct error *error)
{
    const struct pickle_items *entries = state->root.items;
    for (size_t i = 0; i < entries->count; i += 2) {
        struct view view;
        if (!read_view(state, &entries->values[i], &view, error) ||
            !add_tensor(state, tensors, &view, &copy_limit_bytes, error))
            return false;
    }
    return true;
}
