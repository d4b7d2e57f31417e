/*
 * model_path.h - which directory or packed file -m, XENC_MODEL or nothing at
 * all means.
 *
 * A directory or a file NAME.xenc is taken as it is.  Other names, first wins:
 * NAME.xenc or a directory NAME in a place with models ($XENC_MODELS,
 * $XENC_HOME/models, models beside the program as a build folder has them, the
 * installed share/xenc/models); ORG/NAME[@REVISION] in the Hub's cache; a
 * catalogued model's name, under its present or former id, in that cache.  The
 * network is never asked.
 */
#ifndef CLI_MODEL_PATH_H
#define CLI_MODEL_PATH_H

#include "base/error.h"
#include "model/catalog.h"

/* Of models/shipped.tsv, the one that is taken where none is named. */
#define DEFAULT_MODEL "xenc-en"

/* `name` is -m's or NULL.  A new block (memory_free), or NULL with error. */
char *model_path(const char *name, struct error *error);

/* The directory or packed file of a model's name; NULL and error unset: it is
 * not here. */
char *model_find(const char *name, struct error *error);

/*
 * The id of a catalogued model that NAME[@REVISION] means by its present or
 * former name, with or without its organisation, and the revision: a new
 * block.  NULL and error unset: there is none.
 */
enum model_spelling { MODEL_PRESENT_ID, MODEL_FORMER_ID };
char *model_catalogued(const char *name, enum model_spelling spelling,
                       struct error *error);

/* Visits the models of the places, each name once, until a visit fails. */
typedef bool model_visit(void *context, const char *name, const char *path,
                         struct error *error);
bool model_each_installed(model_visit *visit, void *context,
                          struct error *error);

/* The catalogue, which lies beside the models; an error where there is none.
 * catalog_close closes it. */
bool model_catalog(struct catalog *catalog, struct error *error);

#endif
