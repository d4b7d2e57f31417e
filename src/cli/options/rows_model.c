/*
 * rows_model.c - the options that choose a model and how it scores.
 */
#include "cli/options/rows.h"
#include "model/model_path.h"

/* In the order of enum precision. */
static const char *const precisions[] = {"f32", "int8", "bf16", NULL};
static const char *const activations[] = {"auto", "none", "sigmoid", "softmax",
                                          NULL};

static const struct option rows[] = {
    {.name = "model",
     .letter = 'm',
     .argument = "MODEL",
     .kind = OPTION_TEXT,
     .target = AT(model),
     .is_neutral = true,
     .commands = FOR_MODELS,
     .group = GROUP_MODEL,
     .completion = COMPLETE_MODEL,
     .help = "a model directory, a packed file or a model's name",
     .manual = "A model directory as Hugging Face publishes it, or a file "
               "NAME.xenc that the command pack made of one. A name that is "
               "neither here is looked up in $XENC_MODELS, in "
               "$XENC_HOME/models, in models beside the program and in "
               "share/xenc/models where it is installed, then, as ORG/NAME or "
               "ORG/NAME@REVISION or by its name in xenc-models(1), in the "
               "cache that Hugging Face's programs share. The network is "
               "never asked; xenc-pull(1) brings models into the cache.",
     .fallback = "$XENC_MODEL, else " DEFAULT_MODEL},
    {.name = "activation",
     .argument = "KIND",
     .kind = OPTION_CHOICE,
     .target = AT(activation),
     .choices = activations,
     .commands = FOR_PAIRS | FOR_EVAL,
     .group = GROUP_MODEL,
     .help = "logits to scores: auto, none, sigmoid, softmax",
     .manual = "What makes scores of the model's logits: auto does what the "
               "model's files say, none leaves them, sigmoid and softmax give "
               "numbers from 0 to 1.",
     .fallback = "auto"},
    {.name = "label",
     .argument = "LABEL",
     .kind = OPTION_TEXT,
     .target = AT(label),
     .commands = FOR_RERANK | FOR_SCORE | FOR_EVAL,
     .group = GROUP_MODEL,
     .help = "the label whose score is taken, by name or number",
     .manual = "For a model with several labels: the label whose score is "
               "taken, by its name or by its number from 0."},
    {.name = "labels",
     .argument = "LIST",
     .kind = OPTION_TEXT,
     .target = AT(labels),
     .commands = FOR_CLASSIFY,
     .group = GROUP_MODEL,
     .help = "labels of your own: a,b,c or @FILE, a label a line",
     .manual = "Zero-shot classification with an NLI model: the labels, "
               "separated by commas, or @FILE for a file with a label on each "
               "line. A record is one text. For each label the model is asked "
               "whether the text entails the sentence of --template; the "
               "labels' logits of entailment become probabilities whose sum "
               "is 1. The model must have a label whose name begins with "
               "entail, in any case."},
    {.name = "template",
     .argument = "TEXT",
     .kind = OPTION_TEXT,
     .target = AT(template),
     .commands = FOR_CLASSIFY,
     .group = GROUP_MODEL,
     .help = "the sentence about a label, which stands for {}",
     .manual = "With --labels: the sentence that a text entails or not, with "
               "{} where the label goes. Scores depend on its words much more "
               "than one would like: try several.",
     .fallback = "This example is {}."},
    {.name = "multi",
     .kind = OPTION_FLAG,
     .target = AT(multi),
     .commands = FOR_CLASSIFY,
     .group = GROUP_MODEL,
     .help = "several labels may be true, or none",
     .manual = "With --labels: each label gets a probability of its own, "
               "entailment against contradiction, so that several may be "
               "true, or none. The label printed is the most probable one. A "
               "single label is always treated so."},
    {.name = "precision",
     .other_name = "dtype",
     .argument = "TYPE",
     .kind = OPTION_CHOICE,
     .target = AT(precision),
     .given = AT(has_precision),
     .choices = precisions,
     .commands = FOR_PAIRS | FOR_BENCH | FOR_INFO | FOR_EVAL | FOR_PACK,
     .group = GROUP_MODEL,
     .help = "arithmetic: f32, int8 or bf16",
     .manual = "The arithmetic of the layers' matrices. A model runs in the "
               "precision that its weights are stored in: int8 where they are "
               "8-bit rows, f32 where they are floats of any size, a packed "
               "file as it was packed. f32 gives the scores of a published "
               "model's makers; int8 is up to three times as fast and moves "
               "them a little, on any processor by as much; bf16 lies between "
               "and needs a processor that has it. xenc info says which ones "
               "this one has.",
     .fallback = "that of the weights: int8 for 8-bit rows, f32 for floats"},
};

const struct option_list options_model = OPTION_LIST(rows);
