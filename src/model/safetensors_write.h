/*
 * safetensors_write.h - tensors -> a safetensors file.
 */
#ifndef MODEL_SAFETENSORS_WRITE_H
#define MODEL_SAFETENSORS_WRITE_H

#include "model/tensors.h"

/*
 * Appends the length and the header of a file whose data are those tensors in
 * that order; `metadata` is a JSON object.  Its length is a multiple of 64.
 */
bool safetensors_header(struct buffer *out, struct slice metadata,
                        const struct tensor *list, size_t count,
                        struct error *error);

/* Puts the data of list[index] (its bytes as said there) into `data`. */
typedef bool safetensors_fill(void *context, size_t index, void *data,
                              struct error *error);

/*
 * Writes tensors in the order of the list, which has names, types and shapes;
 * `bytes` must agree with them, `data` is not looked at.  One tensor is in
 * memory at a time.  The file appears whole or not at all.
 */
bool safetensors_write(const char *path, const struct tensor *list,
                       size_t count, safetensors_fill *fill, void *context,
                       struct error *error);

#endif
