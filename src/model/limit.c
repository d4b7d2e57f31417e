#include "model/limit.h"

#include "model/modules.h"

size_t limit_tokens(const struct config *config, size_t positions,
                    size_t tokenizer_limit)
{
    if (config->modules != NULL && config->modules->token_limit > 0)
        return config->modules->token_limit;
    return positions < tokenizer_limit ? positions : tokenizer_limit;
}
