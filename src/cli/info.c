#include "base/cpu.h"
#include "base/files.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "cli/message.h"
#include "cli/model.h"
#include "cli/scoring/verdict.h"
#include "model/card.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void say(const char *name, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const char *name, const char *format, ...)
{
    va_list arguments;
    printf("%-12s ", name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
}

/* In millions.  A packed file says it: some of its tensors were made of others
 * and some are no weights. */
static double parameters(const struct model *model)
{
    double count = 0;
    if (model_is_packed(model))
        return strtod(packfile_text(&model->packed, "parameters"), NULL) / 1e6;
    for (size_t i = 0; i < model->tensors.count; i++)
        count += tensor_elements(&model->tensors.list[i]);
    return count / 1e6;
}

/* "F32", or "I8, F32": the element types that occur. */
static void list_types(const struct tensors *tensors, char *out, size_t room)
{
    bool has[TENSOR_OTHER + 1] = {false};
    for (size_t i = 0; i < tensors->count; i++)
        has[tensors->list[i].type] = true;
    out[0] = '\0';
    for (enum tensor_type type = TENSOR_F32; type <= TENSOR_OTHER; type++)
        if (has[type]) {
            size_t at = strlen(out);
            snprintf(out + at, room - at, "%s%s", at > 0 ? ", " : "",
                     tensor_type_name(type));
        }
}

static void say_weights(const struct model *model)
{
    char types[64];
    list_types(&model->tensors, types, sizeof types);
    if (model_is_packed(model))
        say("weights", "%.1f million parameters, packed in %s",
            parameters(model), packfile_text(&model->packed, "precision"));
    else
        say("weights", "%.1f million parameters, stored as %s",
            parameters(model), types);
}

static void say_architecture(const struct model *model)
{
    const struct spec *spec = encoder_spec(model->encoder);
    say("model", "%s", model->path);
    say("architecture",
        "%s: %zu layers, hidden %zu, %zu heads, feed-forward %zu, "
        "vocabulary %zu",
        spec->family, spec->layers, spec->hidden, spec->heads,
        spec->intermediate, spec->vocabulary);
    say_weights(model);
    say("tokenizer", "%s", tokenizer_description(model->tokenizer));
    say("limit", "%zu tokens a pair%s", model->token_limit,
        tokenizer_keeps_end(model->tokenizer) ? "; longer texts lose their "
                                                "beginning"
                                              : "");
}

static void say_outputs(const struct model *model)
{
    const struct task *task = &model->task;
    char labels[512];
    verdict_list_labels(task, labels, sizeof labels);
    say("labels", "%zu (%s)", task->labels, labels);
    say("activation", "%s (%s)", output_activation_name(task->activation),
        task->activation_source);
    if (task->labels == 2)
        say("rerank by", "%s, its share of both labels; --label chooses",
            task->label_names[1]);
}

static void say_machine(const struct model *model)
{
    const char *core = openblas_core();
    char sandbox[SANDBOX_TEXT_BYTES];
    say("processor", "%s", cpu_get()->name);
    say("kernels", "%s, GEMM %s", model->kernels->name, model->gemm->name);
    if (core != NULL)
        say("OpenBLAS", "core type %s", core);
    say("workers", "%d", cpu_workers());
    say("sandbox", "%s", sandbox_print(sandbox_offered(), sandbox));
    char offered[PRECISION_LIST_BYTES];
    kernels_list_precisions(model->kernels, offered);
    say("precision", "%s (%s; this processor has %s)",
        precision_names[model->precision], model->precision_source, offered);
}

static bool say_file(const char *directory, const char *name,
                     struct error *error)
{
    struct stat status = {0}; /* of a link to nowhere */
    char *path = file_join(directory, name, error);
    bool fine = path != NULL && (stat(path, &status) == 0 || errno == ENOENT ||
                                 error_system(error, path, errno));
    if (fine && S_ISREG(status.st_mode))
        say("file", "%s, %lld bytes", name, (long long)status.st_size);
    memory_free(path);
    return fine;
}

static bool say_files(const char *directory, struct error *error)
{
    struct file_names names;
    bool fine = file_names_read(&names, directory, error);
    for (size_t i = 0; i < names.count && fine; i++)
        fine = say_file(directory, names.list[i], error);
    file_names_free(&names);
    return fine;
}

/* The essentials of the card, a line each. */
static void say_card(const char *card)
{
    while (*card != '\0') {
        size_t length = strcspn(card, "\n");
        say("card", "%.*s", (int)length, card);
        card += length + (card[length] != '\0');
    }
}

static bool say_directory(const struct model *model, struct error *error)
{
    struct buffer card = {0};
    bool fine = card_read(&card, model->path, error) &&
                buffer_append(&card, "", 1, error);
    if (fine)
        say_card(card.bytes);
    buffer_free(&card);
    return fine && say_files(model->path, error);
}

/* Here every byte is read and held against its checksum. */
static bool say_packed(const struct model *model, struct error *error)
{
    const struct packfile *packed = &model->packed;
    const char *layout = packfile_text(packed, "layout");
    char own[LAYOUT_TEXT_BYTES];
    layout_print(&model->gemm->layout, own);
    if (!packfile_verify(packed, error))
        return false;
    say_card(packfile_text(packed, "card"));
    say("packed", "version %s, by xenc %s; all checksums are right",
        packfile_text(packed, "version"), packfile_text(packed, "xenc"));
    say("layout", "%s, %s", layout,
        strcmp(layout, own) == 0
            ? "used as it lies"
            : "packed anew at each start, for these kernels");
    say("file", "%s, %zu bytes", packed->path, packed->tensors.files[0].length);
    return true;
}

static int run(const struct options *options)
{
    struct model model;
    struct error error = {0};
    if (!model_open(&model, options, &error))
        return complain(&error);
    say_architecture(&model);
    say_outputs(&model);
    say_machine(&model);
    if (model_is_packed(&model))
        say_packed(&model, &error);
    else
        say_directory(&model, &error);
    model_close(&model);
    if (!error.set)
        print_finish(&error);
    return error.set ? complain(&error) : EXIT_DONE;
}

static const char *const description[] = {
    "Opens the model and prints its architecture, labels, the activation that "
    "makes scores and where it is said, the limits, the tokenizer, the "
    "essentials of its card (README.md), the files, "
    "and which kernels this processor will run.",
    NULL,
};

static const struct example examples[] = {
    {"xenc info", "Describes the default model."},
    {"xenc info -m ./ms-marco-MiniLM-L6-v2", "Describes another one."},
    {NULL, NULL},
};

const struct command command_info = {
    .name = "info",
    .bit = FOR_INFO,
    .summary = "describe a model and what will run it",
    .synopsis = "[-m MODEL]",
    .description = description,
    .examples = examples,
    .most_operands = 0,
    .run = run,
};
