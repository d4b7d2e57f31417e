#include "cli/scoring/zero_shot.h"

#include "base/files.h"
#include "cli/scoring/verdict.h"

#include <string.h>
#include <strings.h>

static bool add_label(struct zero_shot *zero_shot, size_t *capacity,
                      struct slice label, struct error *error)
{
    struct task *task = &zero_shot->task;
    char quoted[TEXT_QUOTE_BYTES];
    for (size_t i = 0; i < task->labels; i++)
        if (slice_is(label, task->label_names[i]))
            return error_set(error, "--labels: '%s' is there twice",
                             text_quote(label, quoted));
    char *name = arena_copy(&task->memory, label.bytes, label.length, error);
    if (name == NULL ||
        !memory_grow((void **)&task->label_names, capacity, task->labels + 1,
                     sizeof *task->label_names, error))
        return false;
    task->label_names[task->labels++] = name;
    return true;
}

/* Labels between separators; empty ones do not count. */
static bool add_labels(struct zero_shot *zero_shot, struct slice list,
                       char separator, struct error *error)
{
    size_t capacity = 0;
    while (list.bytes != NULL) {
        struct slice label = text_trim(text_cut(&list, separator));
        if (label.length > 0 && !add_label(zero_shot, &capacity, label, error))
            return false;
    }
    zero_shot->count = zero_shot->task.labels;
    return zero_shot->count > 0 ||
           error_set(error, "--labels: no label: a,b,c or @FILE was expected");
}

static bool read_labels(struct zero_shot *zero_shot, const char *list,
                        struct error *error)
{
    struct buffer lines = {0};
    if (*list != '@')
        return add_labels(zero_shot, slice_of(list), ',', error);
    bool fine = file_read(&lines, list + 1, FILE_READ_MOST, error) &&
                add_labels(zero_shot, buffer_slice(&lines), '\n', error);
    buffer_free(&lines);
    return fine;
}

/* The label in place of every {} of the template. */
static bool fill_template(const char *template, const char *label,
                          struct buffer *out, struct error *error)
{
    for (const char *at = template;;) {
        const char *place = strstr(at, "{}");
        size_t length = place ? (size_t)(place - at) : strlen(at);
        if (!buffer_append(out, at, length, error))
            return false;
        if (place == NULL)
            return true;
        if (!buffer_append_text(out, label, error))
            return false;
        at = place + 2;
    }
}

static bool make_hypotheses(struct zero_shot *zero_shot, const char *template,
                            struct error *error)
{
    struct arena *arena = &zero_shot->task.memory;
    struct buffer sentence = {0};
    char quoted[TEXT_QUOTE_BYTES];
    if (template == NULL)
        template = "This example is {}.";
    if (strstr(template, "{}") == NULL)
        return error_set(error,
                         "--template '%s': {} was expected, where the "
                         "label goes",
                         text_quote(slice_of(template), quoted));
    zero_shot->hypotheses = arena_take(arena, zero_shot->count,
                                       sizeof *zero_shot->hypotheses, error);
    for (size_t i = 0; !error->set && i < zero_shot->count; i++) {
        sentence.length = 0;
        if (!fill_template(template, zero_shot->task.label_names[i], &sentence,
                           error))
            break;
        zero_shot->hypotheses[i] = (struct slice){
            arena_copy(arena, sentence.bytes, sentence.length, error),
            sentence.length};
    }
    buffer_free(&sentence);
    return !error->set;
}

static bool find_label(const struct task *model, const char *beginning,
                       size_t *label)
{
    for (size_t i = 0; i < model->labels; i++)
        if (strncasecmp(model->label_names[i], beginning, strlen(beginning)) ==
            0) {
            *label = i;
            return true;
        }
    return false;
}

/* Where no label is called contradiction it is the reference's: the last one
 * when entailment comes first, else the first. */
static bool find_entailment(struct zero_shot *zero_shot,
                            const struct task *model, struct error *error)
{
    char names[256];
    zero_shot->model_labels = model->labels;
    if (model->labels < 2 ||
        !find_label(model, "entail", &zero_shot->entailment)) {
        verdict_list_labels(model, names, sizeof names);
        return error_set(error,
                         "classify --labels: no label named 'entailment' in "
                         "id2label (%s): zero-shot needs an NLI model",
                         names);
    }
    if (!find_label(model, "contradict", &zero_shot->contradiction))
        zero_shot->contradiction =
            zero_shot->entailment == 0 ? model->labels - 1 : 0;
    return true;
}

bool zero_shot_open(struct zero_shot *zero_shot, const struct options *options,
                    const struct task *model, struct error *error)
{
    if (!read_labels(zero_shot, options->labels, error) ||
        !make_hypotheses(zero_shot, options->template, error) ||
        !find_entailment(zero_shot, model, error))
        return false;
    zero_shot->is_independent = options->multi || zero_shot->count == 1;
    zero_shot->task.activation =
        zero_shot->is_independent ? OUTPUT_SIGMOID : OUTPUT_SOFTMAX;
    zero_shot->task.activation_source = "--labels";
    zero_shot->aggregate = options->aggregate;
    struct arena *arena = &zero_shot->task.memory;
    size_t count = zero_shot->count;
    zero_shot->logits =
        arena_take(arena, count, sizeof *zero_shot->logits, error);
    zero_shot->windows =
        arena_take(arena, count, sizeof *zero_shot->windows, error);
    zero_shot->folded =
        arena_take(arena, model->labels, sizeof *zero_shot->folded, error);
    return !error->set;
}

void zero_shot_close(struct zero_shot *zero_shot)
{
    memory_free(zero_shot->rows);
    memory_free(zero_shot->task.label_names);
    arena_free(&zero_shot->task.memory);
    *zero_shot = (struct zero_shot){0};
}

static float fit_of(const void *context, const float *logits)
{
    const struct zero_shot *zero_shot = context;
    float against =
        zero_shot->is_independent ? logits[zero_shot->contradiction] : 0;
    return logits[zero_shot->entailment] - against;
}

const float *zero_shot_logits(struct zero_shot *zero_shot, const float *each,
                              size_t windows, struct error *error)
{
    size_t width = zero_shot->model_labels, count = zero_shot->count;
    if (!memory_grow((void **)&zero_shot->rows, &zero_shot->row_capacity,
                     windows * width, sizeof *zero_shot->rows, error))
        return NULL;
    for (size_t i = 0; i < count; i++) {
        for (size_t window = 0; window < windows; window++)
            memcpy(zero_shot->rows + window * width,
                   each + (window * count + i) * width,
                   width * sizeof *zero_shot->rows);
        zero_shot->windows[i] =
            passages_fold(zero_shot->aggregate, zero_shot->rows, windows, width,
                          fit_of, zero_shot, zero_shot->folded);
        zero_shot->logits[i] = fit_of(zero_shot, zero_shot->folded);
    }
    return zero_shot->logits;
}
