#include "cli/model.h"

#include "base/memory.h"
#include "cli/model_path.h"
#include "model/checkpoint.h"
#include "model/limit.h"
#include "model/modules.h"
#include "text/pair.h"

static bool read_weights(struct model *model, struct error *error)
{
    return checkpoint_open(&model->tensors, model->directory, error) &&
           modules_read_weights(model->config.modules, model->directory,
                                &model->tensors, error) &&
           architecture_complete(&model->architecture, &model->config,
                                 &model->tensors, error);
}

static bool open_encoder(struct model *model, struct error *error)
{
    const struct architecture *architecture = &model->architecture;
    model->kernels = kernels_get(error);
    if (model->kernels == NULL)
        return false;
    model->encoder =
        encoder_open(&architecture->spec, &architecture->names, &model->tensors,
                     model->kernels, model->directory, error);
    return model->encoder != NULL &&
           task_open(&model->task, &model->config,
                     encoder_spec(model->encoder)->labels,
                     architecture->family->has_raw_scores, error);
}

size_t model_token_limit(const struct config *config, const struct spec *spec,
                         const struct tokenizer *tokenizer, struct error *error)
{
    size_t table = spec != NULL ? spec_token_limit(spec) : 0;
    size_t limit = limit_tokens(config, tokenizer_limit(tokenizer), error);
    return table > 0 && (limit == 0 || limit > table) ? table : limit;
}

/* The model's limit bounds what a user may ask. */
static bool find_limit(struct model *model, size_t asked, struct error *error)
{
    size_t limit = model_token_limit(&model->config, &model->architecture.spec,
                                     model->tokenizer, error);
    if (asked > limit && limit > 0)
        return error_set(error,
                         "--max-length %zu: this model takes at most %zu "
                         "tokens",
                         asked, limit);
    model->token_limit = asked > 0 ? asked : limit;
    size_t specials = pair_special_tokens(model->tokenizer, true);
    if (model->token_limit > 0 && model->token_limit < specials)
        return error_set(error,
                         "%s: a limit of %zu tokens has no room for the %zu "
                         "special tokens of a pair",
                         asked > 0 ? "--max-length" : model->directory,
                         model->token_limit, specials);
    return !error->set;
}

static bool open_parts(struct model *model, const struct options *options,
                       struct error *error)
{
    if (!config_open(&model->config, model->directory, error) ||
        !architecture_find(&model->architecture, &model->config, error))
        return false;
    model->tokenizer = tokenizer_open(model->directory, error);
    return model->tokenizer != NULL && read_weights(model, error) &&
           find_limit(model, options->max_length, error) &&
           open_encoder(model, error);
}

bool model_open(struct model *model, const struct options *options,
                struct error *error)
{
    *model = (struct model){.directory = model_path(options->model, error)};
    if (model->directory != NULL && open_parts(model, options, error))
        return true;
    model_close(model);
    return false;
}

void model_close(struct model *model)
{
    encoder_close(model->encoder);
    tensors_free(&model->tensors);
    tokenizer_close(model->tokenizer);
    task_close(&model->task);
    config_close(&model->config);
    memory_free(model->directory);
    *model = (struct model){0};
}
