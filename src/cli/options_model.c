/*
 * options_model.c - the options that choose a model and how it scores.
 */
#include "cli/options_rows.h"

#include <math.h>

/* In the order of enum precision. */
static const char *const precisions[] = {"f32", "int8", "bf16", NULL};
static const char *const truncations[] = {"longest_first", "only_first",
                                          "only_second", NULL};
static const char *const long_texts[] = {"truncate", "error", NULL};
static const char *const activations[] = {"auto", "none", "sigmoid", "softmax",
                                          NULL};

static const struct option rows[] = {
    {.name = "model",
     .letter = 'm',
     .argument = "MODEL",
     .kind = OPTION_TEXT,
     .target = AT(model),
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
     .fallback = "$XENC_MODEL, else xenc-en"},
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
    {.name = "max-length",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = AT(max_length),
     .least = 1,
     .most = INFINITY,
     .commands = FOR_RECORDS | FOR_EVAL,
     .group = GROUP_MODEL,
     .help = "tokens of a pair at most, special ones included",
     .manual = "Tokens of a pair at most, special tokens included.",
     .fallback = "the model's limit"},
    {.name = "truncation",
     .argument = "KIND",
     .kind = OPTION_CHOICE,
     .target = AT(truncation),
     .given = AT(has_truncation),
     .choices = truncations,
     .commands = FOR_RECORDS | FOR_EVAL,
     .group = GROUP_MODEL,
     .help = "cut longest_first, only_first or only_second",
     .manual = "Which text of a pair over the limit is cut: the longer one "
               "token by token, only the first or only the second.",
     .fallback = "longest_first"},
    {.name = "long",
     .argument = "HOW",
     .kind = OPTION_CHOICE,
     .target = AT(long_texts),
     .choices = long_texts,
     .commands = FOR_RECORDS | FOR_EVAL,
     .group = GROUP_MODEL,
     .help = "texts over the limit: truncate or error",
     .manual = "What happens to texts over the limit: truncate cuts them and "
               "says at the end how many, error makes them bad records.",
     .fallback = "truncate"},
    {.name = "precision",
     .other_name = "dtype",
     .argument = "TYPE",
     .kind = OPTION_CHOICE,
     .target = AT(precision),
     .choices = precisions,
     .commands = FOR_PAIRS | FOR_BENCH | FOR_INFO | FOR_EVAL,
     .group = GROUP_MODEL,
     .help = "arithmetic: f32, int8 or bf16",
     .manual = "The arithmetic of the layers' matrices. f32 gives the scores "
               "of the model's makers; int8 is two to three times as fast and "
               "moves scores a little, on any processor by as much; bf16 lies "
               "between and needs a processor that has it. xenc info says "
               "which ones this one has.",
     .fallback = "f32"},
};

const struct option_list options_model = OPTION_LIST(rows);
