#include "base/memory.h"
#include "cli/answer.h"
#include "cli/message.h"
#include "cli/scoring.h"
#include "rank/groups.h"

/* Results may grow to this before a note says that they are held. */
enum { NOTE_BYTES = 256 << 20 };

struct rerank {
    struct scoring scoring; /* first: emit gets its address */
    struct groups groups;
    bool has_noted; /* that much is held */

    /* -c tei and cohere */
    struct answer_result *results;
    size_t result_capacity;
    struct buffer answer;
};

/* A group as one line of JSON. */
static bool put_answer(struct rerank *rerank, const struct top *group,
                       struct error *error)
{
    struct scoring *scoring = &rerank->scoring;
    struct answer answer = {.form = scoring->form,
                            .model = scoring_model_name(scoring),
                            .decimals = scoring->options->decimals,
                            .tokens = group->tokens,
                            .count = group->count};
    if (!memory_grow((void **)&rerank->results, &rerank->result_capacity,
                     group->count, sizeof *rerank->results, error))
        return false;
    for (size_t i = 0; i < group->count; i++) {
        const struct kept *kept = &group->list[i];
        struct answer_result *result = &rerank->results[i];
        *result = (struct answer_result){.index = kept->place};
        verdict_score(&scoring->rule, kept->logits, &result->score);
    }
    answer.results = rerank->results;
    rerank->answer.length = 0;
    scoring->printed += group->count;
    return answer_append(&rerank->answer, &answer, error) &&
           answer_write(scoring->streams.writer, &rerank->answer, error);
}

static bool print_group(struct rerank *rerank, struct top *group,
                        struct error *error)
{
    struct scoring *scoring = &rerank->scoring;
    top_sort(group);
    if (form_is_answer(scoring->form))
        return group->offered == 0 || put_answer(rerank, group, error);
    for (size_t i = 0; i < group->count; i++)
        if (!scoring_put(scoring, &group->list[i].facts, group->list[i].logits,
                         i + 1, error))
            return false;
    return true;
}

/* With --sorted a new group ends the one before it. */
static bool end_group(struct rerank *rerank, const struct record_facts *facts,
                      struct error *error)
{
    struct groups *groups = &rerank->groups;
    size_t before = groups->count;
    struct top *group = groups_find(groups, facts->group, error);
    if (group == NULL || before == 0)
        return group != NULL;
    struct top *last = &groups->list[before - 1];
    if (groups->count == before) {
        char quoted[TEXT_QUOTE_BYTES];
        return group == last ||
               error_at(error, facts->file, facts->line,
                        "group '%s' comes again: --sorted expects its records "
                        "together",
                        text_quote(facts->group, quoted));
    }
    if (!print_group(rerank, last, error))
        return false;
    groups_empty(groups, last);
    return true;
}

static void note_memory(struct rerank *rerank)
{
    const struct options *options = rerank->scoring.options;
    if (rerank->has_noted || rerank->groups.bytes < NOTE_BYTES)
        return;
    rerank->has_noted = true;
    if (options->has_group)
        warn(options,
             "groups are held in memory until the input ends (%d MiB so far): "
             "--sorted holds one where their records stand together",
             NOTE_BYTES >> 20);
    else
        warn(options,
             "records are held in memory until the input ends (%d MiB so "
             "far): -n N holds the best N",
             NOTE_BYTES >> 20);
}

static bool keep_result(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct rerank *rerank = context;
    struct scoring *scoring = &rerank->scoring;
    float score;
    verdict_score(&scoring->rule, logits, &score);
    if (scoring->options->sorted && !end_group(rerank, facts, error))
        return false;
    if (!scoring_passes(scoring, score))
        return true;
    if (!groups_offer(&rerank->groups, verdict_order(&scoring->rule, logits),
                      facts, logits, scoring->rule.task->labels, error))
        return false;
    note_memory(rerank);
    return true;
}

static void print_groups(struct rerank *rerank, struct error *error)
{
    for (size_t i = 0; i < rerank->groups.count; i++)
        if (!print_group(rerank, &rerank->groups.list[i], error))
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
    const struct scoring_plan plan = {
        .columns = default_columns, .emit = keep_result, .needs_one = true};
    if (has_query(options, &error) &&
        scoring_open(&rerank.scoring, options, &plan, &error) &&
        scoring_run(&rerank.scoring, &error))
        print_groups(&rerank, &error);
    groups_free(&rerank.groups);
    memory_free(rerank.results);
    buffer_free(&rerank.answer);
    return scoring_close(&rerank.scoring, false, &error);
}

static const char *const description[] = {
    "Scores every record against the query and writes the records best first, "
    "with their scores. Records with equal scores keep their order.",
    "With -g records with the same key form a group, which is ranked for "
    "itself; groups come in the order of their first records. Without -q the "
    "first field of -f is the query and the others are the text.",
    "Results are held in memory until the input ends: with -n N only the best "
    "N of each group, with --sorted one group at a time.",
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
