/*
 * runs.c - runs against judgements.
 */
#include "cli/eval/compare.h"
#include "cli/eval/eval.h"
#include "cli/eval/plot.h"
#include "cli/eval/print.h"
#include "cli/message.h"
#include "eval/reranking.h"

const char eval_two_orders[] = "nDCG@10,RR@10,AP";

enum { DEFAULT_CUTOFF = 10 }; /* of MS MARCO's and sentence-transformers' */

struct evaluation_rules eval_rules(const struct options *options)
{
    const struct eval_options *eval = &options->eval;
    struct evaluation_rules rules = {
        .all_judged_queries = eval->complete,
        .level = eval->level,
        .ranking = {.is_ascending = eval->ties_ascending,
                    .judged_only = eval->judged_only,
                    .cutoff = eval->cutoff},
    };
    if (eval->style == EVAL_TREC10) {
        rules.ranking.is_double = true;
        rules.needs_all_queries = true;
        rules.rounds_recall = true;
    }
    if (eval->style == EVAL_IR_MEASURES) {
        rules.all_judged_queries = true;
        rules.counts_present = true;
        rules.mixes_ties = true;
    }
    return rules;
}

bool eval_measures(struct eval_yardstick *yardstick,
                   const struct options *options, const char *fallback,
                   struct error *error)
{
    const struct eval_options *eval = &options->eval;
    struct measure_list *measures = &yardstick->measures;
    bool has_own = eval->style == EVAL_MSMARCO || eval->style == EVAL_ST;
    *yardstick = (struct eval_yardstick){.options = options};
    if (has_own && (eval->measures != NULL || eval->all_measures))
        return error_set(error, "-M: --style msmarco and st have measures of "
                                "their own");
    if (has_own)
        return true;
    bool fine = eval->measures != NULL
                    ? measures_add(measures, eval->measures, error)
                : eval->all_measures ? measures_add_all(measures, error)
                : fallback != NULL   ? measures_add(measures, fallback, error)
                                     : measures_add_official(measures, error);
    return fine && eval_gate_measures(options, measures, error);
}

bool eval_judgements(struct eval_yardstick *yardstick, const char *path,
                     struct error *error)
{
    const struct options *options = yardstick->options;
    struct trec_file *judgements = &yardstick->judgements;
    enum trec_format format = options->eval.style == EVAL_MSMARCO
                                  ? MSMARCO_JUDGEMENTS
                                  : TREC_JUDGEMENTS;
    if (!trec_open(judgements, format, path, error))
        return false;
    char quoted[TEXT_QUOTE_BYTES];
    if (judgements->header.bytes != NULL)
        warn(options,
             "%s:1: '%s' is not a query of the run: BEIR header line skipped",
             path, text_quote(judgements->header, quoted));
    if (judgements->decimal_grades > 0)
        warn(options, "%s: %zu grades lost their decimals: whole ones count",
             path, judgements->decimal_grades);
    if (judgements->zero_grades > 0)
        warn(options,
             "%s: %zu passages with grade 0 count as relevant: the script "
             "does not read the grade",
             path, judgements->zero_grades);
    return true;
}

void eval_yardstick_free(struct eval_yardstick *yardstick)
{
    trec_close(&yardstick->judgements);
    measures_free(&yardstick->measures);
}

/* Which queries were left out or counted 0. */
static void say_queries(const struct evaluation *evaluation,
                        const struct options *options, const char *run)
{
    bool all = eval_rules(options).all_judged_queries ||
               options->eval.style == EVAL_MSMARCO;
    if (evaluation->missing > 0)
        warn(options,
             all ? "%s: %zu judged queries are not in it: they count 0"
                 : "%s: %zu judged queries are not in it and do not count: "
                   "with --complete they count 0",
             run, evaluation->missing);
    if (evaluation->unjudged_queries > 0)
        warn(options, "%s: %zu queries have no judgements: not looked at", run,
             evaluation->unjudged_queries);
    if (evaluation->without_relevant > 0)
        warn(options,
             "%zu of %zu queries have no relevant document: they count 0",
             evaluation->without_relevant, evaluation->query_count);
}

int eval_finish(const struct figures *figures, const struct options *options,
                struct error *error)
{
    if (!eval_print(figures, options, error))
        return EXIT_TROUBLE;
    return eval_gates_pass(figures, options, error) ? EXIT_DONE : EXIT_NOTHING;
}

static bool measure(struct evaluation *evaluation,
                    const struct eval_yardstick *yardstick,
                    const struct trec_file *run, struct error *error)
{
    const struct eval_options *eval = &yardstick->options->eval;
    const struct trec_file *judgements = &yardstick->judgements;
    struct evaluation_rules rules = eval_rules(yardstick->options);
    size_t cutoff = eval->cutoff > 0 ? eval->cutoff : DEFAULT_CUTOFF;
    switch (eval->style) {
    case EVAL_MSMARCO:
        return evaluate_msmarco(evaluation, cutoff, judgements, run, error);
    case EVAL_ST:
        rules.ranking.cutoff = 0; /* it is the k of the measures */
        return evaluate_reranking(evaluation, cutoff, &rules, judgements, run,
                                  error);
    case EVAL_TREC:
    case EVAL_TREC10:
    case EVAL_IR_MEASURES:
        break;
    }
    return evaluate_run(evaluation, &yardstick->measures, &rules, judgements,
                        run, error);
}

bool eval_run(struct evaluation *evaluation,
              const struct eval_yardstick *yardstick,
              const struct trec_file *run, struct error *error)
{
    if (!measure(evaluation, yardstick, run, error))
        return false;
    if (run->double_rankings > 0)
        warn(yardstick->options,
             "%s: %zu passages are ranked more than once in a query: each "
             "rank counts",
             run->name, run->double_rankings);
    say_queries(evaluation, yardstick->options, run->name);
    return true;
}

static bool draw(const struct evaluation *evaluation,
                 const struct eval_yardstick *yardstick,
                 const struct trec_file *run, struct error *error)
{
    const struct options *options = yardstick->options;
    struct plot plot = {.title = run->name,
                        .score_name = "score",
                        .yes = "relevant",
                        .no = "judged, not relevant"};
    const struct plotted_run order = {.name = "mean of all queries",
                                      .run = run,
                                      .evaluation = evaluation,
                                      .with_values = true};
    bool fine = options->eval.plot == NULL ||
                (eval_plot_add_run(&plot, &order, yardstick, error) &&
                 eval_plot_write(&plot, options, error));
    plot_free(&plot);
    return fine;
}

/* The tag is the run's own memory, which ends before the evaluation. */
static bool evaluate_file(struct evaluation *evaluation, const char *path,
                          const struct eval_yardstick *yardstick,
                          struct arena *tags, struct error *error)
{
    struct trec_file run;
    bool msmarco = yardstick->options->eval.style == EVAL_MSMARCO;
    if (!trec_open(&run, msmarco ? MSMARCO_RUN : TREC_RUN, path, error))
        return false;
    bool fine = eval_run(evaluation, yardstick, &run, error) &&
                draw(evaluation, yardstick, &run, error);
    struct slice *tag = &evaluation->tag;
    if (fine && tag->bytes != NULL)
        tag->bytes = arena_copy(tags, tag->bytes, tag->length, error);
    trec_close(&run);
    return !error->set;
}

static int print_one(const struct evaluation *evaluation,
                     const struct options *options, struct error *error)
{
    const struct eval_options *eval = &options->eval;
    struct figures figures = {0};
    int status = EXIT_TROUBLE;
    if (figures_of(&figures, evaluation, NULL, eval->per_query, error)) {
        if (eval->measures == NULL && !eval->all_measures)
            figures.run = evaluation->tag;
        status = eval_finish(&figures, options, error);
    }
    figures_free(&figures);
    return status;
}

/* The base is the first contestant, the operands are the others. */
static int evaluate_all(const struct eval_yardstick *yardstick,
                        struct error *error)
{
    const struct options *options = yardstick->options;
    const char *base = options->eval.compare;
    size_t first = base != NULL, count = first + options->operand_count;
    int status = EXIT_TROUBLE;
    struct arena tags = {0};
    struct contestant *list = memory_new(count, sizeof *list, error);
    bool fine = list != NULL;
    for (size_t i = 0; fine && i < count; i++) {
        list[i].name = i < first ? base : options->operands[i - first];
        fine = evaluate_file(&list[i].evaluation, list[i].name, yardstick,
                             &tags, error);
    }
    if (fine)
        status = base != NULL ? eval_compare(list, count, options, error)
                              : print_one(&list[0].evaluation, options, error);
    for (size_t i = 0; list != NULL && i < count; i++)
        evaluation_free(&list[i].evaluation);
    memory_free(list);
    arena_free(&tags);
    return status;
}

int eval_runs(const struct options *options, struct error *error)
{
    struct eval_yardstick yardstick = {.options = options};
    const char *fallback =
        options->eval.compare != NULL ? eval_two_orders : NULL;
    int status = EXIT_TROUBLE;
    if ((options->eval.compare == NULL ||
         eval_plot_refuse(options, "--compare", error)) &&
        (options->eval.style != EVAL_MSMARCO ||
         eval_plot_refuse(options, "--style msmarco", error)) &&
        eval_measures(&yardstick, options, fallback, error) &&
        eval_judgements(&yardstick, options->eval.qrels, error))
        status = evaluate_all(&yardstick, error);
    eval_yardstick_free(&yardstick);
    return status;
}
