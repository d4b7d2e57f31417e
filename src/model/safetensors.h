/*
 * safetensors.h - the safetensors container.
 *
 * File: uint64 little-endian length of the header, the header (a JSON object:
 * name -> {dtype, shape, data_offsets}, and "__metadata__"), then the data.
 * Offsets count from the header's end.  Format: the safetensors repository's
 * README.
 */
#ifndef MODEL_SAFETENSORS_H
#define MODEL_SAFETENSORS_H

#include "base/json.h"
#include "model/tensors.h"

/* Maps the file and appends its tensors to the table. */
bool safetensors_read(struct tensors *tensors, const char *path,
                      struct error *error);
/* The same, and gives the header (json_decref): "__metadata__" in it. */
bool safetensors_read_header(struct tensors *tensors, const char *path,
                             json_t **header, struct error *error);
/* Bytes of the length and the header in a file that has been read. */
size_t safetensors_header_bytes(const struct file *file);

#endif
