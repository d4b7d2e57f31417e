#include "base/interrupt.h"
#include "cli/message.h"
#include "cli/requests.h"
#include "cli/run_pairs.h"
#include "cli/scoring/answer.h"
#include "cli/scoring/blending.h"
#include "rank/groups.h"

/*
 * Groups are held until the input ends, because any of them may go on.  When
 * they have grown to this and none has come again, the input is taken for
 * sorted: those that are over are printed, and from then on each one as soon as
 * the next begins.  Otherwise a note says that they are held.
 */
enum { HELD_BYTES = 256 << 20, HELD_MIB = HELD_BYTES >> 20 };
#define NO_GROUP SIZE_MAX

struct rerank {
    struct scoring scoring; /* first: emit gets its address */
    struct groups groups;
    size_t current;   /* number of the last record's group, or NO_GROUP */
    bool ends_groups; /* a new group ends the one before it */
    bool comes_again; /* a group did, after another one */
    bool has_noted;   /* that much is held */

    struct answers answers; /* of -c tei and cohere */
};

static bool print_group(struct rerank *rerank, struct top *group,
                        struct error *error)
{
    struct scoring *scoring = &rerank->scoring;
    const struct answer_request request = {.form = scoring->form};
    if (!scoring->options->has_blend)
        top_sort(group);
    else if (!blending_finish(group, scoring, error))
        return false;
    if (form_is_answer(scoring->form))
        return group->count == 0 ||
               answers_put(&rerank->answers, scoring, &request, group, error);
    for (size_t i = 0; i < group->count; i++)
        if (!scoring_put(scoring, &group->list[i].facts, group->list[i].logits,
                         i + 1, error))
            return false;
    return true;
}

/* Prints a group that is over and keeps no more of it than its key. */
static bool end_group(struct rerank *rerank, struct top *group,
                      struct error *error)
{
    if (!print_group(rerank, group, error))
        return false;
    groups_empty(&rerank->groups, group);
    return true;
}

static bool refuse_again(const struct rerank *rerank,
                         const struct record_facts *facts, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    return error_at(error, facts->file, facts->line,
                    "group '%s' comes again: %s",
                    text_quote(facts->group, quoted),
                    rerank->scoring.options->sorted
                        ? "--sorted expects its records together"
                        : "it is printed already: sort by group, or use "
                          "--unsorted, which holds all of them");
}

/* A bad record whose key could not be read stands in no group: it ends none
 * and may come again. */
static bool has_key(const struct record_facts *facts)
{
    return facts->is_scored || facts->group.length > 0;
}

static bool enter_group(struct rerank *rerank, const struct record_facts *facts,
                        struct error *error)
{
    struct groups *groups = &rerank->groups;
    size_t last = rerank->current, before = groups->count;
    if (!has_key(facts))
        return true;
    struct top *group = groups_find(groups, facts->group, error);
    if (group == NULL)
        return false;
    rerank->current = (size_t)(group - groups->list);
    if (rerank->current == last || last == NO_GROUP)
        return true;
    if (rerank->current < before) {
        rerank->comes_again = true;
        return !rerank->ends_groups || refuse_again(rerank, facts, error);
    }
    return !rerank->ends_groups ||
           end_group(rerank, &groups->list[last], error);
}

static void note_memory(struct rerank *rerank)
{
    const struct options *options = rerank->scoring.options;
    if (rerank->has_noted)
        return;
    rerank->has_noted = true;
    if (options->has_blend)
        warn(options,
             "--blend holds all records in memory until their group ends (%d "
             "MiB so far)",
             HELD_MIB);
    else if (rerank->ends_groups)
        warn(options,
             "a group is held in memory until it ends (%d MiB so far): -n N "
             "holds its best N",
             HELD_MIB);
    else if (options->has_group)
        warn(options,
             "groups are held in memory until the input ends (%d MiB so far): "
             "of input that is sorted by group one is held",
             HELD_MIB);
    else
        warn(options,
             "records are held in memory until the input ends (%d MiB so "
             "far): -n N holds the best N",
             HELD_MIB);
}

/* Ends what can be ended when much is held, or says that nothing can. */
static bool make_room(struct rerank *rerank, struct error *error)
{
    const struct options *options = rerank->scoring.options;
    struct groups *groups = &rerank->groups;
    if (groups->bytes < HELD_BYTES)
        return true;
    bool may_end = options->has_group && !options->unsorted &&
                   !rerank->comes_again && !rerank->ends_groups;
    rerank->ends_groups = rerank->ends_groups || may_end;
    for (size_t i = 0; may_end && i < groups->count; i++)
        if (i != rerank->current && !end_group(rerank, &groups->list[i], error))
            return false;
    if (groups->bytes >= HELD_BYTES)
        note_memory(rerank);
    return true;
}

static bool keep_result(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct rerank *rerank = context;
    struct scoring *scoring = &rerank->scoring;
    const struct options *options = scoring->options;
    if (!enter_group(rerank, facts, error))
        return false;
    if (!blending_changes(options) &&
        !scoring_passes_min(scoring, facts, logits))
        return !form_is_answer(scoring->form) ||
               groups_skip(&rerank->groups, facts, error);
    if (options->has_blend) {
        struct top *group = groups_find(&rerank->groups, facts->group, error);
        if (group == NULL || !blending_accepts(group, facts, error))
            return false;
    }
    if (!groups_offer(&rerank->groups, verdict_order(&scoring->rule, logits),
                      facts, logits, scoring->rule.task->labels, error))
        return false;
    return make_room(rerank, error);
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

/* JSON records without a query and without fields are requests. */
static bool takes_requests(const struct options *options)
{
    return options->format == FORMAT_JSONL && options->query == NULL &&
           options->query_file == NULL && !options->has_texts &&
           !options->has_group;
}

static bool score_pairs(struct scoring *scoring, const struct run_pairs *pairs,
                        struct error *error)
{
    const struct options *options = scoring->options;
    for (size_t i = 0; i < pairs->count && !interrupt_seen(); i++) {
        const struct run_pair *pair = &pairs->list[i];
        const struct id_text *query = &pairs->queries.list[pair->query];
        const struct id_text *document = &pairs->documents.list[pair->document];
        struct record_facts facts = {
            .bytes =
                scoring->needs_bytes ? document->text : (struct slice){"", 0},
            .group = query->id,
            .id = document->id,
            .file = options->run,
            .line = pair->line,
            .index = scoring->records++,
        };
        struct error reason = {0};
        if (!(run_pairs_check(pairs, pair, options, &reason)
                  ? scoring_add(scoring, &facts, query->text, document->text,
                                error)
                  : scoring_pass_bad(scoring, &facts, &reason, error)))
            return false;
    }
    return scoring->scorer == NULL || scorer_drain(scoring->scorer, error);
}

/* BM25 counts over all candidates of a group, whatever -n says. */
static struct rerank start(const struct options *options, bool ends_groups)
{
    return (struct rerank){.scoring.options = options,
                           .groups.best =
                               options->has_blend ? 0 : options->best,
                           .current = NO_GROUP,
                           .ends_groups = ends_groups};
}

/* Gives the exit status. */
static int finish(struct rerank *rerank, struct error *error)
{
    groups_free(&rerank->groups);
    answers_free(&rerank->answers);
    return scoring_close(&rerank->scoring, error);
}

/* --run: the pairs of a query stand together, so one group is held. */
static int run_first_search(const struct options *options)
{
    struct rerank rerank = start(options, true);
    struct error error = {0};
    struct run_pairs pairs;
    bool fine = run_pairs_read(&pairs, options, &error);
    const struct scoring_plan plan = {
        .columns = default_columns,
        .emit = keep_result,
        .needs_one = true,
        .has_no_input = true,
        .form = options->columns != NULL   ? FORM_RECORDS
                : pairs.format == TREC_RUN ? FORM_TREC
                                           : FORM_MSMARCO};
    if (fine && scoring_open(&rerank.scoring, options, &plan, &error) &&
        run_pairs_fill(&pairs, options, &error)) {
        rerank.scoring.expected = pairs.count;
        interrupt_hold();
        if (score_pairs(&rerank.scoring, &pairs, &error))
            print_groups(&rerank, &error);
    }
    int status = finish(&rerank, &error);
    run_pairs_free(&pairs);
    return status;
}

static int run_records(const struct options *options)
{
    struct rerank rerank = start(options, options->sorted);
    struct error error = {0};
    const struct scoring_plan plan = {
        .columns = default_columns, .emit = keep_result, .needs_one = true};
    if (has_query(options, &error) &&
        scoring_open(&rerank.scoring, options, &plan, &error) &&
        scoring_run(&rerank.scoring, &error))
        print_groups(&rerank, &error);
    return finish(&rerank, &error);
}

static bool check_requests(const struct options *options, struct error *error)
{
    const struct {
        bool is_given;
        const char *message;
    } refused[] = {
        {options->has_blend,
         "--blend: requests are answered by the model alone"},
        {options->explain, "--explain: an answer has no place for it"},
        {options->columns != NULL,
         "-c: a request is answered in the form of its API"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (refused[i].is_given)
            return error_set(error, "%s", refused[i].message);
    return true;
}

static int run(const struct options *options)
{
    if (options->run != NULL)
        return run_first_search(options);
    if (!takes_requests(options))
        return run_records(options);
    struct error error = {0};
    return check_requests(options, &error) ? requests_run(options)
                                           : complain(&error);
}

static const char *const description[] = {
    "Scores every record against the query and writes the records best first, "
    "with their scores. Records with equal scores keep their order.",
    "With -g records with the same key form a group, which is ranked for "
    "itself; groups come in the order of their first records. Without -q the "
    "first field of -f is the query and the others are the text.",
    "Results are held in memory until the input ends, with -n N only the best "
    "N of each group. When they have grown to 256 MiB and no group has come "
    "again after another one, the input is taken for sorted by group: from "
    "then on a group is printed when the next one begins, so that memory stays "
    "bounded, and one that comes again after that is an error. Where groups "
    "did come again, all are held, and a note says so. --sorted prints each "
    "group when it ends from the first on; --unsorted holds all of them, "
    "however many they are.",
    "--long window scores all of a long text. --explain says which words made "
    "a score: it leaves out the tokens of one word after the other and prints "
    "how far the logit falls. That is exact for this text and this model, but "
    "it is no share of the score: what two words say together shows in "
    "neither alone, and what is said twice shows in neither of the two.",
    "--blend mixes in BM25, computed over the candidates; --blend 1 is BM25 "
    "alone, the baseline that a model must beat.",
    NULL,
};

static const struct example examples[] = {
    {"grep -rn timeout src | xenc rerank --grep -q 'how long do we wait' -n 5",
     "Prints the five lines that fit best, with path and number, and scores "
     "nothing but their text."},
    {"rg --json timeout src | xenc rerank --grep -q 'how long do we wait' -n 5",
     "Does the same with ripgrep, whose objects leave no doubt about paths."},
    {"git ls-files | xenc rerank -q 'where are retries counted' -c line -n 20",
     "Prints twenty paths, best first, and nothing else."},
    {"git log --format='%h%x09%s' | xenc rerank -f2 -q 'fix for the memory "
     "leak' -n 3",
     "Ranks commits by their subject and prints them whole."},
    {"git log -z --format='%h %B' | xenc rerank -z -q 'memory leak' -c line -n "
     "1 | tr '\\0' '\\n'",
     "Ranks whole messages: records that end in NUL may hold newlines."},
    {"find notes -name '*.md' -print0 | xenc rerank --files0-from - -q 'what "
     "about TLS' -c score,file",
     "Ranks files by all of their text."},
    {"awk -v RS= '{gsub(/\\n/, \" \"); print}' diary.txt | xenc rerank -q "
     "'when "
     "did the boiler break' -n 1",
     "Finds a paragraph."},
    {"jq -c '.hits[]' answer.json | xenc rerank --jsonl -f text -q 'reset the "
     "password'",
     "Ranks JSON objects and adds \"score\" to each."},
    {"find notes -name '*.md' -print0 | xenc rerank --files0-from - --long "
     "window -c score,file,window -q 'what did we decide about TLS' -n 5",
     "Ranks whole files by their best passage and says where it is."},
    {"xenc rerank -q 'reset the password' --explain -n 3 answers.txt",
     "Prints the three best lines with their words marked."},
    {"xenc rerank -q 'reset the password' --blend 1 answers.txt",
     "Ranks with BM25 alone, which opens no model."},
    {"mlr --icsv --ojsonl filter '$stars > 3' reviews.csv | xenc rerank "
     "--jsonl "
     "-f review -q 'long battery life' -n 2",
     "Ranks the rows that Miller lets through."},
    {"xenc rerank -g1 -f3,4 -n 10 candidates.tsv",
     "Ranks each query's passages: query id, passage id, query, passage."},
    {"sort -k1,1 candidates.tsv | xenc rerank -g1 -f3,4 -n 10 --sorted",
     "The same, and prints each query's as soon as they are ranked."},
    {"xenc rerank --preset msmarco top1000.dev.tsv >run.tsv",
     "Writes a run for MS MARCO's evaluation."},
    {"xenc rerank --run bm25.trec --queries queries.jsonl --corpus "
     "corpus.jsonl >ce.trec",
     "Puts the result of a first search in order, for trec_eval or xenc eval."},
    {"xenc rerank --jsonl <requests.jsonl >responses.jsonl",
     "Answers requests of the rerank HTTP APIs, a line each."},
    {NULL, NULL},
};

const struct command command_rerank = {
    .name = "rerank",
    .bit = FOR_RERANK,
    .summary = "put records in order, best first",
    .synopsis = "-q QUERY [options] [FILE...]\n-g LIST -f LIST [options] "
                "[FILE...]\n--queries FILE --corpus FILE --run FILE "
                "[options]\n--jsonl [options] [FILE...]",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_FILE,
    .nothing = "there was no record, or none reached --min",
    .run = run,
};
