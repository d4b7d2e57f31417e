/*
 * model_path.h - which directory or packed file -m, XENC_MODEL or nothing at
 * all means.
 *
 * A directory or a file NAME.xenc is taken as it is.  Other names, first wins:
 * one that is installed (installed.h); ORG/NAME[@REVISION] in the Hub's cache
 * (hubcache.h); a catalogued model's name, under its present or former id, in
 * that cache.  The network is never asked.  Paths are new blocks (memory_free).
 */
#ifndef MODEL_MODEL_PATH_H
#define MODEL_MODEL_PATH_H

#include "base/error.h"

/* Of models/shipped.tsv, the one that is taken where none is named. */
#define DEFAULT_MODEL "xenc-en"

/* `name` is -m's or NULL.  NULL with error: nothing is there, or none was
 * named and the default is not installed. */
char *model_path(const char *name, struct error *error);

/* Of a model's name alone, no path; NULL and error unset: it is not here. */
char *model_path_find(const char *name, struct error *error);

#endif
