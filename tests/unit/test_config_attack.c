/*
 * Every key of every golden model's config.json, and those it might have,
 * takes hostile values and is left out: the model is refused in one sentence,
 * or opens and its logits are numbers.  What the sanitizers find, they find
 * here.
 */
#include "directory.h"

#include "families/family.h"
#include "model/checkpoint.h"
#include "model/modules.h"
#include "model/task.h"
#include "nn/encoder.h"

#include <math.h>

static const char *const values[] = {
    "null",
    "true",
    "false",
    "\"\"",
    "\"alibi\"",
    "\"c2p|p2c|c2p\"",
    "\"||\"",
    "[]",
    "[1]",
    "[null]",
    "[\"c2p\",\"c2p\",\"c2p\"]",
    "{}",
    "{\"0\": 1}",
    "{\"activation_fn\": 1}",
    "{\"full_attention\": 1}",
    "0",
    "-1",
    "1",
    "2",
    "7",
    "256",
    "65536",
    "16777216",
    "16777217",
    "2147483648",
    "4294967297",
    "9223372036854775807",
    "-9223372036854775808",
    "0.5",
    "-0.5",
    "1e-300",
    "1e300",
    "-1e30",
};

/* Keys that no golden model has need not be in its file to be read. */
static const char *const more_keys[] = {
    "attention_head_size",
    "conv_groups",
    "conv_kernel_size",
    "embedding_size",
    "feed_forward_type",
    "layer_types",
    "num_labels",
    "pos_att_type",
    "position_biased_input",
    "position_buckets",
    "position_embedding_type",
    "relative_attention",
    "rope_parameters",
    "sbert_ce_default_activation_function",
    "sentence_transformers",
    "talking_head",
};

struct victim {
    const char *directory;
    enum precision precision;
    struct config config;
    struct tensors tensors;
};

static void open_victim(struct victim *victim, const char *directory,
                        enum precision precision)
{
    struct error error = {0};
    *victim = (struct victim){.directory = directory, .precision = precision};
    if (!config_open(&victim->config, directory, &error) ||
        !checkpoint_open(&victim->tensors, directory, &error) ||
        !modules_read_weights(victim->config.modules, directory,
                              &victim->tensors, &error))
        fail_msg("%s", error.text);
}

static void close_victim(struct victim *victim)
{
    tensors_free(&victim->tensors);
    config_close(&victim->config);
}

/* A few tokens, as many as the position table allows at most. */
static void check_logits(const struct encoder *encoder, const char *what)
{
    enum { TOKENS = 24, LABELS = 8 };
    int32_t ids[TOKENS], types[TOKENS] = {0};
    const struct spec *spec = encoder_spec(encoder);
    size_t limit = spec_token_limit(spec);
    size_t tokens = limit < TOKENS ? limit : TOKENS;
    for (size_t i = 0; i < tokens; i++)
        ids[i] = (int32_t)(i % spec->vocabulary);
    assert_in_range(spec->labels, 1, LABELS);

    struct error error = {0};
    struct workspace workspace = {0};
    const size_t start[] = {0, tokens};
    const struct batch batch = {
        .sequences = 1, .start = start, .ids = ids, .types = types};
    float logits[LABELS];
    bool fine = encoder_accepts(encoder, ids, types, tokens, &error) &&
                encoder_run(encoder, &workspace, &batch, logits, &error);
    workspace_free(&workspace);
    if (!fine)
        fail_msg("%s: %s", what, error.text);
    for (size_t i = 0; i < spec->labels; i++)
        if (!isfinite(logits[i]))
            fail_msg("%s: a logit is %g", what, (double)logits[i]);
}

static bool open_parts(const struct victim *victim, const struct config *config,
                       struct encoder **encoder, struct task *task,
                       struct error *error)
{
    struct architecture architecture;
    if (!architecture_find(&architecture, config, error) ||
        !architecture_complete(&architecture, config, &victim->tensors, error))
        return false;
    const struct encoder_source source = {
        .names = &architecture.names,
        .tensors = &victim->tensors,
        .kernels = kernels_rung("reference"),
        .precision = victim->precision,
        .directory = victim->directory,
    };
    *encoder = encoder_open(&architecture.spec, &source, error);
    return *encoder != NULL &&
           task_open(task, config, encoder_spec(*encoder)->labels,
                     architecture.family->has_raw_scores, error);
}

/* `value` NULL: the key is left out. */
static void attack(const struct victim *victim, const char *key,
                   const char *value)
{
    char what[256];
    struct error error = {0};
    struct encoder *encoder = NULL;
    struct task task = {0};
    struct config config = victim->config;
    config.root = json_copy(victim->config.root);
    if (value == NULL)
        json_object_del(config.root, key);
    else
        assert_int_equal(
            json_object_set_new(config.root, key,
                                json_loads(value, JSON_DECODE_ANY, NULL)),
            0);
    snprintf(what, sizeof what, "%s: %s: %s", victim->directory, key,
             value ? value : "left out");
    bool fine = open_parts(victim, &config, &encoder, &task, &error);
    assert_int_equal(fine, !error.set);
    if (fine)
        check_logits(encoder, what);
    else if (strstr(error.text, victim->directory) != error.text)
        fail_msg("%s: the error names no file: %s", what, error.text);
    task_close(&task);
    encoder_close(encoder);
    json_decref(config.root);
}

static void attack_key(const struct victim *victim, const char *key)
{
    attack(victim, key, NULL);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        attack(victim, key, values[i]);
}

static void attack_model(const char *name, enum precision precision)
{
    char directory[512];
    const char *top = getenv("top_srcdir"), *key;
    json_t *value;
    struct victim victim;
    snprintf(directory, sizeof directory, "%s/tests/golden/%s", top ? top : ".",
             name);
    open_victim(&victim, directory, precision);
    json_object_foreach(victim.config.root, key, value)
        attack_key(&victim, key);
    for (size_t i = 0; i < sizeof more_keys / sizeof *more_keys; i++)
        if (!config_has(&victim.config, more_keys[i]))
            attack_key(&victim, more_keys[i]);
    close_victim(&victim);
}

static void attack_models(enum precision precision)
{
    static const char *const names[] = {
        "bert",    "bert_cat",   "bert_chain", "deberta", "deberta_v3", "jina",
        "electra", "distilbert", "modernbert", "roberta", "xlmr",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        attack_model(names[i], precision);
}

static void attack_f32(void **state)
{
    (void)state;
    attack_models(PRECISION_F32);
}

static void attack_int8(void **state)
{
    (void)state;
    attack_models(PRECISION_INT8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attack_f32),
        cmocka_unit_test(attack_int8),
    };
    return cmocka_run_group_tests_name("config_attack", tests, NULL, NULL);
}
