/*
 * preset.h - formats of files as they are published, by name.
 */
#ifndef CLI_OPTIONS_PRESET_H
#define CLI_OPTIONS_PRESET_H

#include "cli/options/options.h"

/* The choices of --preset, in the order of the table's rows. */
#define PRESET_NAMES "msmarco", "stsb", "nli", "quora", "beir"

/* Fills in what the command line leaves open; fine without a preset. */
bool preset_apply(struct options *options, struct error *error);

#endif
