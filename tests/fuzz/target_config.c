/*
 * target_config.c - a model's small files beside the weights of a golden one:
 * the model is refused, or it opens and runs a few tokens.
 *
 * The first line of an input has the golden model's name and a precision.
 */
#include "targets.h"

#include "base/memory.h"
#include "families/family.h"
#include "model/checkpoint.h"
#include "model/modules.h"
#include "model/task.h"
#include "nn/encoder.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const goldens[] = {
    "bert",       "bert_cat", "bert_cased_3",    "bert_chain",       "deberta",
    "jina",       "electra",  "distilbert",      "deberta_v3",       "roberta",
    "modernbert", "xlmr",     "jina_query_norm", "modernbert_chain",
};
enum { GOLDENS = sizeof goldens / sizeof *goldens };

static const char *const names[] = {
    "config.json",
    "modules.json",
    "config_sentence_transformers.json",
    "sentence_bert_config.json",
    "tokenizer_config.json",
    "1_Pooling/config.json",
    "2_Dense/config.json",
    "2_Dense/model.safetensors",
    "3_Dense/config.json",
    "3_Dense/model.safetensors",
    "3_LayerNorm/config.json",
    "3_LayerNorm/model.safetensors",
    "4_Dense/config.json",
    "4_Dense/model.safetensors",
    NULL,
};

/* The weights of a golden model, read once; NULL: there is none. */
static const struct tensors *golden_weights(struct slice name)
{
    static struct tensors weights[GOLDENS];
    size_t i = 0;
    while (i < GOLDENS && !slice_is(name, goldens[i]))
        i++;
    if (i < GOLDENS && weights[i].count == 0) {
        struct error error = {0};
        char folder[64];
        snprintf(folder, sizeof folder, "tests/golden/%s", goldens[i]);
        fuzz_require(checkpoint_open(&weights[i], fuzz_source(folder), &error));
    }
    return i < GOLDENS ? &weights[i] : NULL;
}

static enum precision find_precision(struct slice name)
{
    for (int i = 0; i < PRECISION_COUNT; i++)
        if (slice_is(name, precision_names[i]))
            return (enum precision)i;
    return PRECISION_F32;
}

static void run_tokens(const struct encoder *encoder)
{
    enum { TOKENS = 12 };
    const struct spec *spec = encoder_spec(encoder);
    struct error error = {0};
    struct workspace workspace = {0};
    int32_t ids[TOKENS], types[TOKENS] = {0};
    static const size_t start[] = {0, 5, TOKENS};
    const struct batch batch = {
        .sequences = 2, .start = start, .ids = ids, .types = types};
    float *logits = memory_new(2 * spec->labels, sizeof *logits, &error);
    fuzz_require(logits != NULL);
    for (size_t i = 0; i < TOKENS; i++)
        ids[i] = (int32_t)(i * 31 % spec->vocabulary);
    if (encoder_accepts(encoder, ids, types, TOKENS, &error)) {
        bool fine = encoder_run(encoder, &workspace, &batch, logits, &error);
        fuzz_require_error(fine, &error);
        for (int i = OUTPUT_IDENTITY; i <= OUTPUT_RELU; i++)
            output_activate((enum output_activation)i, spec->labels, logits);
    }
    workspace_free(&workspace);
    memory_free(logits);
}

static bool open_encoder(struct encoder **encoder, const struct config *config,
                         const struct tensors *tensors, const char *directory,
                         enum precision precision, struct error *error)
{
    struct architecture architecture;
    struct task task = {0};
    if (!architecture_find(&architecture, config, error) ||
        !architecture_complete(&architecture, config, tensors, error))
        return false;
    config_token_limit(config, architecture.spec.sequence_limit, 512);
    const struct encoder_source source = {
        .names = &architecture.names,
        .tensors = tensors,
        .kernels = kernels_rung("reference"),
        .precision = precision,
        .directory = directory,
    };
    *encoder = encoder_open(&architecture.spec, &source, error);
    bool fine = *encoder != NULL &&
                task_open(&task, config, encoder_spec(*encoder)->labels,
                          architecture.family->has_raw_scores, error);
    task_close(&task);
    return fine;
}

/* The golden weights are borrowed, those of the modules are its own. */
static bool add_weights(struct tensors *tensors, const struct tensors *golden,
                        const struct config *config, const char *directory,
                        struct error *error)
{
    for (size_t i = 0; i < golden->count; i++)
        if (!tensors_add(tensors, &golden->list[i], "golden", error))
            return false;
    return modules_read_weights(config->modules, directory, tensors, error);
}

void target_config(const struct fuzz_target *target, struct slice input)
{
    (void)target;
    struct error error = {0};
    struct config config;
    struct tensors tensors = {0};
    struct encoder *encoder = NULL;
    struct slice line = fuzz_line(&input), words[2] = {{"", 0}, {"", 0}};
    text_words(line, words, 2);
    const struct tensors *golden = golden_weights(words[0]);
    if (golden == NULL)
        return;
    const char *directory = fuzz_directory(input, names);
    bool is_open = config_open(&config, directory, &error);
    bool fine = is_open &&
                add_weights(&tensors, golden, &config, directory, &error) &&
                open_encoder(&encoder, &config, &tensors, directory,
                             find_precision(words[1]), &error);
    fuzz_require_error(fine, &error);
    if (fine)
        run_tokens(encoder);
    encoder_close(encoder);
    tensors_free(&tensors);
    if (is_open)
        config_close(&config);
    fuzz_directory_clear();
}
