/*
 * http.h - one HTTP exchange at a time; the only door to libcurl.
 *
 * No redirect is followed and nothing is tried twice here: client.c decides
 * that.  Only https is spoken, and http with this machine itself.  libcurl is
 * loaded when the first struct http is opened, so that no other command waits
 * for it.  Its proxy variables hold (https_proxy, all_proxy, no_proxy); with
 * this machine no proxy is used.  Not for use by several threads at once.
 */
#ifndef HUB_HTTP_H
#define HUB_HTTP_H

#include "base/error.h"
#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

struct http;

/* `timeout` seconds for connecting and for the longest silence.  http_close
 * takes NULL. */
struct http *http_open(long timeout, struct error *error);
void http_close(struct http *http);

/* The headers of answers that somebody reads. */
enum http_header {
    HTTP_LOCATION,
    HTTP_LINK,
    HTTP_CONTENT_RANGE,
    HTTP_RETRY_AFTER,
    HTTP_RATE_LIMIT,
    HTTP_ERROR_CODE,    /* X-Error-Code */
    HTTP_ERROR_MESSAGE, /* X-Error-Message */
    HTTP_HEADERS
};

/*
 * What came back.  Valid until the next exchange.  A status of 0: no answer,
 * and is_passing says whether another attempt may fare better.
 */
struct http_answer {
    long status;
    const char *headers[HTTP_HEADERS]; /* NULL: not there */
    struct slice refusal; /* the beginning of a body that is not wanted */
    bool is_passing;
    bool is_unreached; /* not even connected */
};

/* Takes a part of the body of an answer with status 200 or 206; false ends the
 * exchange. */
typedef bool http_sink(void *context, const struct http_answer *answer,
                       struct slice bytes, struct error *error);

struct http_request {
    const char *url;
    const char *token; /* NULL: nothing that tells who asks is sent */
    uint64_t from;     /* the first byte that is wanted */
    http_sink *sink;
    void *context;
};

/* False: no answer, or the sink's error. */
bool http_get(struct http *http, const struct http_request *request,
              struct http_answer *answer, struct error *error);

/*
 * `reference` as a whole URL in a new block: relative ones are read from
 * `base` (NULL: there is none).  Refused: other schemes than https, http to
 * other machines or from an https page, URLs with a user's name.
 */
char *http_url(const char *base, const char *reference, struct error *error);

/* Scheme, host and port are the same. */
bool http_same_origin(const char *url, const char *other);

/* The host, for messages: URLs of a CDN are keys in themselves. */
enum { HTTP_HOST_BYTES = 256 };
const char *http_host(const char *url, char out[HTTP_HOST_BYTES]);

#endif
