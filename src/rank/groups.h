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
};

/* The group of that key, made when it is new; NULL when memory is short. */
struct top *groups_find(struct groups *groups, struct slice key,
                        struct error *error);
void groups_free(struct groups *groups);

#endif
