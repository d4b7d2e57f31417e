/*
 * packed_stages.h - a tokenizer's stages back to the JSON that they are read
 * from: read_normalizer.c, read_splitter.c and read_template.c read it.
 *
 * A new reference each, NULL without memory.
 */
#ifndef TEXT_PACKED_STAGES_H
#define TEXT_PACKED_STAGES_H

#include "text/pipeline.h"

/*
 * {"type": "Sequence", "normalizers": [...]}.  Character map number i is named
 * PACKED_CHARSMAP "i" and its bytes are to be put there.
 */
json_t *packed_normalizers(const struct normalizer_list *list);
#define PACKED_CHARSMAP "tokenizer.charsmap."

/* {"type": "Sequence", "pretokenizers": [...]} */
json_t *packed_splitters(const struct splitter_list *list);
/* {"type": "TemplateProcessing", ...}; a special token is called by its id. */
json_t *packed_template(const struct template *single,
                        const struct template *pair);
json_t *packed_added_tokens(const struct added_tokens *added);

#endif
