#include "cli/bench/make.h"
#include "cli/bench/speed.h"
#include "cli/message.h"

static int run(const struct options *options)
{
    struct error error = {0};
    char quoted[TEXT_QUOTE_BYTES];
    if (options->shape != NULL)
        bench_make(options, &error);
    else if (options->operand_count > 0)
        error_set(&error,
                  "bench: '%s' is one operand too many: pairs are named by "
                  "--pairs FILE",
                  text_quote(slice_of(options->operands[0]), quoted));
    else
        bench_print(options, &error);
    return error.set ? complain(&error) : EXIT_DONE;
}

static const char *const description[] = {
    "Scores ready-made token ids over and over and prints the share of each "
    "stage, tokens and arithmetic operations a second, the most memory that "
    "was used and, as its last line, pairs a second. Tokenizing is not timed.",
    "share_of_peak sets the operations of a second of processor time against "
    "what the product's own instructions do on registers alone, measured at "
    "the same time. processor says how much of the workers' time the machine "
    "really gave: below 95 %, something else was running.",
    "With --make it writes a model directory of random weights at a published "
    "shape in place of measuring, to try speed without the real weights.",
    NULL,
};

static const struct example examples[] = {
    {"xenc bench -j1", "Measures one core on the default model."},
    {"xenc bench -m big --pairs pairs.tsv --seconds 20",
     "Measures on pairs of a file."},
    {"xenc bench --make minilm-l6 ./minilm", "Writes a model to measure."},
    {NULL, NULL},
};

const struct command command_bench = {
    .name = "bench",
    .bit = FOR_BENCH,
    .summary = "measure speed on this machine",
    .synopsis = "[-m MODEL] [--pairs FILE] [-j N] [--seconds S]\n"
                "--make SHAPE DIR",
    .description = description,
    .examples = examples,
    .most_operands = 1,
    .operands = COMPLETE_DIRECTORY,
    .run = run,
};
