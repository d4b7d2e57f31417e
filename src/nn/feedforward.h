/*
 * feedforward.h - the two dense layers after attention, with or without a
 * gate.  Private to nn/.
 */
#ifndef NN_FEEDFORWARD_H
#define NN_FEEDFORWARD_H

#include "nn/forward.h"

/* out[rows][hidden] of x[rows][hidden]; wide has room for
 * [rows][spec_feedforward_rows], `room` for as many prepared rows of
 * intermediate. */
void feedforward_run(struct forward *forward, const struct layer *layer,
                     size_t rows, struct operand x, float *wide, void *room,
                     float *out);

#endif
