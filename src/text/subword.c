#include "text/subword.h"

#include "base/memory.h"

void subword_scratch_free(struct subword_scratch *scratch)
{
    memory_free(scratch->symbols);
    memory_free(scratch->merges);
    memory_free(scratch->places);
    *scratch = (struct subword_scratch){0};
}

void subword_free(struct subword_model *model)
{
    if (model->is_mapped)
        return;
    vocabulary_free(&model->vocabulary);
    memory_free(model->bpe.rules);
    memory_free(model->bpe.characters);
    memory_free(model->unigram.scores);
    memory_free(model->byte_ids);
}

bool subword_append(struct token_list *ids, int32_t id, struct span_list *spans,
                    struct span span, struct error *error)
{
    return token_list_append(ids, id, error) &&
           (spans == NULL || span_list_add(spans, span, error));
}

bool subword_find_bytes(struct subword_model *model, struct error *error)
{
    static const char digits[] = "0123456789ABCDEF";
    model->byte_ids = memory_new(256, sizeof *model->byte_ids, error);
    if (model->byte_ids == NULL)
        return false;
    for (unsigned byte = 0; byte < 256; byte++) {
        const char name[] = {
            '<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
        model->byte_ids[byte] = vocabulary_find(
            &model->vocabulary, (struct slice){name, sizeof name});
    }
    return true;
}

bool subword_has_bytes(const struct subword_model *model, struct slice text)
{
    for (size_t i = 0; i < text.length; i++)
        if (model->byte_ids[(unsigned char)text.bytes[i]] < 0)
            return false;
    return true;
}
