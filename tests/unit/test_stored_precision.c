/*
 * test_stored_precision.c - matrices of 8-bit rows: the model runs in int8 of
 * itself, and what its products are packed from is what the file has, bit by
 * bit, not rounded again.
 */
#include "families/family.h"
#include "model/checkpoint.h"
#include "nn/encoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Rows end at 64: whoever rounds them anew finds other integers. */
enum { LARGEST = 64 };

static int8_t element_of(size_t row, size_t column)
{
    return (int8_t)((int)((row * 31 + column * 17) % (2 * LARGEST + 1)) -
                    LARGEST);
}

/* Another one for each row, so that a row can be told by it. */
static float scale_of(size_t row)
{
    return (float)(row + 3) / 4096;
}

static size_t row_of(float scale)
{
    return (size_t)(scale * 4096) - 3;
}

struct opened {
    struct config config;
    struct architecture architecture;
    struct tensors floats, rounded;
};

static void add(struct tensors *tensors, const struct tensor *tensor)
{
    struct error error = {0};
    if (!tensors_add(tensors, tensor, "made", &error))
        fail_msg("%s", error.text);
}

/* NAME and NAME.scale in place of a matrix. */
static void add_rounded(struct tensors *tensors, const struct tensor *matrix)
{
    struct error error = {0};
    size_t rows = (size_t)matrix->shape[0], columns = (size_t)matrix->shape[1];
    int8_t *integers = tensors_new_copy(tensors, rows * columns, &error);
    float *scales = tensors_new_copy(tensors, rows * sizeof *scales, &error);
    char name[256];
    snprintf(name, sizeof name, "%.*s.scale", (int)matrix->name.length,
             matrix->name.bytes);
    for (size_t row = 0; row < rows; row++) {
        scales[row] = scale_of(row);
        for (size_t column = 0; column < columns; column++)
            integers[row * columns + column] = element_of(row, column);
    }
    struct tensor rounded = *matrix;
    rounded.type = TENSOR_I8;
    rounded.data = integers;
    rounded.bytes = rows * columns;
    add(tensors, &rounded);
    add(tensors, &(struct tensor){.name = slice_of(name),
                                  .type = TENSOR_F32,
                                  .dimensions = 1,
                                  .shape = {rows},
                                  .data = scales,
                                  .bytes = rows * sizeof *scales});
}

/* The checkpoint, and one of 8-bit rows but for the matrix `kept`. */
static void open_model(struct opened *opened, const char *name,
                       const char *kept)
{
    struct error error = {0};
    struct architecture *architecture = &opened->architecture;
    const char *top = getenv("top_srcdir");
    char directory[512];
    snprintf(directory, sizeof directory, "%s/tests/golden/%s", top ? top : ".",
             name);
    *opened = (struct opened){0};
    if (!config_open(&opened->config, directory, &error) ||
        !architecture_find(architecture, &opened->config, &error) ||
        !checkpoint_open(&opened->floats, directory, &error) ||
        !architecture_complete(architecture, &opened->config, &opened->floats,
                               &error))
        fail_msg("%s", error.text);
    for (size_t i = 0; i < opened->floats.count; i++) {
        const struct tensor *tensor = &opened->floats.list[i];
        if (tensor->dimensions == 2 && !slice_is(tensor->name, kept))
            add_rounded(&opened->rounded, tensor);
        else
            add(&opened->rounded, tensor);
    }
}

static void close_model(struct opened *opened)
{
    tensors_free(&opened->rounded);
    tensors_free(&opened->floats);
    config_close(&opened->config);
}

static enum precision stored(const struct opened *opened,
                             const struct tensors *tensors)
{
    return load_stored_precision(&opened->architecture.spec,
                                 &opened->architecture.names, tensors);
}

static const char *const models[] = {"bert",       "distilbert", "roberta",
                                     "modernbert", "deberta",    "deberta_v3"};
enum { MODELS = sizeof models / sizeof *models };

static void rows_of_8_bits_run_in_int8(void **state)
{
    struct opened opened;
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        open_model(&opened, models[i], "");
        assert_int_equal(stored(&opened, &opened.floats), PRECISION_F32);
        assert_int_equal(stored(&opened, &opened.rounded), PRECISION_INT8);
        close_model(&opened);
    }
}

static void one_matrix_of_floats_wants_float32(void **state)
{
    struct opened opened;
    (void)state;
    open_model(&opened, "bert", "bert.encoder.layer.1.output.dense.weight");
    assert_int_equal(stored(&opened, &opened.rounded), PRECISION_F32);
    close_model(&opened);
    /* What is looked up, or computed in float32 anyway, does not matter. */
    open_model(&opened, "bert", "classifier.weight");
    assert_int_equal(stored(&opened, &opened.rounded), PRECISION_INT8);
    close_model(&opened);
}

/* Every row that a product was packed from. */
static size_t check_packed(const struct tensor *tensor)
{
    struct layout layout;
    size_t n = (size_t)tensor->shape[0], k = (size_t)tensor->shape[1];
    if (tensor->layout == NULL || !layout_parse(tensor->layout, &layout) ||
        !layout_is_integer(&layout))
        return 0;
    int8_t *rows = calloc(n, k);
    float *scales = calloc(n, sizeof *scales);
    layout_unpack_i8(&layout, n, k, tensor->data, rows, scales);
    for (size_t i = 0; i < n; i++) {
        size_t row = row_of(scales[i]);
        assert_true(scales[i] == scale_of(row));
        for (size_t column = 0; column < k; column++)
            assert_int_equal(rows[i * k + column], element_of(row, column));
    }
    free(rows);
    free(scales);
    return n;
}

static void check_rung(const struct opened *opened,
                       const struct kernels *kernels)
{
    struct error error = {0};
    struct tensors parts = {0};
    const struct spec *spec = &opened->architecture.spec;
    struct encoder_source source = {.names = &opened->architecture.names,
                                    .tensors = &opened->rounded,
                                    .kernels = kernels,
                                    .precision = PRECISION_INT8,
                                    .directory = "made",
                                    .list = &parts};
    struct encoder *encoder = encoder_open(spec, &source, &error);
    size_t rows = 0;
    if (encoder == NULL)
        fail_msg("%s", error.text);
    for (size_t i = 0; i < parts.count; i++)
        rows += check_packed(&parts.list[i]);
    /* Of each layer at least what follows the attention. */
    assert_true(rows >= spec->layers * (spec->hidden + spec->intermediate));
    tensors_free(&parts);
    encoder_close(encoder);
}

static void stored_rows_are_multiplied_as_they_are(void **state)
{
    struct opened opened;
    (void)state;
    for (size_t i = 0; i < MODELS; i++) {
        open_model(&opened, models[i], "");
        for (size_t rung = 0; kernels_rung_name(rung) != NULL; rung++) {
            const struct kernels *kernels =
                kernels_rung(kernels_rung_name(rung));
            if (kernels != NULL)
                check_rung(&opened, kernels);
        }
        close_model(&opened);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_8_bits_run_in_int8),
        cmocka_unit_test(one_matrix_of_floats_wants_float32),
        cmocka_unit_test(stored_rows_are_multiplied_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
