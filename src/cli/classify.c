#include "cli/scoring/scoring.h"

/* The logits of the user's labels; facts tell the window of the best one. */
static const float *label_logits(struct scoring *scoring,
                                 struct record_facts *facts,
                                 const float *logits, struct error *error)
{
    struct zero_shot *zero_shot = &scoring->zero_shot;
    size_t windows = facts->part_count / zero_shot->count;
    const float *each = zero_shot_logits(zero_shot, logits, windows, error);
    if (each == NULL || scoring->options->long_texts != LONG_WINDOW)
        return each;
    facts->windows = windows;
    facts->window = zero_shot->windows[verdict_label(&scoring->rule, each)];
    facts->span = facts->parts[facts->window * zero_shot->count];
    return each;
}

/* --min asks for the probability of the label that is printed. */
static bool print_label(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct scoring *scoring = context;
    const struct columns *columns = &scoring->columns;
    struct record_facts labelled = *facts;
    if (logits != NULL && scoring->zero_shot.count > 0) {
        logits = label_logits(scoring, &labelled, logits, error);
        if (logits == NULL)
            return false;
    }
    if (scoring->options->has_min) {
        verdict_probabilities(&scoring->rule, logits, columns->probabilities);
        size_t label = verdict_label(&scoring->rule, logits);
        if (!scoring_passes(scoring, columns->probabilities[label]))
            return true;
    }
    return scoring_put(scoring, &labelled, logits, 0, error);
}

static const char *default_columns(const struct options *options, size_t labels)
{
    (void)labels;
    if (options->labels == NULL)
        return "label,prob,line";
    return options->format == FORMAT_JSONL ? "label,score,labels"
                                           : "label,score,line";
}

static int run(const struct options *options)
{
    const struct scoring_plan plan = {.columns = default_columns,
                                      .emit = print_label,
                                      .may_print_nothing = !options->has_min};
    return scoring_command(options, &plan);
}

static const char *const description[] = {
    "Reads records with two texts each and writes, in input order, the name "
    "of the model's most probable label, its probability, and the record.",
    "Names come from the model's id2label. A model with one label gives that "
    "label and the sigmoid of its output.",
    "With --labels the labels are your own and a record is one text, by "
    "default all of it: zero-shot classification by a model of entailment, an "
    "NLI model. The score is the probability of the label that is printed. "
    "Each label costs one scoring of the text.",
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
    {"xenc classify -m nli-deberta-v3-base --labels 'billing,bug "
     "report,praise' --template 'This text is about {}.' tickets.txt",
     "Sorts lines under labels that no model was trained on."},
    {"xenc classify -m nli-deberta-v3-base --jsonl -f body --labels "
     "@topics.txt --multi tickets.jsonl | jq -c 'select(.labels.billing > "
     "0.8)'",
     "Keeps the objects that are about billing, whatever else they are "
     "about."},
    {"xenc classify -m nli-deberta-v3-base --preset nli --jsonl "
     "snli_1.0_dev.jsonl | jq -r '[.gold_label, .label] | @tsv' | sort | uniq "
     "-c",
     "Compares with the labels that people gave, as a table of counts."},
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
    .nothing = "no record reached --min",
    .run = run,
};
