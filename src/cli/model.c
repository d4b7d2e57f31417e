#include "cli/model.h"

#include "base/cpu.h"
#include "base/memory.h"
#include "model/checkpoint.h"
#include "model/model_path.h"
#include "model/modules.h"
#include "text/packed.h"
#include "text/pair.h"

#include <string.h>

bool model_is_packed(const struct model *model)
{
    return model->packed.path != NULL;
}

const struct tensors *model_tensors(const struct model *model)
{
    return model_is_packed(model) ? &model->packed.tensors : &model->tensors;
}

static bool read_weights(struct model *model, struct error *error)
{
    if (!model_is_packed(model) &&
        (!checkpoint_open(&model->tensors, model->path, error) ||
         !modules_read_weights(model->config.modules, model->path,
                               &model->tensors, error)))
        return false;
    return architecture_complete(&model->architecture, &model->config,
                                 model_tensors(model), error);
}

static enum precision packed_precision(const struct packfile *packed)
{
    const char *name = packfile_text(packed, "precision");
    for (int i = 0; i < PRECISION_COUNT; i++)
        if (strcmp(name, precision_names[i]) == 0)
            return (enum precision)i;
    return PRECISION_F32;
}

/* A model runs as it is stored unless it is told otherwise. */
static void find_precision(struct model *model, const struct options *options)
{
    const struct architecture *architecture = &model->architecture;
    if (options->has_precision) {
        model->precision = options->precision;
        model->precision_source = "--precision";
    } else if (model_is_packed(model)) {
        model->precision = packed_precision(&model->packed);
        model->precision_source = "packed so";
    } else {
        model->precision = load_stored_precision(
            &architecture->spec, &architecture->names, &model->tensors);
        model->precision_source = model->precision == PRECISION_INT8
                                      ? "stored as 8-bit rows"
                                      : "stored as floats";
    }
}

int model_workers(const struct options *options)
{
    return options->jobs > 0 ? options->jobs : cpu_workers();
}

static bool open_encoder(struct model *model, const struct options *options,
                         struct tensors *parts, struct error *error)
{
    const struct architecture *architecture = &model->architecture;
    model->kernels = kernels_get(error);
    if (model->kernels == NULL)
        return false;
    find_precision(model, options);
    model->gemm = &model->kernels->gemm[model->precision];
    struct encoder_source source = {
        .names = &architecture->names,
        .tensors = model_tensors(model),
        .kernels = model->kernels,
        .precision = model->precision,
        .directory = model->path,
        .workers = model_workers(options),
        .list = parts,
    };
    model->encoder = encoder_open(&architecture->spec, &source, error);
    return model->encoder != NULL &&
           task_open(&model->task, &model->config,
                     encoder_spec(model->encoder)->labels,
                     architecture->family->has_raw_scores, error);
}

size_t model_token_limit(const struct config *config, const struct spec *spec,
                         const struct tokenizer *tokenizer, struct error *error)
{
    size_t table = spec != NULL ? spec_token_limit(spec) : SIZE_MAX;
    size_t positions = spec != NULL
                           ? spec->sequence_limit
                           : config_positive(config, "max_position_embeddings",
                                             SIZE_MAX, error);
    size_t limit =
        config_token_limit(config, positions, tokenizer_limit(tokenizer));
    return limit < table ? limit : table;
}

/* The model's limit bounds what a user may ask. */
static bool find_limit(struct model *model, size_t asked, struct error *error)
{
    size_t limit = model_token_limit(&model->config, &model->architecture.spec,
                                     model->tokenizer, error);
    if (asked > limit)
        return error_set(error,
                         "--max-length %zu: this model takes at most %zu "
                         "tokens",
                         asked, limit);
    model->token_limit = asked > 0 ? asked : limit;
    size_t specials = pair_special_tokens(model->tokenizer, true);
    if (model->token_limit < specials)
        return error_set(error,
                         "%s: a limit of %zu tokens has no room for the %zu "
                         "special tokens of a pair",
                         asked > 0 ? "--max-length" : model->path,
                         model->token_limit, specials);
    return !error->set;
}

static bool open_directory(struct model *model, struct error *error)
{
    if (!config_open(&model->config, model->path, error))
        return false;
    model->tokenizer = tokenizer_open(model->path, error);
    return model->tokenizer != NULL;
}

static bool open_packed(struct model *model, struct error *error)
{
    struct packfile *packed = &model->packed;
    if (!packfile_open(packed, model->path, error) ||
        !config_open_folder(&model->config, &packed->folder, error))
        return false;
    model->tokenizer =
        tokenizer_map(packed->tokenizer, &packed->tensors, packed->path, error);
    return model->tokenizer != NULL;
}

static bool open_texts(struct model *model, struct error *error)
{
    return packfile_is(model->path) ? open_packed(model, error)
                                    : open_directory(model, error);
}

bool model_open_texts(struct model *model, const struct options *options,
                      struct error *error)
{
    *model = (struct model){.path = model_path(options->model, error)};
    if (model->path != NULL && open_texts(model, error))
        return true;
    model_close(model);
    return false;
}

bool model_inspect(struct model *model, const char *path, struct error *error)
{
    *model = (struct model){.path = memory_copy(path, strlen(path), error)};
    return model->path != NULL && open_texts(model, error) &&
           architecture_find(&model->architecture, &model->config, error) &&
           read_weights(model, error);
}

bool model_open_parts(struct model *model, const struct options *options,
                      struct tensors *parts, struct error *error)
{
    if (!model_open_texts(model, options, error))
        return false;
    if (architecture_find(&model->architecture, &model->config, error) &&
        read_weights(model, error) &&
        find_limit(model, options->max_length, error) &&
        open_encoder(model, options, parts, error))
        return true;
    model_close(model);
    return false;
}

bool model_open(struct model *model, const struct options *options,
                struct error *error)
{
    return model_open_parts(model, options, NULL, error);
}

void model_close(struct model *model)
{
    encoder_close(model->encoder);
    tensors_free(&model->tensors);
    tokenizer_close(model->tokenizer);
    task_close(&model->task);
    config_close(&model->config);
    packfile_close(&model->packed);
    memory_free(model->path);
    *model = (struct model){0};
}
