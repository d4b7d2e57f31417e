/*
 * convolution.h - the convolution over neighbouring tokens that DeBERTa v2 has
 * beside its first layer.  Private to nn/.
 */
#ifndef NN_CONVOLUTION_H
#define NN_CONVOLUTION_H

#include "nn/forward.h"
#include "nn/loader.h"

bool convolution_load(struct loader *loader, struct weights *weights);

/* out[tokens][hidden] = activation(convolution of x); texts do not see each
 * other, tokens beyond a text's ends count as zeros. */
bool convolution_run(struct forward *forward, const float *x, float *out);

#endif
