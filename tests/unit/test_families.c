/*
 * test_families.c - what a config.json says and what is refused: DeBERTa's
 * relative positions, ModernBERT's angles, the names of activations.
 */
#include "families/family.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#define VERSION_1                                                              \
    "\"model_type\": \"deberta\", \"hidden_size\": 64, "                       \
    "\"num_attention_heads\": 4, \"relative_attention\": true"
#define VERSION_2                                                              \
    "\"model_type\": \"deberta-v2\", \"hidden_size\": 64, "                    \
    "\"num_attention_heads\": 4, \"relative_attention\": true"

static bool read_spec(const char *members, struct spec *spec,
                      struct error *error)
{
    struct architecture architecture = {0};
    struct buffer text = {0};
    struct config config = {.path = "config.json"};
    assert_true(buffer_append(&text, "{", 1, error) &&
                buffer_append(&text, members, strlen(members), error) &&
                buffer_append(&text, "}", 1, error));
    config.root = json_parse(buffer_slice(&text), "config.json", 1, error);
    assert_non_null(config.root);
    bool fine = architecture_find(&architecture, &config, error);
    *spec = architecture.spec;
    json_decref(config.root);
    buffer_free(&text);
    return fine;
}

static struct spec spec_of(const char *members)
{
    struct error error = {0};
    struct spec spec;
    if (!read_spec(members, &spec, &error))
        fail_msg("%s", error.text);
    return spec;
}

static void assert_refused(const char *members, const char *message)
{
    struct error error = {0};
    struct spec spec;
    assert_false(read_spec(members, &spec, &error));
    assert_string_equal(error.text, message);
}

/* Scores are scaled by 1 / sqrt(head width * factor). */
static void assert_factor(const struct spec *spec, float factor)
{
    float wanted = 1 / sqrtf(16 * factor);
    assert_true(fabsf(spec->score_scale - wanted) < 1e-7f);
}

static void assert_terms(const struct spec *spec, bool content_to_position,
                         bool position_to_content)
{
    bool is_relative = content_to_position || position_to_content;
    assert_int_equal(spec->attention,
                     is_relative ? ATTENTION_DISENTANGLED : ATTENTION_PLAIN);
    assert_int_equal(spec->relative.content_to_position, content_to_position);
    assert_int_equal(spec->relative.position_to_content, position_to_content);
}

static void test_terms(void **state)
{
    (void)state;
    struct spec spec =
        spec_of(VERSION_2 ", \"pos_att_type\": [\"p2c\", \"c2p\"]");
    assert_terms(&spec, true, true);
    assert_factor(&spec, 3);
    spec = spec_of(VERSION_2 ", \"pos_att_type\": \" C2P |p2c\"");
    assert_terms(&spec, true, true);
    spec = spec_of(VERSION_2 ", \"pos_att_type\": \"p2c\"");
    assert_terms(&spec, false, true);
    assert_factor(&spec, 2);
    spec = spec_of(VERSION_2);
    assert_terms(&spec, false, false);
    assert_factor(&spec, 1);
    spec = spec_of(VERSION_2 ", \"pos_att_type\": null");
    assert_terms(&spec, false, false);
}

/* Version 1 counts the entries, version 2 looks which there are. */
static void test_entry_twice(void **state)
{
    (void)state;
    struct spec spec =
        spec_of(VERSION_1 ", \"pos_att_type\": [\"c2p\", \"c2p\"]");
    assert_terms(&spec, true, false);
    assert_factor(&spec, 3);
    spec = spec_of(VERSION_2 ", \"pos_att_type\": [\"c2p\", \"c2p\"]");
    assert_factor(&spec, 2);
}

static void test_without_relative_attention(void **state)
{
    (void)state;
    struct spec spec = spec_of("\"model_type\": \"deberta\", "
                               "\"hidden_size\": 64, "
                               "\"num_attention_heads\": 4, "
                               "\"pos_att_type\": \"c2p|p2c\"");
    assert_terms(&spec, false, false);
    assert_factor(&spec, 3);
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE).rows, 0);
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE_KEY).rows, 0);
}

static void test_table(void **state)
{
    (void)state;
    struct spec spec = spec_of(VERSION_1 ", \"pos_att_type\": \"c2p|p2c\"");
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE).rows, 1024);
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE_KEY).rows, 64);
    assert_false(slot_shape(&spec, SLOT_RELATIVE_KEY).has_bias);
    assert_true(slot_shape(&spec, SLOT_RELATIVE_QUERY).has_bias);
    spec = spec_of(VERSION_1 ", \"pos_att_type\": \"c2p\", "
                             "\"max_relative_positions\": 24");
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE).rows, 48);
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE_QUERY).rows, 0);

    spec = spec_of(VERSION_2 ", \"pos_att_type\": \"c2p\", "
                             "\"max_relative_positions\": -1, "
                             "\"position_buckets\": 256, "
                             "\"norm_rel_ebd\": \"layer_norm\", "
                             "\"share_att_key\": true");
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE).rows, 512);
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE_NORM).rows, 64);
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE_KEY).rows, 0);
    assert_int_equal(spec.relative.reach, 512);
    spec = spec_of(VERSION_2 ", \"pos_att_type\": \"c2p\", "
                             "\"position_buckets\": -1");
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE).rows, 1024);
    assert_int_equal(slot_shape(&spec, SLOT_RELATIVE_NORM).rows, 0);
    assert_true(slot_shape(&spec, SLOT_RELATIVE_KEY).has_bias);
}

static void test_embeddings(void **state)
{
    (void)state;
    struct spec spec = spec_of(VERSION_2 ", \"embedding_size\": 24, "
                                         "\"type_vocab_size\": 2");
    assert_int_equal(slot_shape(&spec, SLOT_WORD).columns, 24);
    assert_int_equal(slot_shape(&spec, SLOT_POSITION).rows, 512);
    assert_int_equal(slot_shape(&spec, SLOT_TOKEN_TYPE).rows, 2);
    assert_int_equal(slot_shape(&spec, SLOT_EMBEDDING_NORM).rows, 64);
    assert_int_equal(slot_shape(&spec, SLOT_EMBEDDING_PROJECTION).rows, 64);
    assert_false(slot_shape(&spec, SLOT_EMBEDDING_PROJECTION).has_bias);
    spec = spec_of(VERSION_2 ", \"position_biased_input\": false");
    assert_int_equal(slot_shape(&spec, SLOT_POSITION).rows, 0);
    assert_int_equal(spec_token_limit(&spec), SIZE_MAX);
}

static void test_convolution(void **state)
{
    (void)state;
    struct spec spec = spec_of(VERSION_2 ", \"conv_kernel_size\": 3, "
                                         "\"conv_groups\": 4");
    struct slot_shape shape = slot_shape(&spec, SLOT_CONVOLUTION);
    assert_int_equal(shape.rows, 64);
    assert_int_equal(shape.columns, 16);
    assert_int_equal(shape.taps, 3);
    assert_int_equal(spec.convolution.activation, ACTIVATION_TANH);
    spec = spec_of(VERSION_2 ", \"conv_kernel_size\": 0");
    assert_int_equal(slot_shape(&spec, SLOT_CONVOLUTION).rows, 0);
}

static void test_refusals(void **state)
{
    (void)state;
    assert_refused(VERSION_1 ", \"pos_att_type\": [\"c2p\", \"p2p\"]",
                   "config.json: pos_att_type 'p2p': supported are c2p and "
                   "p2c");
    assert_refused(VERSION_1 ", \"pos_att_type\": [7]",
                   "config.json: pos_att_type '': supported are c2p and p2c");
    assert_refused(VERSION_1 ", \"pos_att_type\": 7",
                   "config.json: pos_att_type: a string was expected");
    assert_refused(VERSION_1 ", \"talking_head\": true",
                   "config.json: talking_head: attention whose heads mix is "
                   "not supported");
    assert_refused(VERSION_1 ", \"pooler_hidden_size\": 32",
                   "config.json: pooler_hidden_size 32: the other sizes make "
                   "it 64");
    assert_refused(VERSION_2 ", \"attention_head_size\": 32",
                   "config.json: attention_head_size 32: the other sizes make "
                   "it 16");
    assert_refused(VERSION_2 ", \"pos_att_type\": \"c2p\", "
                             "\"norm_rel_ebd\": \"rms\"",
                   "config.json: norm_rel_ebd 'rms': supported are layer_norm "
                   "and none");
    assert_refused(VERSION_2 ", \"pos_att_type\": \"c2p\", "
                             "\"position_buckets\": 1",
                   "config.json: position_buckets: 2 or more were expected");
    assert_refused(VERSION_2 ", \"pos_att_type\": \"c2p\", "
                             "\"position_buckets\": 32, "
                             "\"max_relative_positions\": 17",
                   "config.json: position_buckets 32: any "
                   "max_relative_positions but 17 was expected");
    assert_refused(VERSION_2 ", \"conv_kernel_size\": 4",
                   "config.json: conv_kernel_size 4: an odd number was "
                   "expected");
    assert_refused(VERSION_2 ", \"conv_kernel_size\": 3, \"conv_groups\": 5",
                   "config.json: hidden size 64 is no multiple of conv_groups "
                   "5");
}

/* null is not absent: then all layers have the global angles. */
static void test_local_angles(void **state)
{
    static const struct {
        const char *members;
        float theta, local_theta;
    } cases[] = {
        {"\"model_type\": \"modernbert\"", 160000, 10000},
        {"\"model_type\": \"modernbert\", \"local_rope_theta\": 500.0", 160000,
         500},
        {"\"model_type\": \"modernbert\", \"global_rope_theta\": 80000.0, "
         "\"local_rope_theta\": null",
         80000, 80000},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct spec spec = spec_of(cases[i].members);
        assert_true(spec.rotary.theta == cases[i].theta);
        assert_true(spec.rotary.local_theta == cases[i].local_theta);
    }
}

/* The reference has several programs for each of the two functions. */
static void test_names_of_gelu(void **state)
{
    static const struct {
        const char *name;
        enum activation activation;
    } cases[] = {
        {"gelu", ACTIVATION_GELU},
        {"gelu_python", ACTIVATION_GELU},
        {"gelu_fast", ACTIVATION_GELU_TANH},
        {"gelu_accurate", ACTIVATION_GELU_TANH},
        {"gelu_python_tanh", ACTIVATION_GELU_TANH},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char members[96];
        snprintf(members, sizeof members,
                 "\"model_type\": \"bert\", \"hidden_act\": \"%s\"",
                 cases[i].name);
        assert_int_equal(spec_of(members).feedforward_activation,
                         cases[i].activation);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terms),
        cmocka_unit_test(test_entry_twice),
        cmocka_unit_test(test_without_relative_attention),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_embeddings),
        cmocka_unit_test(test_convolution),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_local_angles),
        cmocka_unit_test(test_names_of_gelu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
