#include "nn/slots.h"

#include <stdio.h>
#include <string.h>

/* Of slots, not of specs: what every family has in common. */
static const struct {
    enum slot_kind kind;
    bool is_per_layer;
} kinds[SLOT_COUNT] = {
    [SLOT_WORD] = {SLOT_IS_TABLE, false},
    [SLOT_POSITION] = {SLOT_IS_TABLE, false},
    [SLOT_TOKEN_TYPE] = {SLOT_IS_TABLE, false},
    [SLOT_EMBEDDING_NORM] = {SLOT_IS_NORM, false},
    [SLOT_EMBEDDING_PROJECTION] = {SLOT_IS_LINEAR, false},
    [SLOT_PROJECTIONS] = {SLOT_IS_LINEAR, true},
    [SLOT_QUERY] = {SLOT_IS_LINEAR, true},
    [SLOT_KEY] = {SLOT_IS_LINEAR, true},
    [SLOT_VALUE] = {SLOT_IS_LINEAR, true},
    [SLOT_QUERY_NORM] = {SLOT_IS_NORM, true},
    [SLOT_KEY_NORM] = {SLOT_IS_NORM, true},
    [SLOT_QUERY_BIAS] = {SLOT_IS_VECTOR, true},
    [SLOT_VALUE_BIAS] = {SLOT_IS_VECTOR, true},
    [SLOT_RELATIVE] = {SLOT_IS_TABLE, false},
    [SLOT_RELATIVE_NORM] = {SLOT_IS_NORM, false},
    [SLOT_RELATIVE_KEY] = {SLOT_IS_LINEAR, true},
    [SLOT_RELATIVE_QUERY] = {SLOT_IS_LINEAR, true},
    [SLOT_CONVOLUTION] = {SLOT_IS_CONVOLUTION, false},
    [SLOT_CONVOLUTION_NORM] = {SLOT_IS_NORM, false},
    [SLOT_ATTENTION_OUT] = {SLOT_IS_LINEAR, true},
    [SLOT_ATTENTION_NORM] = {SLOT_IS_NORM, true},
    [SLOT_SECOND_NORM] = {SLOT_IS_NORM, true},
    [SLOT_FEEDFORWARD_IN] = {SLOT_IS_LINEAR, true},
    [SLOT_FEEDFORWARD_OUT] = {SLOT_IS_LINEAR, true},
    [SLOT_FEEDFORWARD_NORM] = {SLOT_IS_NORM, true},
    [SLOT_FINAL_NORM] = {SLOT_IS_NORM, false},
    [SLOT_HEAD_DENSE] = {SLOT_IS_LINEAR, false},
    [SLOT_HEAD_NORM] = {SLOT_IS_NORM, false},
    [SLOT_HEAD_OUT] = {SLOT_IS_LINEAR, false},
};

struct size {
    size_t rows, columns;
    bool has_bias;
};

static struct size size_of(const struct spec *spec, enum slot slot)
{
    const struct relative_spec *relative = &spec->relative;
    const struct convolution_spec *convolution = &spec->convolution;
    size_t hidden = spec->hidden, wide = spec->intermediate;
    size_t tables = spec->embedding;
    bool norm = !spec->lacks_norm_bias;
    bool attention = !spec->lacks_attention_bias;
    bool feedforward = !spec->lacks_feedforward_bias;
    bool is_fused = spec->projection != PROJECTION_SEPARATE;
    size_t apart = is_fused ? 0 : hidden;
    size_t split = spec->has_split_bias ? hidden : 0;
    size_t mixed = convolution->taps > 0 ? hidden : 0;
    bool is_own = !relative->shares_projections;
    size_t position_key = is_own && relative->content_to_position ? hidden : 0;
    size_t position_query =
        is_own && relative->position_to_content ? hidden : 0;
    const struct size sizes[SLOT_COUNT] = {
        [SLOT_WORD] = {spec->vocabulary, tables, false},
        [SLOT_POSITION] = {spec->positions, tables, false},
        [SLOT_TOKEN_TYPE] = {spec->token_types, tables, false},
        [SLOT_EMBEDDING_NORM] = {spec->projects_before_norm ? hidden : tables,
                                 0, norm},
        [SLOT_EMBEDDING_PROJECTION] = {tables == hidden ? 0 : hidden, tables,
                                       !spec->lacks_projection_bias},
        [SLOT_PROJECTIONS] = {is_fused ? 3 * hidden : 0, hidden,
                              attention && split == 0},
        [SLOT_QUERY] = {apart, hidden, attention},
        [SLOT_KEY] = {apart, hidden, attention},
        [SLOT_VALUE] = {apart, hidden, attention},
        [SLOT_QUERY_NORM] = {spec->has_query_norm ? hidden : 0, 0, norm},
        [SLOT_KEY_NORM] = {spec->has_query_norm ? hidden : 0, 0, norm},
        [SLOT_QUERY_BIAS] = {split, 0, false},
        [SLOT_VALUE_BIAS] = {split, 0, false},
        [SLOT_RELATIVE] = {2 * relative->span, hidden, false},
        [SLOT_RELATIVE_NORM] = {relative->has_norm ? hidden : 0, 0, norm},
        [SLOT_RELATIVE_KEY] = {position_key, hidden, !relative->lacks_key_bias},
        [SLOT_RELATIVE_QUERY] = {position_query, hidden, true},
        [SLOT_CONVOLUTION] = {mixed, mixed ? hidden / convolution->groups : 0,
                              true},
        [SLOT_CONVOLUTION_NORM] = {mixed, 0, norm},
        [SLOT_ATTENTION_OUT] = {hidden, hidden, attention},
        [SLOT_ATTENTION_NORM] = {hidden, 0, norm},
        [SLOT_SECOND_NORM] = {spec->has_second_norm ? hidden : 0, 0, norm},
        [SLOT_FEEDFORWARD_IN] = {spec_feedforward_rows(spec), hidden,
                                 feedforward && !spec->lacks_gate_bias},
        [SLOT_FEEDFORWARD_OUT] = {hidden, wide, feedforward},
        [SLOT_FEEDFORWARD_NORM] = {hidden, 0, norm},
        [SLOT_FINAL_NORM] = {spec->norm_place == NORM_BEFORE ? hidden : 0, 0,
                             norm},
        [SLOT_HEAD_DENSE] = {spec->has_head_dense ? spec->head_rows : 0, hidden,
                             !spec->lacks_head_bias},
        [SLOT_HEAD_NORM] = {spec->has_head_norm ? spec->head_rows : 0, 0,
                            !spec->lacks_head_norm_bias},
        [SLOT_HEAD_OUT] = {spec->labels, spec_output_columns(spec),
                           !spec->lacks_output_bias},
    };
    return sizes[slot];
}

struct slot_shape slot_shape(const struct spec *spec, enum slot slot)
{
    struct size size = size_of(spec, slot);
    return (struct slot_shape){
        .kind = kinds[slot].kind,
        .is_per_layer = kinds[slot].is_per_layer,
        .has_bias = size.has_bias,
        .rows = size.rows,
        .columns = size.columns,
        .taps = kinds[slot].kind == SLOT_IS_CONVOLUTION ? spec->convolution.taps
                                                        : 0,
    };
}

void slot_name(const struct slot_names *names, enum slot slot, size_t layer,
               const char *part, char out[SLOT_NAME_BYTES])
{
    const char *pattern = names->modules[slot];
    const char *number = strstr(pattern, "%zu");
    if (number == NULL)
        snprintf(out, SLOT_NAME_BYTES, "%s%s", pattern, part);
    else
        snprintf(out, SLOT_NAME_BYTES, "%.*s%zu%s%s", (int)(number - pattern),
                 pattern, layer, number + 3, part);
}

const struct tensor *slot_tensor_named(const struct slot_names *names,
                                       const struct tensors *tensors,
                                       const char *name)
{
    const struct tensor *tensor = tensors_find(tensors, slice_of(name));
    size_t length = strlen(names->prefix);
    if (tensor == NULL && strncmp(name, names->prefix, length) == 0)
        tensor = tensors_find(tensors, slice_of(name + length));
    return tensor;
}

const struct tensor *slot_tensor(const struct slot_names *names,
                                 const struct tensors *tensors, enum slot slot,
                                 size_t layer, const char *part)
{
    char name[SLOT_NAME_BYTES];
    slot_name(names, slot, layer, part, name);
    return slot_tensor_named(names, tensors, name);
}
