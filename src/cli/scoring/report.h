/*
 * report.h - what is said on standard error when the scoring is over.
 */
#ifndef CLI_SCORING_REPORT_H
#define CLI_SCORING_REPORT_H

#include "cli/scoring/scoring.h"

/* Warnings: how many texts were cut, broken or damaged. */
void report_texts(const struct options *options,
                  const struct scorer_counts *counts, size_t token_limit);

/* The same of a scoring, with the records that were bad, and --stats. */
void report_counts(const struct scoring *scoring);

#endif
