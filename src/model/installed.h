/*
 * installed.h - the places where models lie beside the program, and the
 * catalogue, which lies there too.
 *
 * First wins: $XENC_MODELS, $XENC_HOME/models, models beside the program as a
 * build folder has them, the installed share/xenc/models.  In each, NAME is the
 * packed file NAME.xenc or a directory that has config.json.  Paths are new
 * blocks (memory_free).
 */
#ifndef MODEL_INSTALLED_H
#define MODEL_INSTALLED_H

#include "model/catalog.h"

/* The directory or packed file; NULL and error unset: no place has it. */
char *installed_find(const char *name, struct error *error);

/* Visits the models of the places, each name once, until a visit fails. */
typedef bool installed_visit(void *context, const char *name, const char *path,
                             struct error *error);
bool installed_each(installed_visit *visit, void *context, struct error *error);

/* An error where no place has one.  catalog_close closes it. */
bool installed_catalog(struct catalog *catalog, struct error *error);

/*
 * The id of the catalogued model that NAME[@REVISION] means by its present or
 * former id, with or without its organisation; with the revision.  `spelling`
 * is CATALOG_ID or CATALOG_FORMER_ID.  NULL and error unset: there is none.
 */
char *installed_id(const char *name, enum catalog_column spelling,
                   struct error *error);

#endif
