/*
 * client.h - requests to the Hub: redirects, attempts, refusals as sentences.
 *
 * The token goes to the endpoint's own origin and to no other, whatever an
 * answer leads to, and stands in no message.  An attempt that fails in passing
 * (a connection that breaks, 408, 429, 5xx) is repeated after 0.5, 1, 2, 4 and
 * 8 seconds, or when the answer says; bytes that came begin the count anew.
 */
#ifndef HUB_CLIENT_H
#define HUB_CLIENT_H

#include "hub/settings.h"
#include "model/hubcache.h"

#include <stdint.h>

/* What is going on, told often; names are valid during the call only. */
struct hub_progress {
    const char *name;     /* of the file */
    uint64_t done, total; /* bytes */
    const char *waiting;  /* for what; NULL: not waiting */
};
struct hub_watcher { /* tell NULL: nobody wants to know */
    void (*tell)(void *context, const struct hub_progress *progress);
    void *context;
};

struct hub {
    struct hub_settings settings;
    struct hub_watcher watcher;
    struct http *http;
    bool is_reached; /* there was an answer */
    char *next;      /* the page after the last body; NULL: none */
};

/* Fails when offline.  hub_close after a failure too. */
bool hub_open(struct hub *hub, struct hub_watcher watcher, struct error *error);
void hub_close(struct hub *hub);

/* Where a body goes: the first member of a struct that knows more. */
struct hub_body {
    uint64_t have; /* bytes that are here; another attempt goes on there */
    /* `at` is `have`, or 0: then the body begins again.  Sets `have`. */
    bool (*take)(struct hub_body *body, uint64_t at, struct slice bytes,
                 struct error *error);
};

/* Asks for a path below the endpoint, or a whole URL; `name` is the model that
 * messages name. */
bool hub_get(struct hub *hub, const struct hubcache_name *name,
             const char *where, struct hub_body *body, struct error *error);

void hub_tell(const struct hub_watcher *watcher,
              const struct hub_progress *progress);
/* Sleeps and tells the watcher meanwhile. */
void hub_wait(const struct hub_watcher *watcher, double seconds,
              const struct hub_progress *progress);

#endif
