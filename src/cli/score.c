#include "cli/scoring/scoring.h"

static bool print_score(void *context, const struct record_facts *facts,
                        const float *logits, struct error *error)
{
    struct scoring *scoring = context;
    return !scoring_passes_min(scoring, facts, logits) ||
           scoring_put(scoring, facts, logits, 0, error);
}

/* Several labels have no one score: JSON says the best one's name too. */
static const char *default_columns(const struct options *options, size_t labels)
{
    if (options->format != FORMAT_JSONL)
        return "score,line";
    return labels > 1 ? "score,label" : "score";
}

static int run(const struct options *options)
{
    const struct scoring_plan plan = {.columns = default_columns,
                                      .emit = print_score,
                                      .needs_one = options->has_min,
                                      .may_print_nothing = !options->has_min};
    return scoring_command(options, &plan);
}

static const char *const description[] = {
    "Reads records with two texts each, scores every pair and writes the same "
    "records in the same order, with the score in front. With -q a record is "
    "one text, which is scored against the query.",
    "A model with several labels gives all of their scores. With --csv the "
    "scores are further columns, with --jsonl further members.",
    "Output comes as soon as input pauses, and in large blocks when it does "
    "not. The score of a pair does not depend on its neighbours.",
    NULL,
};

static const struct example examples[] = {
    {"printf 'how old is Bo\\tBo is four\\n' | xenc score", "Scores one pair."},
    {"xenc score -m stsb-roberta-base pairs.tsv | sort -rn | head",
     "Prints the most similar pairs of a file."},
    {"xenc score --csv -f title_a,title_b -c prob --min 0.2 pairs.csv | csvcut "
     "-c "
     "id_a,id_b,prob",
     "Keeps the rows of a CSV file whose titles mean the same."},
    {"mlr --icsv --otsv cat pairs.csv | xenc score -f title_a,title_b | mlr "
     "--itsv --ojson sort -nr score",
     "The same table as JSON, best first, through Miller."},
    {"tail -f app.log | xenc score -q 'disk is failing' | awk '$1 > 0.1'",
     "Scores each line of a log as it comes."},
    {"grep -rn close src | xenc score --grep -q 'data may be lost' -c "
     "score,file | sort -rn | head -3",
     "Says in which files the worst ones are."},
    {"xenc score --resume -o out.tsv in.tsv",
     "Scores a large file; if it is stopped, the same command goes on there."},
    {NULL, NULL},
};

const struct command command_score = {
    .name = "score",
    .bit = FOR_SCORE,
    .summary = "score pairs of texts, in input order",
    .synopsis = "[options] [FILE...]",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_FILE,
    .nothing = "no record reached --min",
    .run = run,
};
