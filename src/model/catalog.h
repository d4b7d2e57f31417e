/*
 * catalog.h - the published models that xenc runs: models/catalog.tsv.
 *
 * The file has a header line and a model a line, columns between TABs; "-" is
 * none, "?" not verified.  An id without an organisation is that of a shipped
 * model, the others are the Hub's.  The catalogue owns its texts.
 */
#ifndef MODEL_CATALOG_H
#define MODEL_CATALOG_H

#include "base/files.h"

enum catalog_column {
    CATALOG_ID,
    CATALOG_FORMER_ID, /* before it was renamed */
    CATALOG_FAMILY,
    CATALOG_TASK,
    CATALOG_LABELS,
    CATALOG_METRIC,
    CATALOG_VALUE,
    CATALOG_NDCG10_DL19,   /* TREC 2019 Deep Learning, passages, times 100 */
    CATALOG_MRR10_MSMARCO, /* passages, dev, times 100 */
    CATALOG_PARAMETERS,
    CATALOG_LICENCE,
    CATALOG_COLUMNS
};

struct catalog_entry {
    struct slice columns[CATALOG_COLUMNS];
};

struct catalog {
    struct catalog_entry *entries;
    size_t count;
    struct file file;
};

bool catalog_open(struct catalog *catalog, const char *path,
                  struct error *error);
void catalog_close(struct catalog *catalog);

/* By either id, with or without its organisation; NULL when there is none. */
const struct catalog_entry *catalog_find(const struct catalog *catalog,
                                         struct slice name);

#endif
