#include "model/catalog.h"

#include "base/memory.h"

#include <string.h>

static const char *const column_names[CATALOG_COLUMNS] = {
    [CATALOG_ID] = "id",
    [CATALOG_FORMER_ID] = "former_id",
    [CATALOG_FAMILY] = "family",
    [CATALOG_TASK] = "task",
    [CATALOG_LABELS] = "labels",
    [CATALOG_METRIC] = "metric",
    [CATALOG_VALUE] = "value",
    [CATALOG_NDCG10_DL19] = "ndcg10_dl19",
    [CATALOG_MRR10_MSMARCO] = "mrr10_msmarco_dev",
    [CATALOG_PARAMETERS] = "params",
    [CATALOG_LICENCE] = "licence",
};

enum { FILE_COLUMNS = 32 };

/* wanted[i]: what the i-th column of the file is; CATALOG_COLUMNS: not read. */
static bool read_header(struct slice line, const char *path,
                        enum catalog_column wanted[FILE_COLUMNS],
                        struct error *error)
{
    size_t found = 0;
    bool is_there[CATALOG_COLUMNS + 1] = {false};
    for (size_t i = 0; i < FILE_COLUMNS; i++) {
        struct slice name =
            line.length > 0 ? text_cut(&line, '\t') : (struct slice){"", 0};
        enum catalog_column column = CATALOG_ID;
        while (column < CATALOG_COLUMNS &&
               !slice_is(name, column_names[column]))
            column++;
        wanted[i] = column;
        found += column < CATALOG_COLUMNS && !is_there[column];
        is_there[column] = true;
    }
    return found == CATALOG_COLUMNS ||
           error_at(error, path, 1,
                    "%zu of the columns id, former_id, family, task, labels, "
                    "metric, value, ndcg10_dl19, mrr10_msmarco_dev, params, "
                    "licence: all were expected",
                    found);
}

static void read_entry(struct slice line,
                       const enum catalog_column wanted[FILE_COLUMNS],
                       struct catalog_entry *entry)
{
    *entry = (struct catalog_entry){0};
    for (size_t i = 0; i < FILE_COLUMNS && line.length > 0; i++) {
        struct slice text = text_cut(&line, '\t');
        if (wanted[i] < CATALOG_COLUMNS)
            entry->columns[wanted[i]] = text;
    }
}

bool catalog_open(struct catalog *catalog, const char *path,
                  struct error *error)
{
    enum catalog_column wanted[FILE_COLUMNS];
    size_t capacity = 0;
    *catalog = (struct catalog){0};
    if (!file_map(&catalog->file, path, error))
        return false;
    struct slice rest = {catalog->file.bytes, catalog->file.length};
    bool fine = read_header(text_cut(&rest, '\n'), path, wanted, error);
    while (fine && rest.length > 0) {
        fine = memory_grow((void **)&catalog->entries, &capacity,
                           catalog->count + 1, sizeof *catalog->entries, error);
        if (fine)
            read_entry(text_cut(&rest, '\n'), wanted,
                       &catalog->entries[catalog->count++]);
    }
    if (!fine)
        catalog_close(catalog);
    return fine;
}

void catalog_close(struct catalog *catalog)
{
    memory_free(catalog->entries);
    if (catalog->file.bytes != NULL)
        file_release(&catalog->file);
    *catalog = (struct catalog){0};
}

static bool is_named(struct slice id, struct slice name)
{
    if (slice_is(id, "-")) /* none */
        return false;
    struct slice rest = id;
    text_cut(&rest, '/');
    return slice_equal(id, name) ||
           (rest.bytes != NULL && slice_equal(rest, name));
}

const struct catalog_entry *catalog_find(const struct catalog *catalog,
                                         struct slice name)
{
    for (size_t i = 0; i < catalog->count; i++) {
        const struct slice *columns = catalog->entries[i].columns;
        if (is_named(columns[CATALOG_ID], name) ||
            is_named(columns[CATALOG_FORMER_ID], name))
            return &catalog->entries[i];
    }
    return NULL;
}
