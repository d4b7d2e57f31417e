/*
 * settings.h - what the environment says about the Hub, as the variables of
 * huggingface_hub: where it is, who asks, where files go.
 */
#ifndef HUB_SETTINGS_H
#define HUB_SETTINGS_H

#include "base/error.h"

struct hub_settings {
    char *endpoint;     /* HF_ENDPOINT without a slash at its end */
    char *root;         /* the cache: hubcache_root */
    char *token;        /* NULL: none */
    char *token_source; /* "HF_TOKEN", or the file's path; NULL: none */
    long timeout;       /* HF_HUB_DOWNLOAD_TIMEOUT, seconds */
    bool is_offline;    /* HF_HUB_OFFLINE, else TRANSFORMERS_OFFLINE */
    bool has_no_links;  /* HF_HUB_DISABLE_SYMLINKS */
};

bool hub_settings_read(struct hub_settings *settings, struct error *error);
void hub_settings_free(struct hub_settings *settings);

#endif
