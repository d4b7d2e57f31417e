/*
 * http_absent.c - http.c in a build without libcurl: it says so.
 */
#include "hub/http.h"

static bool is_absent(struct error *error)
{
    return error_set(error,
                     "this xenc was built without libcurl, which downloads: "
                     "install libcurl4-openssl-dev and build it again");
}

struct http *http_open(long timeout, struct error *error)
{
    (void)timeout;
    is_absent(error);
    return NULL;
}

void http_close(struct http *http)
{
    (void)http;
}

bool http_get(struct http *http, const struct http_request *request,
              struct http_answer *answer, struct error *error)
{
    (void)http;
    (void)request;
    *answer = (struct http_answer){0};
    return is_absent(error);
}

char *http_url(const char *base, const char *reference, struct error *error)
{
    (void)base;
    (void)reference;
    is_absent(error);
    return NULL;
}

bool http_same_origin(const char *url, const char *other)
{
    (void)url;
    (void)other;
    return false;
}

const char *http_host(const char *url, char out[HTTP_HOST_BYTES])
{
    (void)url;
    out[0] = '\0';
    return out;
}
