/*
 * print.h - figures on standard output, and the gates of --min.
 */
#ifndef CLI_EVAL_PRINT_H
#define CLI_EVAL_PRINT_H

#include "cli/options/options.h"
#include "eval/figures.h"

/*
 * Text as trec_eval prints it (name, query or "all", value), a TAB-separated
 * table with --tsv, an object with --json.  False when it could not be written.
 */
bool eval_print(const struct figures *figures, const struct options *options,
                struct error *error);

/* Adds the measures that --min names; other lists have them anyway. */
bool eval_gate_measures(const struct options *options,
                        struct measure_list *measures, struct error *error);
/*
 * Whether all gates of --min are passed; each that is not is told.  A name
 * that no figure has, or a gate that is no MEASURE=X, is an error.
 */
bool eval_gates_pass(const struct figures *figures,
                     const struct options *options, struct error *error);

/* A double as JSON: the fewest of 15 to 17 digits that give it back, or that
 * many decimals; null for nan and infinities. */
enum { EVAL_NUMBER_BYTES = 400 };
void eval_json_number(double value, int decimals, char out[EVAL_NUMBER_BYTES]);

/* "\"key\": ", with the bytes as JSON. */
bool eval_json_key(struct buffer *out, struct slice key, struct error *error);

#endif
