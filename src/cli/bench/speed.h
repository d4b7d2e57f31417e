/*
 * speed.h - how many pairs a second a model scores here, and where the time
 * goes.
 *
 * Both open the model of options->model, take the pairs of --pairs or made ones
 * and score them over and over for --seconds by -j workers.
 */
#ifndef CLI_BENCH_SPEED_H
#define CLI_BENCH_SPEED_H

#include "cli/options/options.h"

bool bench_speed(const struct options *options, double *pairs_per_second,
                 struct error *error);

/* Prints all figures to standard output and flushes it. */
bool bench_print(const struct options *options, struct error *error);

#endif
