#include "nn/relative.h"

#include "nn/linear.h"
#include "nn/loader_packed.h"

#include <math.h>

/*
 * Distances beyond half the buckets lie on a logarithmic scale.  In float32
 * and in this order, as the reference has it: ceil() sees the last bit.
 */
static float bucket_of(const struct relative_spec *relative, size_t size)
{
    size_t middle = relative->buckets / 2;
    float end = (float)((double)(relative->reach - 1) / (double)middle);
    float part = logf((float)size / (float)middle) / logf(end);
    return ceilf(part * (float)(middle - 1)) + (float)middle;
}

size_t relative_row(const struct relative_spec *relative, ptrdiff_t distance)
{
    double span = (double)relative->span, place = (double)distance;
    size_t size = distance < 0 ? (size_t)-distance : (size_t)distance;
    if (relative->buckets > 0 && size > relative->buckets / 2) {
        double bucket = (double)bucket_of(relative, size);
        place = distance < 0 ? -bucket : bucket;
    }
    return (size_t)(fmin(fmax(place, -span), span - 1) + span);
}

size_t relative_plain_tokens(const struct relative_spec *relative)
{
    size_t middle = relative->buckets / 2;
    if (relative->buckets > 0 && middle < relative->span)
        return middle + 1;
    return relative->span;
}

/* The projections of the tables. */
static enum slot key_slot(const struct relative_spec *relative)
{
    return relative->shares_projections ? SLOT_KEY : SLOT_RELATIVE_KEY;
}

static enum slot query_slot(const struct relative_spec *relative)
{
    return relative->shares_projections ? SLOT_QUERY : SLOT_RELATIVE_QUERY;
}

/* Each row's first `columns` columns the other way round. */
static void reverse_columns(size_t rows, size_t columns, size_t stride,
                            const float *in, float *out)
{
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++)
            out[row * stride + i] = in[row * stride + columns - 1 - i];
}

/* Whether a packed file has the tables as relative_load would make them. */
static bool is_packed(const struct loader *loader)
{
    const struct relative_spec *relative = &loader->spec->relative;
    char name[SLOT_NAME_BYTES];
    enum slot slot = relative->content_to_position ? key_slot(relative)
                                                   : query_slot(relative);
    return loader_find(loader, slot, PART_RELATIVE, name) != NULL;
}

bool relative_open(struct loader *loader)
{
    const struct relative_spec *relative = &loader->spec->relative;
    const struct kernels *kernels = loader->kernels;
    size_t hidden = loader->spec->hidden, rows = 2 * relative->span;
    size_t stride = row_distance(rows);
    struct norm norm = {0};
    loader->relative_rows.stride = stride;
    if (rows == 0 || is_packed(loader))
        return true;
    /* First, as it holds the sizes of config.json against the file. */
    const float *table = loader_matrix(loader, SLOT_RELATIVE, &loader->scratch);
    if (table == NULL)
        return false;
    float *normed = arena_take(&loader->scratch, rows * hidden, sizeof *normed,
                               loader->error);
    float *rising = arena_take(&loader->shared, stride * hidden, sizeof *rising,
                               loader->error);
    float *falling = arena_take(&loader->shared, stride * hidden,
                                sizeof *falling, loader->error);
    if (normed == NULL || rising == NULL || falling == NULL ||
        !loader_norm(loader, SLOT_RELATIVE_NORM, &norm))
        return false;

    if (relative->has_norm) {
        norm_run(kernels, &norm, rows, hidden, table, NULL,
                 loader->spec->epsilon, normed);
        table = normed;
    }
    kernels->transpose_f32(rows, hidden, table, hidden, rising, stride);
    reverse_columns(hidden, rows, stride, rising, falling);
    loader->relative_rows = (struct relative){falling, rising, stride};
    arena_reset(&loader->scratch);
    return true;
}

/* Found in a packed file, or out[hidden][rows] = weight . in[hidden][rows] +
 * bias, rows at `stride`. */
static const float *project(struct loader *loader, enum slot slot,
                            const float *in, size_t stride)
{
    size_t hidden = loader->spec->hidden;
    size_t rows = 2 * loader->spec->relative.span;
    const float *made =
        loader_find_derived(loader, slot, PART_RELATIVE, hidden, stride);
    if (made != NULL || loader->error->set)
        return made;
    if (in == NULL) {
        loader_missing(loader, slot, "of relative positions");
        return NULL;
    }
    const float *weight = loader_matrix(loader, slot, &loader->scratch);
    const float *bias = NULL;
    float *out =
        arena_take(loader->memory, hidden * stride, sizeof *out, loader->error);
    if (weight == NULL || out == NULL || !loader_bias(loader, slot, &bias))
        return NULL;

    loader->kernels->matmul_f32(hidden, rows, hidden, weight, hidden, in,
                                stride, out, stride);
    for (size_t i = 0; bias != NULL && i < hidden; i++)
        for (size_t row = 0; row < rows; row++)
            out[i * stride + row] += bias[i];
    arena_reset(&loader->scratch);
    return loader_list_derived(loader, slot, PART_RELATIVE, hidden, stride, out)
               ? out
               : NULL;
}

bool relative_load(struct loader *loader, struct relative *relative)
{
    const struct relative_spec *spec = &loader->spec->relative;
    const struct relative *rows = &loader->relative_rows;
    relative->stride = rows->stride;
    if (spec->content_to_position)
        relative->keys =
            project(loader, key_slot(spec), rows->keys, rows->stride);
    if (spec->position_to_content)
        relative->queries =
            project(loader, query_slot(spec), rows->queries, rows->stride);
    return !loader->error->set;
}
