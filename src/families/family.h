/*
 * family.h - one row for each architecture: which model_type it answers to,
 * how its config becomes a spec, what its tensors are called.  Data only.
 *
 * Source of every row: the architecture's class in the transformers library.
 */
#ifndef FAMILIES_FAMILY_H
#define FAMILIES_FAMILY_H

#include "model/config.h"
#include "nn/slots.h"
#include "nn/spec.h"

struct family {
    const char *model_type;
    /* Fills a zeroed spec; error->set tells. */
    void (*read_config)(const struct config *config, struct spec *spec,
                        struct error *error);
    struct slot_names names;
};

extern const struct family family_bert, family_electra, family_roberta,
    family_xlm_roberta, family_camembert, family_distilbert, family_deberta,
    family_deberta_v2, family_modernbert;

/* The keys that BERT and its descendants share; a row adds what differs. */
void family_read_bert(const struct config *config, struct spec *spec,
                      struct error *error);

/*
 * The row for the config's model_type, with the spec filled and checked; NULL
 * with the list of what is supported.
 */
const struct family *family_find(const struct config *config, struct spec *spec,
                                 struct error *error);

/* hidden_act and its like -> enum; an unknown name is an error. */
enum activation family_activation(const struct config *config, const char *key,
                                  const char *fallback, struct error *error);

#endif
