#include "model/limit.h"

size_t limit_tokens(const struct config *config, size_t tokenizer_limit,
                    struct error *error)
{
    size_t positions =
        config_count(config, "max_position_embeddings", 0, error);
    if (positions == 0 || tokenizer_limit == 0)
        return positions + tokenizer_limit;
    return positions < tokenizer_limit ? positions : tokenizer_limit;
}
