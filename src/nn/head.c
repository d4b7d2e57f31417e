#include "nn/forward.h"

bool head_run(struct forward *forward, const float *pooled, float *logits)
{
    const struct spec *spec = forward->spec;
    const struct weights *weights = forward->weights;
    const struct kernels *kernels = forward->kernels;
    size_t rows = forward->batch->sequences, width = spec_output_columns(spec);
    const float *x = pooled;

    if (spec->has_head_dense) {
        float *dense = forward_take(forward, rows, width);
        if (dense == NULL)
            return false;
        linear_run(&weights->head_dense, rows, operand_f32(x, spec->hidden),
                   spec->head_activation, dense, width);
        if (spec->has_head_norm)
            norm_run(kernels, &weights->head_norm, rows, width, dense, NULL,
                     spec->head_epsilon, dense);
        x = dense;
    }
    linear_run(&weights->head_out, rows, operand_f32(x, width),
               spec->output_activation, logits, spec->labels);
    return true;
}
