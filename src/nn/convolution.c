/*
 * A token's window of taps x hidden numbers lies in one piece, and the next
 * token's starts a row later: a product whose rows overlap, with weights
 * ordered [output][tap][input].
 */
#include "nn/convolution.h"

#include "nn/loader_packed.h"

#include <string.h>

/* w[output][input of its group][tap] -> out[output][tap][input]; an output
 * has zeros for the inputs of other groups. */
static void arrange(const struct spec *spec, const float *w, float *out)
{
    size_t hidden = spec->hidden, taps = spec->convolution.taps;
    size_t wide = hidden / spec->convolution.groups;
    memset(out, 0, hidden * taps * hidden * sizeof *out);
    for (size_t output = 0; output < hidden; output++) {
        size_t first = output / wide * wide;
        for (size_t tap = 0; tap < taps; tap++)
            for (size_t i = 0; i < wide; i++)
                out[(output * taps + tap) * hidden + first + i] =
                    w[(output * wide + i) * taps + tap];
    }
}

static bool arrange_published(struct loader *loader, struct linear *linear)
{
    const float *published =
        loader_matrix(loader, SLOT_CONVOLUTION, &loader->scratch);
    if (published == NULL)
        return false;
    float *matrix =
        arena_take(loader_matrix_arena(loader, linear), linear->outputs,
                   linear->inputs * sizeof *matrix, loader->error);
    if (matrix == NULL)
        return false;
    arrange(loader->spec, published, matrix);
    struct matrix arranged = {.data = matrix, .element_bytes = sizeof *matrix};
    slot_name(loader->names, SLOT_CONVOLUTION, loader->layer, PART_ARRANGED,
              arranged.name);
    bool fine = loader_pack(loader, &arranged, linear);
    arena_reset(&loader->scratch);
    return fine;
}

bool convolution_load(struct loader *loader, struct weights *weights)
{
    size_t hidden = loader->spec->hidden;
    size_t taps = loader->spec->convolution.taps;
    struct linear *linear = &weights->convolution;
    if (taps == 0)
        return true;
    *linear = loader_product(loader, SLOT_CONVOLUTION, hidden, taps * hidden);
    bool found;
    if (!loader_find_packed(loader, SLOT_CONVOLUTION, PART_ARRANGED, linear,
                            &found))
        return false;
    return (found || arrange_published(loader, linear)) &&
           loader_bias(loader, SLOT_CONVOLUTION, &linear->bias) &&
           loader_norm(loader, SLOT_CONVOLUTION_NORM,
                       &weights->convolution_norm);
}

bool convolution_run(struct forward *forward, const float *x, float *out)
{
    const struct spec *spec = forward->spec;
    const struct batch *batch = forward->batch;
    size_t hidden = spec->hidden, margin = spec->convolution.taps / 2;
    float *padded =
        forward_take(forward, batch_longest(batch) + 2 * margin, hidden);
    if (padded == NULL)
        return false;

    memset(padded, 0, margin * hidden * sizeof *padded);
    for (size_t s = 0; s < batch->sequences; s++) {
        size_t start = batch->start[s] * hidden;
        size_t tokens = batch->start[s + 1] - batch->start[s];
        float *text = padded + margin * hidden, *end = text + tokens * hidden;
        memcpy(text, x + start, tokens * hidden * sizeof *text);
        memset(end, 0, margin * hidden * sizeof *end);
        linear_run(&forward->weights->convolution, tokens,
                   operand_f32(padded, hidden), spec->convolution.activation,
                   out + start, hidden);
    }
    return true;
}
