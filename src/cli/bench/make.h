/*
 * make.h - `xenc bench --make SHAPE DIR`: a model directory of random
 * weights at a published shape.
 */
#ifndef CLI_BENCH_MAKE_H
#define CLI_BENCH_MAKE_H

#include "cli/options/options.h"

bool bench_make(const struct options *options, struct error *error);

#endif
