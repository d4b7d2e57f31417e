#include "model/limit.h"

#include "model/modules.h"

size_t limit_tokens(const struct config *config, size_t tokenizer_limit,
                    struct error *error)
{
    if (config->modules != NULL && config->modules->token_limit > 0)
        return config->modules->token_limit;
    size_t positions =
        config_count(config, "max_position_embeddings", 0, error);
    if (positions == 0 || tokenizer_limit == 0)
        return positions + tokenizer_limit;
    return positions < tokenizer_limit ? positions : tokenizer_limit;
}
