/*
 * identity.h - what an output depends on, as lines of text: the command, its
 * options, the query, the model's files, the kernels.
 *
 * Two runs with the same lines give the same bytes for the same records.
 * Contents are told by their checksums.
 */
#ifndef CLI_SCORING_IDENTITY_H
#define CLI_SCORING_IDENTITY_H

#include "base/text.h"

struct scoring;

/* Of a scoring whose model is open; appended. */
bool identity_print(const struct scoring *scoring, struct buffer *lines,
                    struct error *error);

#endif
