/*
 * published.c - --published: the figures of a model's makers beside those
 * that are measured here.
 */
#include "base/files.h"
#include "base/json.h"
#include "cli/eval/eval.h"
#include "cli/eval/pairs.h"
#include "cli/eval/print.h"
#include "cli/message.h"
#include "io/numbers.h"
#include "model/catalog.h"
#include "model/installed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { MOST_PATHS = 4 };

/* A figure that models are published with. */
struct benchmark {
    enum catalog_column column; /* that has its value */
    const char *metric;         /* as the column metric says it; NULL: any */
    const char *name;           /* for the table */
    enum eval_task task;        /* EVAL_NO_TASK: candidates */
    enum eval_style style;
    const char *measure;
    /* In DIR, the first that is there; ended by NULL. */
    const char *paths[MOST_PATHS + 1];
    const char *judgements; /* of candidates that are a file */
};

static const struct benchmark benchmarks[] = {
    {.column = CATALOG_NDCG10_DL19,
     .name = "nDCG@10 TREC DL 2019",
     .measure = "nDCG@10",
     .paths = {"dl19"}},
    {.column = CATALOG_MRR10_MSMARCO,
     .name = "MRR@10 MS MARCO dev",
     .style = EVAL_MSMARCO,
     .measure = "MRR@10",
     .paths = {"top1000.dev.tsv", "top1000.dev.tsv.gz",
               "msmarco/top1000.dev.tsv"},
     .judgements = "qrels.dev.small.tsv"},
    {.column = CATALOG_VALUE,
     .metric = "STSbenchmark test performance",
     .name = "Spearman STSbenchmark test",
     .task = EVAL_STSB,
     .measure = "spearman",
     .paths = {"stsb/test.tsv", "stsbenchmark.tsv.gz", "stsbenchmark.tsv",
               "sts-test.csv"}},
    {.column = CATALOG_VALUE,
     .metric = "Average Precision dev set",
     .name = "average precision Quora dev",
     .task = EVAL_QUORA,
     .measure = "average_precision",
     .paths = {"dev_pairs.tsv", "quora/dev_pairs.tsv", "QQP/dev.tsv"}},
    {.column = CATALOG_VALUE,
     .metric = "Accuracy on MNLI mismatched set",
     .name = "accuracy MNLI mismatched",
     .task = EVAL_NLI,
     .measure = "accuracy",
     .paths = {"multinli_1.0_dev_mismatched.jsonl",
               "multinli_1.0_dev_mismatched.txt", "MNLI/dev_mismatched.tsv"}},
    {.column = CATALOG_VALUE,
     .metric = "Accuracy on QNLI dev set",
     .name = "accuracy QNLI dev",
     .task = EVAL_QNLI,
     .measure = "accuracy_at_logit_0",
     .paths = {"QNLI/dev.tsv", "qnli/dev.tsv"}},
};

struct outcome {
    const struct benchmark *benchmark;
    double published, measured; /* times 100; measured nan: no data */
    char *path;                 /* that was measured, or NULL */
};

enum { MOST_OUTCOMES = sizeof benchmarks / sizeof *benchmarks };

struct publication {
    const struct options *options;
    const char *directory;
    struct options model; /* options with the model's own name */
    struct outcome outcomes[MOST_OUTCOMES];
    size_t count, measured;
};

/*** Measuring ***/

/* The value of a figure in the catalogue, in 0 to 100. */
static bool has_figure(const struct catalog_entry *entry,
                       const struct benchmark *benchmark, double *value)
{
    return (benchmark->metric == NULL ||
            slice_is(entry->columns[CATALOG_METRIC], benchmark->metric)) &&
           number_read(entry->columns[benchmark->column], value);
}

static bool is_there(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

static bool find_data(const struct publication *publication,
                      const struct benchmark *benchmark, char **path,
                      struct error *error)
{
    *path = NULL;
    for (size_t i = 0; benchmark->paths[i] != NULL; i++) {
        char *tried =
            file_join(publication->directory, benchmark->paths[i], error);
        if (tried == NULL)
            return false;
        if (is_there(tried)) {
            *path = tried;
            return true;
        }
        memory_free(tried);
    }
    return true;
}

static bool measure_pairs(const struct options *options,
                          struct outcome *outcome, struct error *error)
{
    struct pair_data pairs;
    struct figures figures = {0};
    if (!eval_pairs_open(&pairs, options, outcome->path, error))
        return false;
    if (eval_pairs_figures(&pairs, &figures, error))
        outcome->measured =
            100 * figures_find(&figures, outcome->benchmark->measure)->value;
    figures_free(&figures);
    eval_pairs_close(&pairs);
    return !error->set;
}

static bool measure_candidates(struct options *options, const char *directory,
                               struct outcome *outcome, struct error *error)
{
    const struct benchmark *benchmark = outcome->benchmark;
    struct evaluation evaluation = {0};
    char *judgements = NULL;
    options->eval.candidates = outcome->path;
    options->eval.complete = true;
    if (benchmark->judgements != NULL)
        judgements = file_join(directory, benchmark->judgements, error);
    options->eval.qrels = judgements;
    if (!error->set &&
        eval_rerank_after(&evaluation, options, benchmark->measure, error))
        outcome->measured = 100 * evaluation.measures[0].summary;
    evaluation_free(&evaluation);
    memory_free(judgements);
    return !error->set;
}

static bool measure(struct publication *publication, struct outcome *outcome,
                    struct error *error)
{
    struct options options = publication->model;
    options.eval.task = outcome->benchmark->task;
    options.eval.style = outcome->benchmark->style;
    outcome->measured = (double)NAN;
    if (!find_data(publication, outcome->benchmark, &outcome->path, error))
        return false;
    if (outcome->path == NULL)
        return true;
    publication->measured++;
    return options.eval.task != EVAL_NO_TASK
               ? measure_pairs(&options, outcome, error)
               : measure_candidates(&options, publication->directory, outcome,
                                    error);
}

/*** The table ***/

static void print_table(const struct publication *publication)
{
    int decimals =
        publication->options->decimals < 0 ? 2 : publication->options->decimals;
    printf("figure\tpublished\tmeasured\tdifference\tdata\n");
    for (size_t i = 0; i < publication->count; i++) {
        const struct outcome *outcome = &publication->outcomes[i];
        char wanted[256];
        text_choices(outcome->benchmark->paths, wanted, sizeof wanted);
        printf("%s\t%.*f\t", outcome->benchmark->name, decimals,
               outcome->published);
        if (outcome->path == NULL)
            printf("-\t-\tneeds %s\n", wanted);
        else
            printf("%.*f\t%+.*f\t%s\n", decimals, outcome->measured, decimals,
                   outcome->measured - outcome->published, outcome->path);
    }
}

static bool put_outcome(struct buffer *out, const struct outcome *outcome,
                        int decimals, struct error *error)
{
    char number[EVAL_NUMBER_BYTES], data[256];
    const char *path = outcome->path;
    text_choices(outcome->benchmark->paths, data, sizeof data);
    eval_json_number(outcome->published, decimals, number);
    bool fine =
        buffer_append_text(out, "{", error) &&
        eval_json_key(out, slice_of("figure"), error) &&
        json_append_string(out, slice_of(outcome->benchmark->name), error) &&
        buffer_append_text(out, ", ", error) &&
        eval_json_key(out, slice_of("published"), error) &&
        buffer_append_text(out, number, error);
    eval_json_number(outcome->measured, decimals, number);
    return fine && buffer_append_text(out, ", ", error) &&
           eval_json_key(out, slice_of("measured"), error) &&
           buffer_append_text(out, number, error) &&
           buffer_append_text(out, ", ", error) &&
           eval_json_key(out, slice_of(path != NULL ? "data" : "needs"),
                         error) &&
           json_append_string(out, slice_of(path != NULL ? path : data),
                              error) &&
           buffer_append_text(out, "}", error);
}

static bool print_json(const struct publication *publication,
                       struct error *error)
{
    struct buffer out = {0};
    int decimals = publication->options->decimals;
    bool fine = buffer_append_text(&out, "[", error);
    for (size_t i = 0; fine && i < publication->count; i++)
        fine = (i == 0 || buffer_append_text(&out, ",\n ", error)) &&
               put_outcome(&out, &publication->outcomes[i], decimals, error);
    fine = fine && buffer_append_text(&out, "]\n", error);
    if (fine)
        fwrite(out.bytes, 1, out.length, stdout);
    buffer_free(&out);
    return fine;
}

static bool print(const struct publication *publication, struct error *error)
{
    if (publication->options->eval.form != EVAL_JSON)
        print_table(publication);
    else if (!print_json(publication, error))
        return false;
    return print_finish(error);
}

/*** The model ***/

static bool measure_all(struct publication *publication,
                        const struct catalog_entry *entry, struct error *error)
{
    for (size_t i = 0; i < MOST_OUTCOMES; i++) {
        struct outcome *outcome = &publication->outcomes[publication->count];
        *outcome = (struct outcome){.benchmark = &benchmarks[i]};
        if (!has_figure(entry, &benchmarks[i], &outcome->published))
            continue;
        publication->count++;
        if (!measure(publication, outcome, error))
            return false;
    }
    return true;
}

static bool publish(struct publication *publication,
                    const struct catalog *catalog, struct error *error)
{
    char id[256], quoted[TEXT_QUOTE_BYTES];
    const char *name = publication->options->eval.published;
    const struct catalog_entry *entry = catalog_find(catalog, slice_of(name));
    if (entry == NULL)
        return error_set(error,
                         "--published '%s': no such model: 'xenc models' "
                         "lists those that are known",
                         text_quote(slice_of(name), quoted));
    struct slice known = entry->columns[CATALOG_ID];
    snprintf(id, sizeof id, "%.*s", (int)known.length, known.bytes);
    publication->model = *publication->options;
    publication->model.model = id;
    if (!measure_all(publication, entry, error))
        return false;
    if (publication->count == 0)
        warn(publication->options, "%s: no figure of it is known", id);
    return publication->count == 0 || print(publication, error);
}

int eval_published(const struct options *options, struct error *error)
{
    struct publication publication = {
        .options = options,
        .directory = options->operand_count > 0 ? options->operands[0] : "."};
    struct catalog catalog;
    if (installed_catalog(&catalog, error)) {
        publish(&publication, &catalog, error);
        catalog_close(&catalog);
    }
    for (size_t i = 0; i < publication.count; i++)
        memory_free(publication.outcomes[i].path);
    return publication.measured > 0 ? EXIT_DONE : EXIT_NOTHING;
}
