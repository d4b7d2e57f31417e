/*
 * The forward pass against the reference's logits: every rung of kernels this
 * CPU has, on ids taken from the cases, so that no tokenizer is in play.
 */
#include "base/json.h"
#include "families/family.h"
#include "model/checkpoint.h"
#include "nn/encoder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const double tolerance = 5e-5;

struct opened {
    struct config config;
    struct spec spec;
    struct tensors tensors;
    struct encoder *encoder;
};

static void open_model(struct opened *opened, const char *directory,
                       const struct kernels *kernels)
{
    struct error error = {0};
    const struct family *family = NULL;
    *opened = (struct opened){0};
    if (config_open(&opened->config, directory, &error))
        family = family_find(&opened->config, &opened->spec, &error);
    if (family != NULL && checkpoint_open(&opened->tensors, directory, &error))
        opened->encoder =
            encoder_open(&opened->spec, &family->names, &opened->tensors,
                         kernels, directory, &error);
    if (opened->encoder == NULL)
        fail_msg("%s", error.text);
}

static void close_model(struct opened *opened)
{
    encoder_close(opened->encoder);
    tensors_free(&opened->tensors);
    config_close(&opened->config);
}

static size_t copy_integers(const json_t *array, int32_t *out)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        out[i] = (int32_t)json_integer_value(json_array_get(array, i));
    return json_array_size(array);
}

/* Runs the case alone and between two copies of a shorter text. */
static double worst_difference(const struct opened *opened,
                               const json_t *wanted)
{
    struct error error = {0};
    struct workspace workspace = {0};
    size_t labels = encoder_spec(opened->encoder)->labels;
    const json_t *ids = json_object_get(wanted, "ids");
    const json_t *logits = json_object_get(wanted, "logits");
    size_t room = json_array_size(ids) + 16;
    int32_t *id = calloc(room, sizeof *id), *type = calloc(room, sizeof *type);
    float *found = calloc(3 * labels, sizeof *found);
    double worst = 0;

    size_t tokens = copy_integers(ids, id + 3);
    copy_integers(json_object_get(wanted, "type_ids"), type + 3);
    for (size_t i = 0; i < 3; i++)
        id[i] = id[3 + tokens + i] = id[3];
    const size_t alone[] = {0, tokens};
    const size_t among[] = {0, 3, 3 + tokens, 6 + tokens};
    const struct batch batches[] = {
        {.sequences = 1, .start = alone, .ids = id + 3, .types = type + 3},
        {.sequences = 3, .start = among, .ids = id, .types = type},
    };
    for (size_t b = 0; b < 2; b++) {
        if (!encoder_run(opened->encoder, &workspace, &batches[b], found,
                         &error))
            fail_msg("%s", error.text);
        for (size_t i = 0; i < labels; i++) {
            double want = json_number_value(json_array_get(logits, i));
            double have = (double)found[b * labels + i];
            worst = fmax(worst, fabs(have - want) / (1 + fabs(want)));
        }
    }
    workspace_free(&workspace);
    free(found);
    free(type);
    free(id);
    return worst;
}

static void check_directory(const char *directory, const char *rung)
{
    struct opened opened;
    struct error error = {0};
    const struct kernels *kernels = kernels_rung(rung);
    char *path = file_join(directory, "cases.jsonl", &error);
    FILE *cases = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0, count = 0;
    ssize_t length;

    if (kernels == NULL || cases == NULL) {
        memory_free(path);
        if (cases != NULL)
            fclose(cases);
        print_message("skipped: %s on %s\n", directory, rung);
        return;
    }
    open_model(&opened, directory, kernels);
    while ((length = getline(&line, &capacity, cases)) > 0) {
        struct slice text = {line, (size_t)length};
        json_t *wanted = json_parse(text, path, ++count, &error);
        assert_non_null(wanted);
        double difference = worst_difference(&opened, wanted);
        if (!(difference <= tolerance))
            fail_msg("%s:%zu on %s: off by %g", path, count, rung, difference);
        json_decref(wanted);
    }
    assert_true(count > 0);
    free(line);
    fclose(cases);
    memory_free(path);
    close_model(&opened);
}

static void check_on_all_rungs(const char *directory)
{
    for (size_t i = 0; kernels_rung_name(i) != NULL; i++)
        check_directory(directory, kernels_rung_name(i));
}

static void check_shared_fixtures(void **state)
{
    static const char *const names[] = {
        "bert_rerank", "bert_relu",    "bert_f16",
        "bert_bf16",   "bert_sharded", "electra",
        "distilbert",  "roberta_json", "xlmr_json"};
    const char *shared = getenv("XENC_SHARED");
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char directory[512];
        snprintf(directory, sizeof directory, "%s/fixtures/%s",
                 shared ? shared : "../shared", names[i]);
        check_on_all_rungs(directory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_shared_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
