#include "nn/forward.h"

bool head_run(struct forward *forward, const float *first, float *logits)
{
    const struct spec *spec = forward->spec;
    const struct weights *weights = forward->weights;
    size_t rows = forward->batch->sequences, hidden = spec->hidden;
    const float *x = first;

    if (spec->head_dense) {
        float *pooled = forward_take(forward, rows, hidden);
        if (pooled == NULL)
            return false;
        linear_run(forward->kernels, &weights->head_dense, rows, x, hidden,
                   spec->head_activation, pooled, hidden);
        x = pooled;
    }
    linear_run(forward->kernels, &weights->head_out, rows, x, hidden,
               ACTIVATION_NONE, logits, spec->labels);
    return true;
}
