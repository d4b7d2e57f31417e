/*
 * target_config.c - a model's small files beside the weights of a golden one:
 * the model is refused, or it opens and runs a few tokens.
 *
 * The first line of an input has the golden model's name and a precision.  What
 * it lacks of modules' weights are the golden ones, too.
 */
#include "targets.h"

#include "base/memory.h"
#include "families/family.h"
#include "model/checkpoint.h"
#include "model/modules.h"
#include "model/task.h"
#include "nn/encoder.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* GOLDENS: there is none of that name. */
static size_t find_golden(struct slice name)
{
    size_t golden = 0;
    while (golden < GOLDENS && !slice_is(name, goldens[golden]))
        golden++;
    return golden;
}

/* A file of the golden model, or its folder. */
static const char *golden_file(size_t golden, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "tests/golden/%s/%s", goldens[golden], name);
    return fuzz_source(path);
}

/* Read once. */
static const struct tensors *golden_weights(size_t golden)
{
    static struct tensors weights[GOLDENS];
    struct error error = {0};
    if (weights[golden].count == 0)
        fuzz_require(
            checkpoint_open(&weights[golden], golden_file(golden, ""), &error));
    return &weights[golden];
}

/* What neither the input nor the golden model has stays away, and so does what
 * the input has no folder for. */
static void link_weights(size_t golden, struct slice input,
                         const char *directory)
{
    char from[PATH_MAX], to[PATH_MAX];
    for (const char *const *name = names; *name != NULL; name++) {
        snprintf(to, sizeof to, "%s/%s", directory, *name);
        if (strstr(*name, ".safetensors") != NULL &&
            fuzz_member(input, *name).bytes == NULL &&
            realpath(golden_file(golden, *name), from) != NULL &&
            symlink(from, to) != 0)
            fuzz_require(errno == ENOENT);
    }
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
    size_t golden = find_golden(words[0]);
    if (golden == GOLDENS)
        return;
    const char *directory = fuzz_directory(input, names);
    link_weights(golden, input, directory);
    bool is_open = config_open(&config, directory, &error);
    bool fine = is_open &&
                add_weights(&tensors, golden_weights(golden), &config,
                            directory, &error) &&
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
