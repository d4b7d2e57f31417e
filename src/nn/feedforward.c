#include "nn/feedforward.h"

/* One half of each row through the activation, times the other half: the
 * product stays in the active half. */
static const float *gate_rows(struct forward *forward, size_t rows, float *wide)
{
    const struct spec *spec = forward->spec;
    size_t half = spec->intermediate, stride = 2 * half;
    bool is_first = spec->gate == GATE_FIRST_ACTIVE;
    float *active = is_first ? wide : wide + half;
    const float *factor = is_first ? wide + half : wide;

    forward->kernels->gate_f32(spec->feedforward_activation, rows, half, factor,
                               stride, active, stride);
    return active;
}

void feedforward_run(struct forward *forward, const struct layer *layer,
                     size_t rows, struct operand x, float *wide, void *room,
                     float *out)
{
    const struct spec *spec = forward->spec;
    size_t width = spec_feedforward_rows(spec);
    bool is_gated = spec->gate != GATE_NONE;
    const float *product = wide;

    linear_run(&layer->feedforward_in, rows, x,
               is_gated ? ACTIVATION_NONE : spec->feedforward_activation, wide,
               width);
    if (is_gated)
        product = gate_rows(forward, rows, wide);
    linear_run(&layer->feedforward_out, rows,
               operand_prepare(forward->gemm, rows, spec->intermediate, product,
                               width, room),
               ACTIVATION_NONE, out, spec->hidden);
}
