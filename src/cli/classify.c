#include "cli/message.h"
#include "cli/scoring.h"

/* --min asks for the probability of the label that is printed. */
static bool print_label(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct scoring *scoring = context;
    const struct columns *columns = &scoring->columns;
    if (scoring->options->has_min) {
        verdict_probabilities(&scoring->rule, logits, columns->probabilities);
        size_t label = verdict_label(&scoring->rule, logits);
        if (!scoring_passes(scoring, columns->probabilities[label]))
            return true;
    }
    return scoring_put(scoring, facts, logits, 0, error);
}

static const char *default_columns(const struct options *options, size_t labels)
{
    (void)options;
    (void)labels;
    return "label,prob,line";
}

static int run(const struct options *options)
{
    struct scoring scoring;
    struct error error = {0};
    const struct scoring_plan plan = {.columns = default_columns,
                                      .emit = print_label};
    if (scoring_open(&scoring, options, &plan, &error))
        scoring_run(&scoring, &error);
    return scoring_close(&scoring, !options->has_min, &error);
}

static const char *const description[] = {
    "Reads records with two texts each and writes, in input order, the name "
    "of the model's most probable label, its probability, and the record.",
    "Names come from the model's id2label. A model with one label gives that "
    "label and the sigmoid of its output.",
    NULL,
};

static const struct example examples[] = {
    {"xenc classify -m nli-deberta-v3-base claims.tsv",
     "Says whether each first text entails the second."},
    {"xenc classify -m nli-deberta-v3-base claims.tsv | cut -f1 | sort | "
     "uniq -c",
     "Counts the labels."},
    {"xenc classify -m nli-deberta-v3-base -c label,probs,line claims.tsv",
     "Prints the probability of every label."},
    {NULL, NULL},
};

const struct command command_classify = {
    .name = "classify",
    .bit = FOR_CLASSIFY,
    .summary = "name the most probable label of each pair",
    .synopsis = "[options] [FILE...]",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_FILE,
    .run = run,
};
