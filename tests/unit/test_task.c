/*
 * test_task.c - what outputs mean: labels, the activation by the reference's
 * order of keys, its values in double.
 */
#include "model/modules.h"
#include "model/task.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

static struct config config_of(const char *text)
{
    struct error error = {0};
    struct config config = {.path = (char *)(uintptr_t) "config.json"};
    config.root = json_parse(slice_of(text), "config.json", 0, &error);
    if (config.root == NULL)
        fail_msg("%s", error.text);
    return config;
}

static void assert_task(const char *text, size_t labels,
                        enum output_activation activation, const char *source)
{
    struct error error = {0};
    struct config config = config_of(text);
    struct task task;
    if (!task_open(&task, &config, labels, false, &error))
        fail_msg("%s: %s", text, error.text);
    if (task.activation != activation)
        fail_msg("%s: %s", text, output_activation_name(task.activation));
    assert_string_equal(task.activation_source, source);
    task_close(&task);
    json_decref(config.root);
}

static void assert_refused(const char *text, size_t labels, const char *wanted)
{
    struct error error = {0};
    struct config config = config_of(text);
    struct task task;
    assert_false(task_open(&task, &config, labels, false, &error));
    assert_string_equal(error.text, wanted);
    json_decref(config.root);
}

#define OLD "\"sbert_ce_default_activation_function\": "
#define NEW "\"sentence_transformers\": "
static const char old_source[] = "sbert_ce_default_activation_function",
                  new_source[] = "sentence_transformers.activation_fn",
                  one_label[] = "default for one label",
                  more_labels[] = "default for labels";

static void activations_in_their_order(void **state)
{
    (void)state;
    assert_task("{}", 1, OUTPUT_SIGMOID, one_label);
    assert_task("{}", 3, OUTPUT_IDENTITY, more_labels);
    assert_task("{" OLD "null}", 1, OUTPUT_SIGMOID, one_label);
    assert_task("{" OLD "\"torch.nn.modules.linear.Identity\"}", 1,
                OUTPUT_IDENTITY, old_source);
    assert_task("{" OLD "\"torch.nn.modules.activation.Sigmoid\"}", 3,
                OUTPUT_SIGMOID, old_source);
    assert_task("{" NEW "{\"activation_fn\": \"torch.nn.Tanh\"}, " OLD
                "\"torch.nn.ReLU\"}",
                1, OUTPUT_TANH, new_source);
    /* an object without the key leaves the word to the old one */
    assert_task("{" NEW "{\"version\": 5}, " OLD "\"torch.nn.ReLU\"}", 1,
                OUTPUT_RELU, old_source);
    assert_task("{" NEW "null, " OLD "\"torch.nn.ReLU\"}", 1, OUTPUT_RELU,
                old_source);
    /* a null there ends the search */
    assert_task("{" NEW "{\"activation_fn\": null}, " OLD "\"torch.nn.ReLU\"}",
                1, OUTPUT_SIGMOID, one_label);
}

static enum output_activation
chain_activation(const char *settings, const char *text, bool has_raw_scores)
{
    struct error error = {0};
    struct modules modules = {.settings = config_of(settings)};
    struct config config = config_of(text);
    struct task task;
    config.modules = &modules;
    assert_true(task_open(&task, &config, 1, has_raw_scores, &error));
    enum output_activation activation = task.activation;
    task_close(&task);
    json_decref(config.root);
    json_decref(modules.settings.root);
    return activation;
}

/* The file of a chain of modules comes first, if it says anything. */
static void chains_have_their_own(void **state)
{
    (void)state;
    static const char sigmoid[] = "{" OLD "\"torch.nn.Sigmoid\"}",
                      tanh_there[] = "{\"activation_fn\": \"torch.nn.Tanh\"}";
    assert_int_equal(chain_activation(tanh_there, sigmoid, false), OUTPUT_TANH);
    assert_int_equal(chain_activation("{}", sigmoid, false), OUTPUT_SIGMOID);
    assert_int_equal(
        chain_activation("{\"activation_fn\": null}", sigmoid, false),
        OUTPUT_SIGMOID);
    assert_int_equal(chain_activation("{}", "{}", false), OUTPUT_SIGMOID);
    assert_int_equal(chain_activation("{}", "{}", true), OUTPUT_IDENTITY);
}

static void code_of_others_is_not_run(void **state)
{
    (void)state;
    assert_task("{" OLD "\"my.module.Identity\"}", 1, OUTPUT_SIGMOID,
                one_label);
    assert_task("{" NEW "{\"activation_fn\": \"torchy.nn.Identity\"}}", 2,
                OUTPUT_IDENTITY, more_labels);
    assert_task("{" NEW "{\"activation_fn\": \"\"}}", 1, OUTPUT_SIGMOID,
                one_label);
}

static void activations_that_are_not_there(void **state)
{
    (void)state;
    assert_refused("{" OLD "\"torch.nn.Softplus\"}", 1,
                   "config.json: activation 'torch.nn.Softplus': Identity, "
                   "Sigmoid, Tanh and ReLU of torch.nn are supported");
    assert_refused("{" OLD "\"torch.\"}", 1,
                   "config.json: activation 'torch.': Identity, Sigmoid, Tanh "
                   "and ReLU of torch.nn are supported");
    assert_refused("{" OLD "7}", 1,
                   "config.json: sbert_ce_default_activation_function: a "
                   "string was expected");
}

static void assert_labels(const char *text, size_t wanted)
{
    struct error error = {0};
    struct config config = config_of(text);
    assert_int_equal(task_config_labels(&config, &error), wanted);
    assert_false(error.set);
    json_decref(config.root);
}

static void numbers_of_labels(void **state)
{
    (void)state;
    assert_labels("{}", 0);
    assert_labels("{\"num_labels\": 4}", 4);
    assert_labels("{\"id2label\": {\"0\": \"a\", \"1\": \"b\"}}", 2);
    assert_labels("{\"id2label\": {\"0\": \"a\"}, \"num_labels\": 3}", 3);
    assert_labels("{\"id2label\": null}", 0);
    assert_refused("{\"id2label\": [\"a\"]}", 1,
                   "config.json: id2label: an object was expected");
    assert_refused("{\"num_labels\": 2}", 3,
                   "config.json: 2 labels, but the classifier has 3 rows: "
                   "config and weights are not of one model");
    assert_refused("{\"num_labels\": -2}", 3,
                   "config.json: num_labels: a whole number from 0 to "
                   "16777216 was expected");
}

static void names_of_labels(void **state)
{
    (void)state;
    struct error error = {0};
    struct config config = config_of(
        "{\"id2label\": {\"2\": \"yes\", \"0\": \"no\", \"x\": \"odd\"}}");
    struct task task;
    assert_true(task_open(&task, &config, 3, false, &error));
    json_decref(config.root); /* names are copies */
    assert_string_equal(task.label_names[0], "no");
    assert_string_equal(task.label_names[1], "LABEL_1");
    assert_string_equal(task.label_names[2], "yes");
    task_close(&task);
}

static void names_are_one_line(void **state)
{
    (void)state;
    struct error error = {0};
    struct config config = config_of(
        "{\"id2label\": {\"0\": \"a\\tb\\n\\u001b[1m\\u0000\u00e9\"}}");
    struct task task;
    assert_true(task_open(&task, &config, 1, false, &error));
    assert_string_equal(task.label_names[0], "a?b??[1m?\xC3\xA9");
    task_close(&task);
    json_decref(config.root);
}

static float activated(enum output_activation activation, float x)
{
    output_activate(activation, 1, &x);
    return x;
}

static void values(void **state)
{
    (void)state;
    static const float inputs[] = {-INFINITY, -104, -2.5f, -0.5f, -1e-30f, 0,
                                   1e-30f,    0.5f, 2.5f,  104,   INFINITY};
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        double x = (double)inputs[i];
        assert_true(activated(OUTPUT_IDENTITY, inputs[i]) == inputs[i]);
        assert_true(activated(OUTPUT_SIGMOID, inputs[i]) ==
                    (float)(1 / (1 + exp(-x))));
        assert_true(activated(OUTPUT_TANH, inputs[i]) == (float)tanh(x));
        assert_true(activated(OUTPUT_RELU, inputs[i]) ==
                    (x > 0 ? inputs[i] : 0));
    }
}

/* A broken model must not look like one that answers. */
static void nan_stays_nan(void **state)
{
    (void)state;
    for (enum output_activation i = OUTPUT_IDENTITY; i <= OUTPUT_RELU; i++) {
        float outputs[2] = {1, NAN};
        output_activate(i, 2, outputs);
        if (!isnan(outputs[1]))
            fail_msg("%s: %g", output_activation_name(i), (double)outputs[1]);
    }
}

static void shares(void **state)
{
    (void)state;
    float logits[3] = {-1000, 1000, 998}, outputs[3];
    memcpy(outputs, logits, sizeof outputs);
    output_activate(OUTPUT_SOFTMAX, 3, outputs);
    double share = 1 / (1 + exp(-2));
    assert_true(outputs[0] == 0);
    assert_true(fabs((double)outputs[1] - share) < 1e-7);
    assert_true(fabs((double)outputs[2] - (1 - share)) < 1e-7);
    assert_true(fabs((double)output_log_share(3, logits, 2) - log(1 - share)) <
                1e-6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(activations_in_their_order),
        cmocka_unit_test(chains_have_their_own),
        cmocka_unit_test(code_of_others_is_not_run),
        cmocka_unit_test(activations_that_are_not_there),
        cmocka_unit_test(numbers_of_labels),
        cmocka_unit_test(names_of_labels),
        cmocka_unit_test(names_are_one_line),
        cmocka_unit_test(values),
        cmocka_unit_test(nan_stays_nan),
        cmocka_unit_test(shares),
    };
    return cmocka_run_group_tests_name("task", tests, NULL, NULL);
}
