/*
 * hubcache.h - models in the cache that huggingface_hub and others fill.
 *
 * Layout: ROOT/models--ORG--NAME/{refs/REVISION, snapshots/COMMIT/}; a ref is
 * a file that holds a commit.  Only read here, never over the network; a cache
 * that cannot be written to is as good.
 */
#ifndef MODEL_HUBCACHE_H
#define MODEL_HUBCACHE_H

#include "base/error.h"
#include "base/text.h"

/*
 * The cache's folder: HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME/hub,
 * XDG_CACHE_HOME/huggingface/hub, ~/.cache/huggingface/hub.  An empty variable
 * counts as unset.  A new block (memory_free).
 */
char *hubcache_root(struct error *error);

/* ORG/NAME or NAME as the Hub allows them, then perhaps @REVISION. */
bool hubcache_is_name(const char *name);

/*
 * The snapshot's directory of NAME[@REVISION] (main where it is not said), a
 * new block.  NULL and error unset: not in the cache.
 */
char *hubcache_find(const char *name, struct error *error);

#endif
