/*
 * report.h - what is said on standard error when the scoring is over.
 */
#ifndef CLI_SCORING_REPORT_H
#define CLI_SCORING_REPORT_H

#include "cli/scoring/scoring.h"

/* Warnings: what was cut, broken, damaged or bad, and how often; --stats. */
void report_counts(const struct scoring *scoring);

#endif
