/*
 * folder.h - where a model's small JSON files lie: in a directory, or in the
 * metadata of a packed file.
 *
 * Names may have folders in them: "1_Pooling/config.json".
 */
#ifndef MODEL_FOLDER_H
#define MODEL_FOLDER_H

#include "base/json.h"

struct folder {
    const char *path; /* of the directory or the packed file */
    json_t *files;    /* of a packed file: name -> contents; else NULL */
};

bool folder_has(const struct folder *folder, const char *name,
                struct error *error);
/* A file that must be an object, or any value (json_decref); NULL with
 * error. */
json_t *folder_object(const struct folder *folder, const char *name,
                      struct error *error);
json_t *folder_value(const struct folder *folder, const char *name,
                     struct error *error);

#endif
