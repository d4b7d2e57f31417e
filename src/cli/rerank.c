#include "cli/message.h"
#include "cli/scoring.h"
#include "rank/groups.h"

struct rerank {
    struct scoring scoring; /* first: emit gets its address */
    struct groups groups;
};

static bool keep_result(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct rerank *rerank = context;
    struct scoring *scoring = &rerank->scoring;
    float score;
    verdict_score(&scoring->rule, logits, &score);
    if (!scoring_passes(scoring, score))
        return true;

    struct top *group = groups_find(&rerank->groups, facts->group, error);
    return group != NULL &&
           top_offer(group, verdict_order(&scoring->rule, logits), facts,
                     logits, scoring->rule.task->labels, error);
}

static bool print_group(struct scoring *scoring, struct top *group,
                        struct error *error)
{
    top_sort(group);
    for (size_t i = 0; i < group->count; i++)
        if (!scoring_put(scoring, &group->list[i].facts, group->list[i].logits,
                         i + 1, error))
            return false;
    return true;
}

static void print_groups(struct rerank *rerank, struct error *error)
{
    for (size_t i = 0; i < rerank->groups.count; i++)
        if (!print_group(&rerank->scoring, &rerank->groups.list[i], error))
            return;
}

static bool has_query(const struct options *options, struct error *error)
{
    if (options->query != NULL || options->query_file != NULL)
        return true;
    return (options->has_group && options->has_texts) ||
           error_set(error, "no query: use -q QUERY, or -g and -f for records "
                            "that bring their own");
}

static const char *default_columns(const struct options *options, size_t labels)
{
    (void)options;
    (void)labels;
    return "score,line";
}

static int run(const struct options *options)
{
    struct rerank rerank = {.scoring.options = options,
                            .groups.best = options->best};
    struct error error = {0};
    if (has_query(options, &error) &&
        scoring_open(&rerank.scoring, options, default_columns, true,
                     keep_result, &error) &&
        scoring_run(&rerank.scoring, &error))
        print_groups(&rerank, &error);
    groups_free(&rerank.groups);
    return scoring_close(&rerank.scoring, false, &error);
}

static const char *const description[] = {
    "Scores every record against the query and writes the records best first, "
    "with their scores. Records with equal scores keep their order.",
    "With -g records with the same key form a group, which is ranked for "
    "itself; groups come in the order of their first records. Without -q the "
    "first field of -f is the query and the others are the text.",
    "All records are held in memory unless -n says how many are wanted.",
    NULL,
};

static const struct example examples[] = {
    {"grep -rn timeout . | xenc rerank -q 'where do we set the network "
     "timeout' -n 5",
     "Prints the five lines that fit best."},
    {"git log --format='%h%x09%s' | xenc rerank -f2 -q 'fix for the memory "
     "leak' -n 3",
     "Ranks commits by their subject and prints them whole."},
    {"xenc rerank -g1 -f3,4 -n 10 candidates.tsv",
     "Ranks each query's passages: query id, passage id, query, passage."},
    {"jq -c '.hits[]' answer.json | xenc rerank --jsonl -f text -q 'reset the "
     "password'",
     "Ranks JSON objects and adds \"score\" to each."},
    {NULL, NULL},
};

const struct command command_rerank = {
    .name = "rerank",
    .bit = FOR_RERANK,
    .summary = "put records in order, best first",
    .synopsis = "-q QUERY [options] [FILE...]\n-g LIST -f LIST [options] "
                "[FILE...]",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .run = run,
};
