/*
 * curl_script.h - libcurl with answers that were written beforehand.
 *
 * hub/http.c asks dlsym for libcurl's functions, and here gets those that
 * exchange from the script; what reads and builds URLs stays libcurl's own.
 */
#ifndef TESTS_FUZZ_CURL_SCRIPT_H
#define TESTS_FUZZ_CURL_SCRIPT_H

#include "fuzz.h"

/*
 * Each member of the script (fuzz.h) answers one request: lines of headers
 * with the status before them, an empty line, the body.  A number in the
 * member's name is the CURLcode that the exchange ends with.  Behind the last
 * one nothing comes any more.
 */
void curl_script_start(struct slice script);

/* Called before each answer: where a request goes, whether with a token. */
extern void (*curl_script_watch)(const char *url, bool has_token);

#endif
