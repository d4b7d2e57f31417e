/*
 * bench.h - how many pairs a second a model scores here.
 */
#ifndef CLI_BENCH_H
#define CLI_BENCH_H

#include "cli/options/options.h"

/* Opens the model of options->model and measures as `xenc bench` does, with
 * its pairs, -j and --seconds. */
bool bench_speed(const struct options *options, double *pairs_per_second,
                 struct error *error);

#endif
