#include "rank/groups.h"

struct top *groups_find(struct groups *groups, struct slice key,
                        struct error *error)
{
    int32_t at = slice_map_get(&groups->by_key, key);
    if (at >= 0)
        return &groups->list[at];
    if (groups->count == INT32_MAX) {
        error_set(error, "too many groups: %zu at most", groups->count);
        return NULL;
    }

    struct slice owned = {
        arena_copy(&groups->keys, key.bytes, key.length, error), key.length};
    if (owned.bytes == NULL ||
        !memory_grow((void **)&groups->list, &groups->capacity,
                     groups->count + 1, sizeof *groups->list, error) ||
        !slice_map_put(&groups->by_key, owned, (int32_t)groups->count, error))
        return NULL;
    struct top *added = &groups->list[groups->count++];
    *added = (struct top){.best = groups->best};
    return added;
}

bool groups_offer(struct groups *groups, float score,
                  const struct record_facts *facts, const float *logits,
                  size_t labels, struct error *error)
{
    struct top *group = groups_find(groups, facts->group, error);
    if (group == NULL)
        return false;
    size_t before = group->bytes;
    bool fine = top_offer(group, score, facts, logits, labels, error);
    groups->bytes += group->bytes - before;
    return fine;
}

bool groups_skip(struct groups *groups, const struct record_facts *facts,
                 struct error *error)
{
    struct top *group = groups_find(groups, facts->group, error);
    if (group != NULL)
        top_skip(group, facts);
    return group != NULL;
}

void groups_empty(struct groups *groups, struct top *group)
{
    groups->bytes -= group->bytes;
    top_free(group);
}

void groups_free(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        top_free(&groups->list[i]);
    memory_free(groups->list);
    slice_map_free(&groups->by_key);
    arena_free(&groups->keys);
    *groups = (struct groups){.best = groups->best};
}
