#include "eval/figures.h"

#include <stdio.h>
#include <string.h>

static bool add(struct figures *figures, const struct figure *figure,
                struct error *error)
{
    if (!memory_grow((void **)&figures->list, &figures->capacity,
                     figures->count + 1, sizeof *figures->list, error))
        return false;
    figures->list[figures->count++] = *figure;
    return true;
}

/* A part's name is copied where it is not the one of the figure before. */
static bool own_part(struct figures *figures, struct slice *part,
                     struct error *error)
{
    if (part->bytes == NULL)
        return true;
    struct slice last = figures->count > 0
                            ? figures->list[figures->count - 1].part
                            : (struct slice){NULL, 0};
    if (last.bytes != NULL && slice_equal(*part, last))
        *part = last;
    else
        part->bytes =
            arena_copy(&figures->names, part->bytes, part->length, error);
    return part->bytes != NULL;
}

bool figures_add(struct figures *figures, const char *name, struct slice part,
                 double value, bool is_count, struct error *error)
{
    struct figure figure = {
        .part = part, .value = value, .before = value, .is_count = is_count};
    snprintf(figure.name, sizeof figure.name, "%s", name);
    return own_part(figures, &figure.part, error) &&
           add(figures, &figure, error);
}

static bool add_query(struct figures *figures,
                      const struct evaluation *evaluation,
                      const struct evaluation *before, size_t query,
                      struct error *error)
{
    for (size_t i = 0; i < evaluation->measure_count; i++) {
        const struct evaluated *row = &evaluation->measures[i];
        if (row->summary_only)
            continue;
        if (!figures_add(figures, row->name, evaluation->queries[query],
                         evaluation_values(evaluation, i)[query], row->is_count,
                         error))
            return false;
        if (before != NULL)
            figures->list[figures->count - 1].before =
                evaluation_values(before, i)[query];
    }
    return true;
}

bool figures_of(struct figures *figures, const struct evaluation *evaluation,
                const struct evaluation *before, bool per_query,
                struct error *error)
{
    figures->has_before = before != NULL;
    figures->parts = "queries";
    for (size_t i = 0; per_query && i < evaluation->query_count; i++)
        if (!add_query(figures, evaluation, before, i, error))
            return false;
    for (size_t i = 0; i < evaluation->measure_count; i++) {
        const struct evaluated *row = &evaluation->measures[i];
        if (!figures_add(figures, row->name, (struct slice){NULL, 0},
                         row->summary, row->is_count, error))
            return false;
        if (before != NULL)
            figures->list[figures->count - 1].before =
                before->measures[i].summary;
    }
    return true;
}

const struct figure *figures_find(const struct figures *figures,
                                  const char *name)
{
    for (size_t i = 0; i < figures->count; i++)
        if (figures->list[i].part.bytes == NULL &&
            strcmp(figures->list[i].name, name) == 0)
            return &figures->list[i];
    return NULL;
}

void figures_free(struct figures *figures)
{
    memory_free(figures->list);
    arena_free(&figures->names);
    *figures = (struct figures){0};
}
