#include "cli/eval/plot.h"

#include "base/files.h"
#include "model/task.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool eval_plot_refuse(const struct options *options, const char *what,
                      struct error *error)
{
    return options->eval.plot == NULL ||
           error_set(error,
                     "--plot: %s has nothing that is right or wrong to "
                     "draw",
                     what);
}

bool eval_plot_write(const struct plot *plot, const struct options *options,
                     struct error *error)
{
    const char *path = options->eval.plot;
    struct buffer out = {0};
    struct new_file file = {.descriptor = -1};
    bool fine =
        plot_svg(plot, &out, error) && file_create(&file, path, error) &&
        file_write(file.descriptor, out.bytes, out.length, path, error) &&
        file_commit(&file, error);
    if (!fine)
        file_abandon(&file);
    buffer_free(&out);
    return fine;
}

/*** Pairs ***/

double eval_sigmoid(double logit)
{
    return 1 / (1 + exp(-logit));
}

static bool add_yes_or_no(struct plot *plot, const struct pair_data *pairs,
                          struct error *error)
{
    bool by_logit = pairs->logits != NULL || !pairs->are_probabilities;
    const float *scores = pairs->logits ? pairs->logits : pairs->scores;
    plot->score_name = by_logit ? "score (logit)" : "score";
    for (size_t i = 0; i < pairs->count; i++) {
        double score = (double)scores[i];
        if (!plot_add(plot, scores[i], pairs->positive[i], error))
            return false;
        plot_add_probability(plot, by_logit ? eval_sigmoid(score) : score,
                             pairs->positive[i]);
    }
    return true;
}

/* What the model holds for most likely, and how sure it is. */
static bool add_answers(struct plot *plot, const struct pair_data *pairs,
                        struct error *error)
{
    plot->score_name = "probability of the answer";
    plot->yes = "right";
    plot->no = "wrong";
    for (size_t i = 0; i < pairs->count; i++) {
        const float *logits = pairs->scores + i * pairs->classes;
        size_t best = multiclass_choose(logits, pairs->classes);
        float sure = expf(output_log_share(pairs->classes, logits, best));
        bool is_right = best == pairs->labels[i];
        if (!plot_add(plot, sure, is_right, error))
            return false;
        plot_add_probability(plot, (double)sure, is_right);
    }
    return true;
}

bool eval_plot_pairs(const struct pair_data *pairs,
                     const struct options *options, const char *path,
                     struct error *error)
{
    struct plot plot = {.title = path, .yes = "yes", .no = "no"};
    if (options->eval.plot == NULL)
        return true;
    bool fine =
        (pairs->kind == PAIRS_BINARY ? add_yes_or_no(&plot, pairs, error)
                                     : add_answers(&plot, pairs, error)) &&
        plot_add_values_curve(&plot, error) &&
        eval_plot_write(&plot, options, error);
    plot_free(&plot);
    return fine;
}

/*** Runs ***/

struct drawing {
    struct plot *plot;
    struct plot_curve *curve;
    const struct plotted_run *order;
    int32_t level;
    double weight; /* of a query */
    struct scored *list;
    size_t capacity;
};

static bool add_documents(struct drawing *drawing,
                          const struct ranking *ranking, struct error *error)
{
    const struct plotted_run *order = drawing->order;
    for (size_t i = 0; order->with_values && i < ranking->count; i++) {
        bool is_yes = ranking->grades[i] >= drawing->level;
        if (ranking->grades[i] < 0)
            continue;
        if (!plot_add(drawing->plot, (float)ranking->scores[i], is_yes, error))
            return false;
        if (order->probability != NULL)
            plot_add_probability(
                drawing->plot, order->probability(ranking->scores[i]), is_yes);
    }
    return true;
}

/* Ranks in place of scores: equal ones were put in order. */
static bool add_query(struct drawing *drawing, const struct ranking *ranking,
                      struct error *error)
{
    if (!memory_grow((void **)&drawing->list, &drawing->capacity,
                     ranking->count, sizeof *drawing->list, error))
        return false;
    for (size_t i = 0; i < ranking->count; i++)
        drawing->list[i] = (struct scored){
            -(float)i,
            ranking->grades[i] >= 0 && ranking->grades[i] >= drawing->level, i};
    plot_curve_add(drawing->curve, drawing->list, ranking->count,
                   ranking_relevant(ranking, drawing->level), drawing->weight);
    return add_documents(drawing, ranking, error);
}

bool eval_plot_add_run(struct plot *plot, const struct plotted_run *order,
                       const struct eval_yardstick *yardstick,
                       struct error *error)
{
    struct evaluation_rules rules = eval_rules(yardstick->options);
    const struct evaluation *evaluation = order->evaluation;
    struct drawing drawing = {.plot = plot,
                              .curve = plot_add_curve(plot, order->name),
                              .order = order,
                              .level = rules.level,
                              .weight = 1 / (double)evaluation->query_count};
    struct ranker ranker = {0};
    bool fine = true;
    for (size_t i = 0; fine && i < evaluation->query_count; i++) {
        struct slice id = evaluation->queries[i];
        struct ranking ranking;
        fine = ranking_make(&ranker, &rules.ranking,
                            trec_find(&yardstick->judgements, id),
                            trec_find(order->run, id), &ranking, error) &&
               add_query(&drawing, &ranking, error);
    }
    ranker_free(&ranker);
    memory_free(drawing.list);
    return fine;
}
