#include "nn/forward.h"

bool head_run(struct forward *forward, const float *pooled, float *logits)
{
    const struct spec *spec = forward->spec;
    const struct weights *weights = forward->weights;
    const struct kernels *kernels = forward->kernels;
    size_t rows = forward->batch->sequences, hidden = spec->hidden;
    const float *x = pooled;

    if (spec->has_head_dense) {
        float *dense = forward_take(forward, rows, hidden);
        if (dense == NULL)
            return false;
        linear_run(kernels, &weights->head_dense, rows, x, hidden,
                   spec->head_activation, dense, hidden);
        if (spec->has_head_norm)
            norm_run(kernels, &weights->head_norm, rows, hidden, dense, NULL,
                     spec->epsilon, dense);
        x = dense;
    }
    linear_run(kernels, &weights->head_out, rows, x, hidden, ACTIVATION_NONE,
               logits, spec->labels);
    return true;
}
