/*
 * Whole models against the reference: texts to ids with the tokenizer, ids to
 * logits with every rung of kernels that this CPU has, in each precision.  The
 * cases are those of
 * tests/golden (make_golden.py) and, where they are, of the shared fixtures.
 */
#include "base/json.h"
#include "families/family.h"
#include "model/checkpoint.h"
#include "model/modules.h"
#include "nn/encoder.h"
#include "text/pair.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Of a logit, as a share of 1 + its magnitude.  These models are 16 to 96
 * wide: rounding is averaged over fewer terms than in one that is used. */
static const double tolerances[PRECISION_COUNT] = {
    [PRECISION_F32] = 5e-5,
    [PRECISION_INT8] = 0.7,
    [PRECISION_BF16] = 0.15,
};

struct opened {
    struct config config;
    struct architecture architecture;
    struct tensors tensors;
    struct encoder *encoder;
};

static void open_model(struct opened *opened, const char *directory,
                       const struct kernels *kernels, enum precision precision)
{
    struct error error = {0};
    struct architecture *architecture = &opened->architecture;
    const struct encoder_source source = {
        .names = &architecture->names,
        .tensors = &opened->tensors,
        .kernels = kernels,
        .precision = precision,
        .directory = directory,
        .workers = 3,
    };
    *opened = (struct opened){0};
    if (config_open(&opened->config, directory, &error) &&
        architecture_find(architecture, &opened->config, &error) &&
        checkpoint_open(&opened->tensors, directory, &error) &&
        modules_read_weights(opened->config.modules, directory,
                             &opened->tensors, &error) &&
        architecture_complete(architecture, &opened->config, &opened->tensors,
                              &error))
        opened->encoder = encoder_open(&architecture->spec, &source, &error);
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

/* Runs the case alone and between two copies of a shorter text, which must not
 * change a bit of it. */
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
    float *found = calloc(4 * labels, sizeof *found);
    float *among_logits = found + labels;
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
    if (!encoder_run(opened->encoder, &workspace, &batches[1], among_logits,
                     &error) ||
        !encoder_run(opened->encoder, &workspace, &batches[0], found, &error))
        fail_msg("%s", error.text);
    for (size_t i = 0; i < labels; i++) {
        double want = json_number_value(json_array_get(logits, i));
        double difference = fabs((double)found[i] - want) / (1 + fabs(want));
        worst = difference > worst || isnan(difference) ? difference : worst;
    }
    assert_memory_equal(found, among_logits + labels, labels * sizeof *found);
    workspace_free(&workspace);
    free(found);
    free(type);
    free(id);
    return worst;
}

static bool is_list(const struct token_list *list, const json_t *wanted)
{
    bool is_same = list->count == json_array_size(wanted);
    for (size_t i = 0; is_same && i < list->count; i++)
        is_same = list->ids[i] == json_integer_value(json_array_get(wanted, i));
    return is_same;
}

/* The pair's ids and types as the tokenizer makes them. */
static bool has_wanted_ids(const struct tokenizer *tokenizer, size_t limit,
                           const json_t *wanted)
{
    struct tokenizer_scratch scratch = {0};
    struct token_list texts[2] = {0}, ids = {0}, types = {0};
    struct error error = {0};
    bool cut;
    for (size_t i = 0; i < 2; i++)
        assert_true(tokenizer_encode(
            tokenizer, &scratch,
            json_slice(json_object_get(wanted, i == 0 ? "a" : "b")), &texts[i],
            NULL, &error));
    struct id_span first = {texts[0].ids, texts[0].count};
    struct id_span second = {texts[1].ids, texts[1].count};
    assert_true(pair_build(tokenizer, first, &second,
                           (struct cut_rule){.limit = limit}, &ids, &types,
                           &cut, &error));
    bool is_right = is_list(&ids, json_object_get(wanted, "ids")) &&
                    is_list(&types, json_object_get(wanted, "type_ids"));
    token_list_free(&texts[0]);
    token_list_free(&texts[1]);
    token_list_free(&ids);
    token_list_free(&types);
    tokenizer_scratch_free(&scratch);
    return is_right;
}

/* Calls check for each case of the directory; how many there were. */
typedef void check_case(void *context, const char *path, size_t line,
                        const json_t *wanted);

static void check_cases(const char *directory, check_case *check, void *context)
{
    struct error error = {0};
    char *path = file_join(directory, "cases.jsonl", &error), *text = NULL;
    FILE *cases = fopen(path, "r");
    size_t capacity = 0, line = 0;
    ssize_t length;
    assert_non_null(cases);
    while ((length = getline(&text, &capacity, cases)) > 0) {
        json_t *wanted = json_parse((struct slice){text, (size_t)length}, path,
                                    ++line, &error);
        assert_non_null(wanted);
        check(context, path, line, wanted);
        json_decref(wanted);
    }
    assert_true(line > 0);
    free(text);
    fclose(cases);
    memory_free(path);
}

struct tokenizer_check {
    struct tokenizer *tokenizer;
    size_t limit;
};

static void check_ids(void *context, const char *path, size_t line,
                      const json_t *wanted)
{
    const struct tokenizer_check *check = context;
    if (!has_wanted_ids(check->tokenizer, check->limit, wanted))
        fail_msg("%s:%zu: other ids or types", path, line);
}

/* The cases of JinaBERT were cut by their maker, not where the files say. */
static size_t limit_of_cases(const char *directory, size_t limit)
{
    return strstr(directory, "fixtures/jina_") != NULL ? 300 : limit;
}

static void check_tokenizer(const char *directory)
{
    struct error error = {0};
    struct opened opened;
    struct tokenizer_check check = {tokenizer_open(directory, &error), 0};
    if (check.tokenizer == NULL)
        fail_msg("%s", error.text);
    open_model(&opened, directory, kernels_rung("reference"), PRECISION_F32);
    check.limit = config_token_limit(&opened.config,
                                     opened.architecture.spec.sequence_limit,
                                     tokenizer_limit(check.tokenizer));
    check.limit = limit_of_cases(directory, check.limit);
    check_cases(directory, check_ids, &check);
    tokenizer_close(check.tokenizer);
    close_model(&opened);
}

struct logits_check {
    struct opened opened;
    const char *rung;
    enum precision precision;
};

static void check_logits(void *context, const char *path, size_t line,
                         const json_t *wanted)
{
    const struct logits_check *check = context;
    double difference = worst_difference(&check->opened, wanted);
    if (!(difference <= tolerances[check->precision]))
        fail_msg("%s:%zu in %s on %s: off by %g", path, line,
                 precision_names[check->precision], check->rung, difference);
}

static void check_rung(const char *directory, const char *rung)
{
    const struct kernels *kernels = kernels_rung(rung);
    for (int i = 0; kernels != NULL && i < PRECISION_COUNT; i++) {
        struct logits_check check = {.rung = rung,
                                     .precision = (enum precision)i};
        if (kernels->gemm[i].name == NULL)
            continue;
        open_model(&check.opened, directory, kernels, check.precision);
        check_cases(directory, check_logits, &check);
        close_model(&check.opened);
    }
}

static void check_directory(const char *directory)
{
    check_tokenizer(directory);
    for (size_t i = 0; kernels_rung_name(i) != NULL; i++)
        check_rung(directory, kernels_rung_name(i));
}

/* Every model directory under `root` that has cases. */
static void check_all(const char *root)
{
    struct dirent **entries;
    int count = scandir(root, &entries, NULL, alphasort), checked = 0;
    for (int i = 0; i < count; i++) {
        char directory[512], cases[576];
        snprintf(directory, sizeof directory, "%s/%s", root,
                 entries[i]->d_name);
        snprintf(cases, sizeof cases, "%s/cases.jsonl", directory);
        if (access(cases, R_OK) == 0) {
            check_directory(directory);
            checked++;
        }
        free(entries[i]);
    }
    free(entries);
    assert_true(checked > 0);
}

static void check_golden(void **state)
{
    char root[512];
    const char *top = getenv("top_srcdir");
    (void)state;
    snprintf(root, sizeof root, "%s/tests/golden", top ? top : ".");
    check_all(root);
}

static void check_shared_fixtures(void **state)
{
    char root[512];
    const char *shared = getenv("XENC_SHARED");
    (void)state;
    snprintf(root, sizeof root, "%s/fixtures", shared ? shared : "../shared");
    if (access(root, R_OK) != 0) {
        print_message("%s is not here\n", root);
        skip();
    }
    check_all(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_golden),
        cmocka_unit_test(check_shared_fixtures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
