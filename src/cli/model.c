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

/* The model's own limit and its position table bound what a user may ask. */
static bool find_limit(struct model *model, const struct spec *spec,
                       size_t asked, struct error *error)
{
    size_t table = spec_token_limit(spec);
    size_t limit =
        limit_tokens(&model->config, tokenizer_limit(model->tokenizer), error);
    if (table > 0 && (limit == 0 || limit > table))
        limit = table;
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
