#include "base/memory.h"
#include "cli/message.h"
#include "cli/model_path.h"
#include "model/catalog.h"
#include "model/hubcache.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Letters of either case, anywhere in the id or the former one. */
static bool is_wanted(const struct catalog_entry *entry, const char *pattern)
{
    static const enum catalog_column searched[] = {
        CATALOG_ID, CATALOG_FORMER_ID, CATALOG_TASK, CATALOG_FAMILY};
    size_t length = strlen(pattern);
    for (size_t i = 0; i < sizeof searched / sizeof *searched; i++) {
        struct slice text = entry->columns[searched[i]];
        for (size_t at = 0; at + length <= text.length; at++)
            if (strncasecmp(text.bytes + at, pattern, length) == 0)
                return true;
    }
    return false;
}

static char *where(const struct catalog_entry *entry, struct error *error)
{
    char name[256];
    struct slice id = entry->columns[CATALOG_ID];
    snprintf(name, sizeof name, "%.*s", (int)id.length, id.bytes);
    return model_find(name, error);
}

/* What a user chooses by, then where the model lies. */
static bool print_entry(const struct catalog_entry *entry, struct error *error)
{
    static const enum catalog_column shown[] = {
        CATALOG_ID,      CATALOG_TASK,   CATALOG_FAMILY, CATALOG_PARAMETERS,
        CATALOG_LICENCE, CATALOG_METRIC, CATALOG_VALUE};
    char *path = where(entry, error);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct slice text = entry->columns[shown[i]];
        printf("%.*s\t", (int)text.length, text.bytes);
    }
    puts(path ? path : "-");
    memory_free(path);
    return !error->set;
}

static bool print_catalog(const struct catalog *catalog, const char *pattern,
                          size_t *printed, struct error *error)
{
    for (size_t i = 0; i < catalog->count; i++) {
        if (!is_wanted(&catalog->entries[i], pattern))
            continue;
        if (!print_entry(&catalog->entries[i], error))
            return false;
        ++*printed;
    }
    return fflush(stdout) == 0 || error_system(error, "standard output", errno);
}

static int run(const struct options *options)
{
    struct error error = {0};
    struct catalog catalog;
    size_t printed = 0;
    const char *pattern = options->operand_count ? options->operands[0] : "";
    char *path = model_shared_file("catalog.tsv", &error);
    if (path == NULL)
        error_set(&error, "no catalog.tsv: it is installed beside the models");
    if (!error.set && catalog_open(&catalog, path, &error)) {
        print_catalog(&catalog, pattern, &printed, &error);
        catalog_close(&catalog);
    }
    memory_free(path);
    if (error.set)
        return complain(&error);
    return printed > 0 ? EXIT_DONE : EXIT_NOTHING;
}

static const char *const description[] = {
    "Lists the published models that xenc runs, a line each: name, task, "
    "family, parameters, licence, the published measure and its value, and "
    "the directory where the model lies on this machine, or -. Columns are "
    "joined by TABs.",
    "With PATTERN only models whose name, task or family has it.",
    NULL,
};

static const struct example examples[] = {
    {"xenc models rerank | cut -f1,7", "Lists rerankers with their quality."},
    {"xenc models | awk -F'\\t' '$8 != \"-\"'",
     "Lists the models that are here."},
    {NULL, NULL},
};

const struct command command_models = {
    .name = "models",
    .bit = FOR_CATALOG,
    .summary = "list published models and where they lie",
    .synopsis = "[PATTERN]",
    .description = description,
    .examples = examples,
    .most_operands = 1,
    .run = run,
};
