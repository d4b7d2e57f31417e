/*
 * eval.c - the command: which kind of input it is, and whether the options
 * agree with it.
 */
#include "cli/eval/eval.h"

#include "cli/message.h"

#include <stdint.h>

/* Options that only runs have a use for. */
static const char *run_option(const struct eval_options *eval)
{
    return eval->measures != NULL     ? "-M"
           : eval->all_measures       ? "--all-measures"
           : eval->style != EVAL_TREC ? "--style"
           : eval->complete           ? "--complete"
           : eval->judged_only        ? "--judged-only"
           : eval->ties_ascending     ? "--ascending-ties"
           : eval->level != 1         ? "--level"
                                      : NULL;
}

static bool check_task(const struct options *options, struct error *error)
{
    const struct eval_options *eval = &options->eval;
    const char *stray = run_option(eval);
    if (eval->qrels != NULL || eval->candidates != NULL)
        return error_set(error, "--task: labels stand in FILE: no --qrels and "
                                "no --candidates were expected");
    if (stray != NULL)
        return error_set(error,
                         "%s with --task: a task has measures and "
                         "rules of its own",
                         stray);
    if (eval->scored && options->model != NULL)
        return error_set(error, "-m with --scored: FILE has the scores");
    if (eval->documents_only && eval->task != EVAL_RANK)
        return error_set(error, "--documents-only: --task rank was expected");
    return options->operand_count == 1 ||
           error_set(error, "--task: one FILE was expected, there are %zu",
                     options->operand_count);
}

static bool check_candidates(const struct options *options, struct error *error)
{
    return options->operand_count == 0 ||
           error_set(error,
                     "--candidates: '%s' is one operand too many: the model "
                     "makes the run",
                     options->operands[0]);
}

static bool check_runs(const struct options *options, struct error *error)
{
    const struct eval_options *eval = &options->eval;
    if (eval->qrels == NULL)
        return error_set(error, "no data: --qrels FILE and a RUN, --candidates "
                                "FILE, or --task TASK and a FILE were "
                                "expected; see 'xenc eval --help'");
    if (options->model != NULL || eval->queries != NULL || eval->corpus != NULL)
        return error_set(error,
                         "%s with a RUN, which has scores: --candidates "
                         "FILE is scored by the model",
                         options->model != NULL  ? "-m"
                         : eval->queries != NULL ? "--queries"
                                                 : "--corpus");
    if (options->operand_count == 0)
        return error_set(error, "--qrels: no RUN to evaluate: - is standard "
                                "input");
    return options->operand_count == 1 || eval->compare != NULL ||
           error_set(error,
                     "%zu runs: one was expected, or a base to "
                     "--compare them with",
                     options->operand_count);
}

static bool check_published(const struct options *options, struct error *error)
{
    const struct eval_options *eval = &options->eval;
    const char *stray = eval->qrels != NULL          ? "--qrels"
                        : eval->candidates != NULL   ? "--candidates"
                        : eval->task != EVAL_NO_TASK ? "--task"
                        : eval->compare != NULL      ? "--compare"
                        : eval->measures != NULL     ? "-M"
                        : eval->gates != NULL        ? "--min"
                        : eval->plot != NULL         ? "--plot"
                        : options->model != NULL     ? "-m"
                                                     : NULL;
    if (stray != NULL)
        return error_set(error, "%s: --published says what is measured", stray);
    return options->operand_count <= 1 ||
           error_set(error, "--published: one DIR was expected");
}

/* Options that only a file of pairs has a use for. */
static bool check_fields(const struct options *options, struct error *error)
{
    const struct eval_options *eval = &options->eval;
    const char *stray = options->has_texts                ? "-f"
                        : options->header                 ? "-H"
                        : options->format == FORMAT_CSV   ? "--csv"
                        : options->format == FORMAT_JSONL ? "--jsonl"
                        : options->delimiter != '\0'      ? "-d"
                        : eval->scored                    ? "--scored"
                        : eval->documents_only            ? "--documents-only"
                        : eval->labels != NULL            ? "--labels"
                        : eval->split != NULL             ? "--split"
                                                          : NULL;
    return stray == NULL || error_set(error, "%s: it belongs to --task", stray);
}

static int measure(const struct options *options, struct error *error)
{
    const struct eval_options *eval = &options->eval;
    if (eval->published != NULL)
        return check_published(options, error) ? eval_published(options, error)
                                               : EXIT_TROUBLE;
    if (eval->task != EVAL_NO_TASK)
        return check_task(options, error) ? eval_task(options, error)
                                          : EXIT_TROUBLE;
    if (!check_fields(options, error))
        return EXIT_TROUBLE;
    if (eval->candidates != NULL)
        return check_candidates(options, error) ? eval_rerank(options, error)
                                                : EXIT_TROUBLE;
    return check_runs(options, error) ? eval_runs(options, error)
                                      : EXIT_TROUBLE;
}

static int run(const struct options *options)
{
    struct error error = {0};
    int status = measure(options, &error);
    return error.set ? complain(&error) : status;
}

static const char *const description[] = {
    "Prints measures of a run, of a model or of a file of scores, with the "
    "values of the field's own tools.",
    "With --qrels a RUN (query, Q0, document, rank, score, tag) is evaluated "
    "against judgements: trec_eval's measures by its rules. Ranks and the "
    "order "
    "of lines do not matter, scores are compared as float32, and documents "
    "with equal scores stand in the falling order of their names. Queries that "
    "one of the files lacks are counted in a warning; --complete counts "
    "missing ones 0.",
    "With --candidates the model reranks what a first stage found, and each "
    "measure is printed before and after.",
    "With --task the model, or the file itself (--scored), says something of "
    "labelled pairs. Correlations, thresholds and F1 are those of the "
    "evaluators of sentence-transformers: thresholds are chosen on the data "
    "that they are measured on, which flatters; names that end in at_logit_0 "
    "or at_0.5 are not chosen. Labels are matched with the model's by name.",
    "A line has a measure, a query or a label or \"all\", and the value, with "
    "TABs between. A line of input that cannot be right is an error; nothing "
    "is left out without a warning. The exit status is 1 when --min is not "
    "reached.",
    NULL,
};

static const struct example examples[] = {
    {"xenc eval --qrels qrels.txt -M nDCG@10,RR@10 bm25.run",
     "Evaluates a run."},
    {"xenc eval --candidates bm25.run --queries queries.tsv --corpus docs.tsv "
     "--qrels qrels.txt",
     "Reranks with the default model and prints both orders' measures."},
    {"xenc eval --qrels qrels.txt --compare bm25.run ce.run",
     "Says whether the difference may be chance."},
    {"xenc eval --task stsb -m stsb-roberta-base test.tsv --min spearman=0.9 "
     "|| mail -s 'model drift' ops </dev/null",
     "Watches a model from cron."},
    {NULL, NULL},
};

const struct command command_eval = {
    .name = "eval",
    .bit = FOR_EVAL,
    .summary = "measure a run or a model on labelled data",
    .synopsis = "--qrels FILE [options] RUN\n"
                "--candidates FILE --qrels FILE [-m MODEL] [options]\n"
                "--task TASK [-m MODEL | --scored] [options] FILE\n"
                "--published MODEL [DIR]",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_FILE,
    .nothing = "a measure is below --min, or --published found no data",
    .run = run,
};
