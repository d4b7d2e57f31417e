/*
 * target_eval.c - judgements and runs: refused, or measured in every way; and
 * their lines alone.
 *
 * An input has the members "qrels" and "run"; its first line may name
 * measures.
 */
#include "targets.h"

#include "base/memory.h"
#include "eval/evaluation.h"
#include "eval/reranking.h"

#include <string.h>

enum { CUTOFF = 10 };

/* Each way is a use of the same two files. */
typedef bool evaluate(struct evaluation *evaluation,
                      const struct measure_list *measures,
                      const struct trec_file *judgements,
                      const struct trec_file *run, struct error *error);

static bool as_trec(struct evaluation *evaluation,
                    const struct measure_list *measures,
                    const struct trec_file *judgements,
                    const struct trec_file *run, struct error *error)
{
    const struct evaluation_rules rules = {.level = 1};
    return evaluate_run(evaluation, measures, &rules, judgements, run, error);
}

static bool as_trec10(struct evaluation *evaluation,
                      const struct measure_list *measures,
                      const struct trec_file *judgements,
                      const struct trec_file *run, struct error *error)
{
    const struct evaluation_rules rules = {
        .level = 2,
        .needs_all_queries = true,
        .rounds_recall = true,
        .ranking = {.is_double = true, .judged_only = true}};
    return evaluate_run(evaluation, measures, &rules, judgements, run, error);
}

static bool as_ir_measures(struct evaluation *evaluation,
                           const struct measure_list *measures,
                           const struct trec_file *judgements,
                           const struct trec_file *run, struct error *error)
{
    const struct evaluation_rules rules = {.level = 1,
                                           .all_judged_queries = true,
                                           .counts_present = true,
                                           .mixes_ties = true,
                                           .ranking = {.cutoff = 2}};
    return evaluate_run(evaluation, measures, &rules, judgements, run, error);
}

static bool as_reranking(struct evaluation *evaluation,
                         const struct measure_list *measures,
                         const struct trec_file *judgements,
                         const struct trec_file *run, struct error *error)
{
    const struct evaluation_rules rules = {.level = 1};
    (void)measures;
    return evaluate_reranking(evaluation, CUTOFF, &rules, judgements, run,
                              error);
}

static bool as_msmarco(struct evaluation *evaluation,
                       const struct measure_list *measures,
                       const struct trec_file *judgements,
                       const struct trec_file *run, struct error *error)
{
    (void)measures;
    return evaluate_msmarco(evaluation, CUTOFF, judgements, run, error);
}

static void check_evaluation(evaluate *way, const struct measure_list *measures,
                             const struct trec_file *judgements,
                             const struct trec_file *run)
{
    struct error error = {0};
    struct evaluation evaluation = {0};
    bool fine = way(&evaluation, measures, judgements, run, &error);
    fuzz_require_error(fine, &error);
    if (fine)
        fuzz_touch(evaluation.values, evaluation.measure_count *
                                          evaluation.query_count *
                                          sizeof *evaluation.values);
    evaluation_free(&evaluation);
}

/* Queries are found by their ids, and hold all entries. */
static void check_file(const struct trec_file *file)
{
    size_t entries = 0;
    for (size_t i = 0; i < file->count; i++) {
        const struct trec_query *query = &file->queries[i];
        fuzz_require(trec_find(file, query->id) == query);
        for (size_t j = 0; j < query->count; j++)
            fuzz_touch(query->entries[j].document.bytes,
                       query->entries[j].document.length);
        entries += query->count;
    }
    fuzz_require(entries == file->entry_count);
    fuzz_touch(file->tag.bytes, file->tag.length);
}

static bool open_file(struct trec_file *file, enum trec_format format,
                      const char *path)
{
    struct error error = {0};
    bool fine = trec_open(file, format, path, &error);
    fuzz_require_error(fine, &error);
    if (fine)
        check_file(file);
    return fine;
}

struct files {
    const char *judgements, *run;
};

static void evaluate_files(struct files files, enum trec_format judged,
                           enum trec_format ranked, evaluate *const *ways,
                           size_t count, const struct measure_list *measures)
{
    struct trec_file judgements, run;
    if (!open_file(&judgements, judged, files.judgements))
        return;
    if (open_file(&run, ranked, files.run)) {
        for (size_t i = 0; i < count; i++)
            check_evaluation(ways[i], measures, &judgements, &run);
        trec_close(&run);
    }
    trec_close(&judgements);
}

/* Each line in every format. */
static void check_lines(struct slice rest)
{
    struct record record = {.file = "run"};
    while (rest.bytes != NULL) {
        record.bytes = fuzz_line(&rest);
        record.line++;
        trec_line_run_format(record.bytes);
        trec_line_is_beir_header(record.bytes);
        for (int format = 0; format < TREC_FORMATS; format++) {
            struct error error = {0};
            struct trec_line line = {.number = 0};
            enum trec_found found = trec_line_read((enum trec_format)format,
                                                   &record, &line, &error);
            fuzz_require(fuzz_agrees(found != TREC_WRONG, &error));
            if (found == TREC_ENTRY)
                fuzz_require(line.query.length > 0 && line.document.length > 0);
        }
    }
}

static void add_measures(struct measure_list *measures, struct slice names)
{
    struct error error = {0};
    char text[256];
    fuzz_require(measures_add_all(measures, &error));
    if (names.length >= sizeof text)
        return;
    memcpy(text, names.bytes, names.length);
    text[names.length] = '\0';
    fuzz_require_error(measures_add(measures, text, &error), &error);
}

void target_eval(const struct fuzz_target *target, struct slice input)
{
    static evaluate *const of_trec[] = {as_trec, as_trec10, as_ir_measures,
                                        as_reranking};
    static evaluate *const of_msmarco[] = {as_msmarco};
    (void)target;
    struct slice rest = input;
    struct measure_list measures = {0};
    struct slice run = fuzz_member(input, "run");
    const struct files files = {fuzz_file(0, fuzz_member(input, "qrels")),
                                fuzz_file(1, run)};
    add_measures(&measures, fuzz_line(&rest));
    evaluate_files(files, TREC_JUDGEMENTS, TREC_RUN, of_trec, 4, &measures);
    evaluate_files(files, MSMARCO_JUDGEMENTS, MSMARCO_RUN, of_msmarco, 1,
                   &measures);
    check_lines(run);
    measures_free(&measures);
}
