#include "cli/model.h"

#include "base/memory.h"
#include "cli/model_path.h"
#include "model/checkpoint.h"
#include "model/limit.h"

static bool open_weights(struct model *model, const struct spec *spec,
                         struct error *error)
{
    if (!checkpoint_open(&model->tensors, model->directory, error))
        return false;
    model->kernels = kernels_get(error);
    if (model->kernels == NULL)
        return false;
    model->encoder = encoder_open(spec, &model->family->names, &model->tensors,
                                  model->kernels, model->directory, error);
    return model->encoder != NULL &&
           task_open(&model->task, &model->config,
                     encoder_spec(model->encoder)->labels, error);
}

size_t model_token_limit(const struct config *config, const struct spec *spec,
                         const struct tokenizer *tokenizer, struct error *error)
{
    size_t table = spec != NULL ? spec_token_limit(spec) : 0;
    size_t limit = limit_tokens(config, tokenizer_limit(tokenizer), error);
    return table > 0 && (limit == 0 || limit > table) ? table : limit;
}

/* The model's limit bounds what a user may ask. */
static bool find_limit(struct model *model, const struct spec *spec,
                       size_t asked, struct error *error)
{
    size_t limit =
        model_token_limit(&model->config, spec, model->tokenizer, error);
    if (asked > limit && limit > 0)
        return error_set(error,
                         "--max-length %zu: this model takes at most %zu "
                         "tokens",
                         asked, limit);
    model->token_limit = asked > 0 ? asked : limit;
    return !error->set;
}

static bool open_parts(struct model *model, const struct options *options,
                       struct error *error)
{
    struct spec spec;
    if (!config_open(&model->config, model->directory, error))
        return false;
    model->family = family_find(&model->config, &spec, error);
    if (model->family == NULL)
        return false;
    model->tokenizer = tokenizer_open(model->directory, error);
    return model->tokenizer != NULL &&
           find_limit(model, &spec, options->max_length, error) &&
           open_weights(model, &spec, error);
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
