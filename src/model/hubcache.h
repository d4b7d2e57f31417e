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
/* HF_HOME, else XDG_CACHE_HOME/huggingface, ~/.cache/huggingface: where the
 * token lies; as a new block. */
char *hubcache_home(struct error *error);
/* PATH with "~", "~user", "$NAME" and "${NAME}" as those programs read them, as
 * a new block. */
char *hubcache_expand(const char *path, struct error *error);
/* The variable's value, or NULL when it is unset or empty. */
const char *hubcache_variable(const char *name);

/* ORG/NAME or NAME as the Hub allows them, then perhaps @REVISION: a branch, a
 * tag, refs/pr/N or a commit. */
struct hubcache_name {
    struct slice id;      /* points into the text that was parsed */
    const char *revision; /* "main" where none is said */
};
bool hubcache_parse(const char *text, struct hubcache_name *name);
bool hubcache_is_name(const char *name);

/* 40 hexadecimal digits in lower case. */
enum { HUBCACHE_COMMIT_BYTES = 40 };
bool hubcache_is_commit(struct slice text);

/* ROOT/models--ORG--NAME, a new block. */
char *hubcache_folder(const char *root, struct slice id, struct error *error);

/* The commit that a revision stands for, zero-ended; false when the cache does
 * not know, and error unset then. */
bool hubcache_resolve(const char *folder, const char *revision,
                      char commit[HUBCACHE_COMMIT_BYTES + 1],
                      struct error *error);

/*
 * The snapshot's directory of NAME[@REVISION] (main where it is not said), a
 * new block.  NULL and error unset: not in the cache.
 */
char *hubcache_find(const char *name, struct error *error);

#endif
