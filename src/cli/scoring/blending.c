#include "cli/scoring/blending.h"

#include "base/memory.h"
#include "rank/blend.h"

bool blending_changes(const struct options *options)
{
    return options->has_blend && options->blend > 0;
}

bool blending_accepts(const struct top *group, const struct record_facts *facts,
                      struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    size_t i = 0;
    while (i < group->count && group->list[i].facts.counts.length == 0)
        i++; /* a bad record, which has no query */
    if (i == group->count || facts->counts.length == 0 ||
        slice_equal(group->list[i].facts.query, facts->query))
        return true;
    return error_at(error, facts->file, facts->line,
                    "--blend: '%s' is not the query of the others in its "
                    "group: one query a group was expected",
                    text_quote(facts->query, quoted));
}

/* The results' numbers side by side, one list after the other. */
struct lists {
    struct slice *counts;
    float *model, *bm25, *blended;
};

static bool fill_lists(struct lists *lists, struct arena *arena,
                       const struct top *group, const struct verdict_rule *rule,
                       struct error *error)
{
    size_t count = group->count;
    lists->counts = arena_take(arena, count, sizeof *lists->counts, error);
    lists->model = arena_take(arena, count, sizeof *lists->model, error);
    lists->bm25 = arena_take(arena, count, sizeof *lists->bm25, error);
    lists->blended = arena_take(arena, count, sizeof *lists->blended, error);
    if (error->set)
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct kept *kept = &group->list[i];
        lists->counts[i] = kept->facts.counts;
        lists->model[i] = verdict_order(rule, kept->logits);
    }
    return blend_bm25(lists->counts, count, arena, lists->bm25, error);
}

static void set_scores(struct top *group, const struct options *options,
                       struct lists *lists)
{
    const float *scores = lists->blended;
    if (options_are_lexical(options))
        scores = lists->bm25;
    else
        blend_scores(lists->model, lists->bm25, group->count, options->blend,
                     lists->blended);
    for (size_t i = 0; i < group->count; i++) {
        struct kept *kept = &group->list[i];
        kept->facts.bm25 = lists->bm25[i];
        if (!blending_changes(options))
            continue;
        kept->score = kept->facts.score = scores[i];
        kept->facts.has_score = true;
    }
}

/* The best that pass --min to the front, in their order; gives their number. */
static size_t keep_passing(struct top *group, struct scoring *scoring)
{
    size_t best = scoring->options->best, passing = 0;
    for (size_t i = 0; i < group->count && (best == 0 || passing < best); i++) {
        struct kept kept = group->list[i];
        if (!scoring_passes_min(scoring, &kept.facts, kept.logits))
            continue;
        group->list[i] = group->list[passing];
        group->list[passing++] = kept;
    }
    return passing;
}

bool blending_finish(struct top *group, struct scoring *scoring,
                     struct error *error)
{
    struct arena *arena = &scoring->blend.lists;
    struct lists lists;
    arena_reset(arena);
    if (group->count == 0)
        return true;
    if (!fill_lists(&lists, arena, group, &scoring->rule, error))
        return false;
    set_scores(group, scoring->options, &lists);
    top_sort(group);
    top_keep(group, keep_passing(group, scoring));
    return true;
}
