/*
 * refusal.h - what an answer of the Hub other than "here it is" means, and
 * what to do about it.
 */
#ifndef HUB_REFUSAL_H
#define HUB_REFUSAL_H

#include "hub/http.h"
#include "hub/settings.h"
#include "model/hubcache.h"

/* `url` gave the answer.  Always false. */
bool refusal_explain(const struct hub_settings *settings,
                     const struct hubcache_name *name, const char *url,
                     const struct http_answer *answer, struct error *error);

#endif
