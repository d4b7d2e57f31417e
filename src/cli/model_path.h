/*
 * model_path.h - which directory -m, XENC_MODEL or nothing at all means.
 *
 * Places with models, first wins: $XENC_HOME/models, models beside the program
 * (a build folder has them), the installed share/xenc/models.  Only names
 * without a slash that are no directory here are looked up there.
 */
#ifndef CLI_MODEL_PATH_H
#define CLI_MODEL_PATH_H

#include "base/error.h"

/* `name` is -m's or NULL.  A new block (memory_free), or NULL with error. */
char *model_path(const char *name, struct error *error);

#endif
