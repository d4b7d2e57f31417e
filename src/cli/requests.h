/*
 * requests.h - rerank --jsonl without a query: requests of the rerank HTTP
 * APIs, one a line, answered one a line in the same order.
 */
#ifndef CLI_REQUESTS_H
#define CLI_REQUESTS_H

#include "cli/options/options.h"

/* All of the command; gives the exit status. */
int requests_run(const struct options *options);

#endif
