/*
 * torchfile.h - pytorch_model.bin: what torch.save makes of a state dict.
 *
 * Two forms.  Since torch 1.6 a zip archive: FOLDER/data.pkl, a pickle of names
 * and tensors, and FOLDER/data/KEY, the storages that the tensors are views
 * of.  Before, one stream: five pickles, the fourth the state dict, the fifth
 * the keys, then the storages.  Source: torch/serialization.py.
 */
#ifndef MODEL_TORCHFILE_H
#define MODEL_TORCHFILE_H

#include "model/tensors.h"

/*
 * Maps the file and appends its tensors to the table: in place, or copied when
 * their strides are not those of a row-major matrix.  Nothing in the file is
 * run; a class that no state dict has is refused by its name.
 */
bool torchfile_read(struct tensors *tensors, const char *path,
                    struct error *error);

#endif
