/*
 * Rotary positions (Su et al. 2021, RoFormer, arXiv:2104.09864): queries and
 * keys are turned by angles that grow with their token's place, once a layer,
 * so that their product sees how far apart they are.
 */
#include "nn/attention.h"

#include <math.h>

/* Cosines and sines for the places of the batch's longest text:
 * [longest][head_width] for rotate_f32, of layers that see all tokens and of
 * those that see a window. */
struct rotary_room {
    const float *turns[2];
};

/*
 * Place t turns pair m by t / theta^(2 m / d).  Frequency and product are
 * rounded to float32, as the reference's are: far out in a text the angle
 * depends on it.
 */
static const float *make_turns(struct forward *forward, float theta)
{
    size_t d = forward->spec->head_width, half = d / 2;
    size_t longest = batch_longest(forward->batch);
    float *frequencies = forward_take(forward, 1, half);
    float *turns = forward_take(forward, longest, d);
    if (frequencies == NULL || turns == NULL)
        return NULL;

    for (size_t m = 0; m < half; m++)
        frequencies[m] = 1 / powf(theta, (float)(2 * m) / (float)d);
    for (size_t t = 0; t < longest; t++)
        for (size_t m = 0; m < half; m++) {
            float angle = (float)t * frequencies[m];
            turns[t * d + m] = cosf(angle);
            turns[t * d + half + m] = sinf(angle);
        }
    return turns;
}

static bool open_room(struct forward *forward, struct attention_room *room)
{
    const struct rotary_spec *spec = &forward->spec->rotary;
    struct rotary_room *rotary = arena_take(&forward->workspace->arena, 1,
                                            sizeof *rotary, forward->error);
    if (rotary == NULL)
        return false;
    rotary->turns[0] = make_turns(forward, spec->theta);
    rotary->turns[1] = spec->local_theta == spec->theta
                           ? rotary->turns[0]
                           : make_turns(forward, spec->local_theta);
    room->of_kind = rotary;
    return rotary->turns[0] != NULL && rotary->turns[1] != NULL;
}

static void rotate(struct forward *forward, const struct attention_input *input)
{
    const struct spec *spec = forward->spec;
    const struct batch *batch = forward->batch;
    const struct rotary_room *room = forward->attention_room->of_kind;
    const float *turns = room->turns[spec_is_local(spec, input->layer_number)];

    for (size_t s = 0; s < batch->sequences; s++) {
        size_t start = batch->start[s], tokens = batch->start[s + 1] - start;
        forward->kernels->rotate_f32(tokens, spec->heads, spec->head_width,
                                     turns, input->key + start * input->stride,
                                     input->stride);
        /* The first token's place is 0, which turns nothing. */
        if (!input->first_only)
            forward->kernels->rotate_f32(
                tokens, spec->heads, spec->head_width, turns,
                input->query + start * input->query_stride,
                input->query_stride);
    }
}

const struct attention_rules attention_rotary = {
    .open = open_room,
    .prepare = rotate,
};
