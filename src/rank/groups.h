/*
 * groups.h - results by group key, each group with its own best N, in the
 * order in which the groups first came.
 */
#ifndef RANK_GROUPS_H
#define RANK_GROUPS_H

#include "rank/top.h"

struct groups {
    size_t best; /* 0: all */
    struct top *list;
    size_t count, capacity;
    struct slice_map by_key; /* -> index in list */
    struct arena keys;
    size_t bytes; /* that the kept results hold */
};

/* The group of that key, made when it is new; NULL when memory is short. */
struct top *groups_find(struct groups *groups, struct slice key,
                        struct error *error);
/* As top_offer, for the group of facts->group. */
bool groups_offer(struct groups *groups, float score,
                  const struct record_facts *facts, const float *logits,
                  size_t labels, struct error *error);
/* Counts a result that is not to be kept, as top_skip. */
bool groups_skip(struct groups *groups, const struct record_facts *facts,
                 struct error *error);
/* Forgets a group's results, but not that it was there. */
void groups_empty(struct groups *groups, struct top *group);
void groups_free(struct groups *groups);

#endif
