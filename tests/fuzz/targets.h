/*
 * targets.h - the functions of targets.c's rows.
 */
#ifndef TESTS_FUZZ_TARGETS_H
#define TESTS_FUZZ_TARGETS_H

#include "fuzz.h"

#include "io/reader.h"

typedef void fuzz_run(const struct fuzz_target *target, struct slice input);

fuzz_run target_safetensors, target_torchfile, target_checkpoint;
fuzz_run target_packfile, target_config;
fuzz_run target_json, target_numbers;
fuzz_run target_vocabulary;
fuzz_run target_tokenize, target_pair; /* parameter: a model's folder */
fuzz_run target_reader;                /* parameter: an enum record_format */
fuzz_run target_command;               /* parameter: a struct fuzz_command */
fuzz_run target_eval, target_hub, target_card, target_catalog;

/* A command that gives a record for each one it takes, in the same format. */
struct fuzz_command {
    const char *const *words; /* ended by NULL */
    enum record_format format;
};

#endif
