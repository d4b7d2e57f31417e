/*
 * mapping.h - which file a mapping is of, for the moment when it breaks.
 *
 * A mapped file may become shorter under the program, or its disk fail: then
 * touching a page gets the signal SIGBUS.  The handler finds the file by the
 * address, says in one sentence what happened, removes an unfinished output
 * file and ends the program with status 2.  That is the one place below cli/
 * that prints and ends: nothing else can be done in a handler.  A SIGBUS from
 * elsewhere kills as it always does.
 */
#ifndef BASE_MAPPING_H
#define BASE_MAPPING_H

#include "base/error.h"

#include <stddef.h>

/* From now on broken mappings are told. */
void mapping_open(void);

/* The path is copied.  Both are called by one thread at a time. */
bool mapping_add(const void *bytes, size_t length, const char *path,
                 struct error *error);
void mapping_remove(const void *bytes);

#endif
