#include "hub/client.h"

#include "base/memory.h"
#include "hub/http.h"
#include "hub/refusal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST_REDIRECTS = 20, MOST_FAILURES = 5, LONGEST_WAIT = 300 };

bool hub_open(struct hub *hub, struct hub_watcher watcher, struct error *error)
{
    *hub = (struct hub){.watcher = watcher};
    if (!hub_settings_read(&hub->settings, error))
        return false;
    if (hub->settings.is_offline)
        return error_set(error, "HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is "
                                "set: unset it to download");
    hub->http = http_open(hub->settings.timeout, error);
    if (hub->http == NULL)
        return false;
    char *url = http_url(NULL, hub->settings.endpoint, error);
    bool fine = url != NULL;
    memory_free(url);
    if (fine)
        return true;
    struct error reason = *error;
    *error = (struct error){0};
    return error_pass_at(error, "HF_ENDPOINT", 0, &reason);
}

void hub_close(struct hub *hub)
{
    memory_free(hub->next);
    http_close(hub->http);
    hub_settings_free(&hub->settings);
    *hub = (struct hub){0};
}

void hub_tell(const struct hub_watcher *watcher,
              const struct hub_progress *progress)
{
    if (watcher->tell != NULL)
        watcher->tell(watcher->context, progress);
}

void hub_wait(const struct hub_watcher *watcher, double seconds,
              const struct hub_progress *progress)
{
    static const double step = 0.05;
    while (seconds > 0) {
        double part = seconds < step ? seconds : step;
        struct timespec time = {0, (long)(part * 1e9)};
        hub_tell(watcher, progress);
        nanosleep(&time, NULL);
        seconds -= part;
    }
}

/*** One attempt: the exchange and the redirects before it ***/

struct attempt {
    struct hub *hub;
    struct hub_body *body;
    uint64_t from, at; /* asked for; where the next bytes belong */
    bool has_begun;
    bool is_ours; /* the last answer is the endpoint's own */
    char *url;    /* who gave it; owned */
    struct http_answer answer;
};

/* "bytes 10-19/20" */
static bool range_starts(const char *range, uint64_t from)
{
    static const char unit[] = "bytes ";
    if (range == NULL || strncmp(range, unit, sizeof unit - 1) != 0)
        return false;
    char *end;
    unsigned long long start = strtoull(range + sizeof unit - 1, &end, 10);
    return *end == '-' && start == from;
}

static bool take(void *context, const struct http_answer *answer,
                 struct slice bytes, struct error *error)
{
    struct attempt *attempt = context;
    char host[HTTP_HOST_BYTES];
    if (!attempt->has_begun) {
        attempt->has_begun = true;
        bool is_part = answer->status == 206;
        attempt->at = is_part ? attempt->from : 0;
        if (is_part &&
            !range_starts(answer->headers[HTTP_CONTENT_RANGE], attempt->from))
            return error_set(error, "%s: another part came than was asked for",
                             http_host(attempt->url, host));
    }
    if (!attempt->body->take(attempt->body, attempt->at, bytes, error))
        return false;
    attempt->at += bytes.length;
    return true;
}

static bool is_redirect(const struct http_answer *answer)
{
    static const long statuses[] = {301, 302, 303, 307, 308};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i] == answer->status)
            return answer->headers[HTTP_LOCATION] != NULL;
    return false;
}

static bool exchange(struct attempt *attempt, struct error *error)
{
    const struct hub_settings *settings = &attempt->hub->settings;
    attempt->is_ours = http_same_origin(attempt->url, settings->endpoint);
    struct http_request request = {
        .url = attempt->url,
        .token = attempt->is_ours ? settings->token : NULL,
        .from = attempt->from,
        .sink = take,
        .context = attempt,
    };
    bool fine = http_get(attempt->hub->http, &request, &attempt->answer, error);
    attempt->hub->is_reached |= fine;
    return fine;
}

static bool follow(struct attempt *attempt, struct error *error)
{
    for (int hops = 0; hops <= MOST_REDIRECTS; hops++) {
        if (!exchange(attempt, error))
            return false;
        if (!is_redirect(&attempt->answer))
            return true;
        char *next = http_url(attempt->url,
                              attempt->answer.headers[HTTP_LOCATION], error);
        if (next == NULL)
            return false;
        memory_free(attempt->url);
        attempt->url = next;
    }
    attempt->answer = (struct http_answer){0};
    return error_set(error, "%s: more than %d redirects",
                     attempt->hub->settings.endpoint, MOST_REDIRECTS);
}

/* The endpoint with a path, or a whole URL as it is. */
static char *whole_url(const struct hub *hub, const char *where,
                       struct error *error)
{
    if (where[0] != '/')
        return http_url(NULL, where, error);
    const char *endpoint = hub->settings.endpoint;
    size_t size = strlen(endpoint) + strlen(where) + 1;
    char *url = memory_new(size, 1, error);
    if (url != NULL)
        snprintf(url, size, "%s%s", endpoint, where);
    return url;
}

/* <URL>; rel="next" */
static bool read_next(struct attempt *attempt, struct error *error)
{
    struct hub *hub = attempt->hub;
    const char *link =
        attempt->is_ours ? attempt->answer.headers[HTTP_LINK] : NULL;
    const char *end = link != NULL ? strstr(link, ">; rel=\"next\"") : NULL;
    const char *start = end;
    while (start != NULL && start > link && *start != '<')
        start--;
    if (start == NULL || *start != '<')
        return true;
    size_t length = (size_t)(end - start) - 1;
    char *reference = memory_copy(start + 1, length, error);
    if (reference == NULL)
        return false;
    hub->next = http_url(attempt->url, reference, error);
    memory_free(reference);
    if (hub->next == NULL ||
        http_same_origin(hub->next, hub->settings.endpoint))
        return !error->set;
    return error_set(error, "%s: the next page is another server's",
                     hub->settings.endpoint);
}

static bool try_once(struct attempt *attempt, const struct hubcache_name *name,
                     const char *where, struct error *error)
{
    memory_free(attempt->hub->next);
    attempt->hub->next = NULL;
    attempt->url = whole_url(attempt->hub, where, error);
    if (attempt->url == NULL || !follow(attempt, error))
        return false;
    long status = attempt->answer.status;
    if (status == 200 || status == 206)
        return read_next(attempt, error);
    return refusal_explain(&attempt->hub->settings, name, attempt->url,
                           &attempt->answer, error);
}

/*** Attempts ***/

/* Seconds that the server asks for, or a negative number. */
static double wanted_wait(const struct http_answer *answer)
{
    const char *after = answer->headers[HTTP_RETRY_AFTER];
    const char *limit = answer->headers[HTTP_RATE_LIMIT];
    const char *digits = after;
    if (digits == NULL && limit != NULL && (digits = strstr(limit, ";t=")))
        digits += 3;
    size_t length = digits ? strspn(digits, "0123456789") : 0;
    return length > 0 && length < 9 ? strtod(digits, NULL) : -1;
}

/* A key to a CDN that has run out gives 403; the Hub gives a new one. */
static bool is_stale(const struct attempt *attempt, unsigned failures)
{
    return attempt->answer.status == 403 && !attempt->is_ours && failures == 0;
}

static bool is_trouble(const struct http_answer *answer)
{
    static const long statuses[] = {408, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        if (statuses[i] == answer->status)
            return true;
    return false;
}

/* Nothing lies behind what is here: that is another file's beginning. */
static bool is_beyond(const struct attempt *attempt)
{
    return attempt->answer.status == 416 && attempt->from > 0;
}

/* Whether to try again, after how many seconds. */
static bool is_worth_more(const struct attempt *attempt, unsigned failures,
                          double *seconds)
{
    const struct http_answer *answer = &attempt->answer;
    if (failures >= MOST_FAILURES)
        return false;
    *seconds = ldexp(0.5, (int)failures);
    if (answer->status == 0)
        return answer->is_passing &&
               (attempt->hub->is_reached || !answer->is_unreached);
    double wanted = wanted_wait(answer);
    if (wanted >= 0)
        *seconds = wanted;
    return *seconds <= LONGEST_WAIT &&
           (is_trouble(answer) || is_stale(attempt, failures));
}

bool hub_get(struct hub *hub, const struct hubcache_name *name,
             const char *where, struct hub_body *body, struct error *error)
{
    bool has_restarted = false; /* a server that says it twice plays with us */
    for (unsigned failures = 0;; failures++) {
        struct error reason = {0};
        struct attempt attempt = {.hub = hub, .body = body, .from = body->have};
        struct hub_progress wait = {where, body->have, 0, "the server"};
        bool fine = try_once(&attempt, name, where, &reason);
        double seconds = 0;
        if (body->have > attempt.from)
            failures = 0;
        bool again = !fine && is_worth_more(&attempt, failures, &seconds);
        if (is_beyond(&attempt) && !has_restarted) {
            has_restarted = again = true;
            body->have = 0;
        }
        memory_free(attempt.url);
        if (fine)
            return true;
        if (!again)
            return error_pass(error, &reason);
        hub_wait(&hub->watcher, seconds, &wait);
    }
}
