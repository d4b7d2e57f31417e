#include "base/memory.h"
#include "cli/bench/speed.h"
#include "cli/message.h"
#include "model/catalog.h"
#include "model/hubcache.h"
#include "model/installed.h"
#include "model/model_path.h"

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
    return model_path_find(name, error);
}

/* A model that does not open is told and has no speed; the others have. */
static bool print_speed(const struct options *options, char *path)
{
    static const double seconds = 1;
    struct options measured = *options;
    struct error error = {0};
    double speed;
    measured.model = path;
    measured.quiet = true;
    if (measured.seconds == 0)
        measured.seconds = seconds;
    if (path == NULL)
        fputs("\t-", stdout);
    else if (bench_speed(&measured, &speed, &error))
        printf("\t%.*f", speed < 10, speed);
    else
        fputs("\t-", stdout);
    return !error.set || complain(&error) == EXIT_DONE;
}

/* What a user chooses by, where the model lies, and perhaps how fast it is. */
static bool print_entry(const struct options *options,
                        const struct catalog_entry *entry, bool *is_measured,
                        struct error *error)
{
    static const enum catalog_column shown[] = {
        CATALOG_ID,      CATALOG_TASK,   CATALOG_FAMILY, CATALOG_PARAMETERS,
        CATALOG_LICENCE, CATALOG_METRIC, CATALOG_VALUE};
    char *path = where(entry, error);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct slice text = entry->columns[shown[i]];
        printf("%.*s\t", (int)text.length, text.bytes);
    }
    fputs(path ? path : "-", stdout);
    if (options->measures && !print_speed(options, path))
        *is_measured = false;
    putchar('\n');
    if (options->measures)
        fflush(stdout);
    memory_free(path);
    return !error->set;
}

static bool print_catalog(const struct options *options,
                          const struct catalog *catalog, size_t *printed,
                          bool *is_measured, struct error *error)
{
    const char *pattern = options->operand_count ? options->operands[0] : "";
    for (size_t i = 0; i < catalog->count; i++) {
        if (!is_wanted(&catalog->entries[i], pattern))
            continue;
        if (!print_entry(options, &catalog->entries[i], is_measured, error))
            return false;
        ++*printed;
    }
    return print_finish(error);
}

static int run(const struct options *options)
{
    struct error error = {0};
    struct catalog catalog;
    size_t printed = 0;
    bool is_measured = true;
    if (installed_catalog(&catalog, &error)) {
        print_catalog(options, &catalog, &printed, &is_measured, &error);
        catalog_close(&catalog);
    }
    if (error.set)
        return complain(&error);
    if (!is_measured)
        return EXIT_TROUBLE;
    return printed > 0 ? EXIT_DONE : EXIT_NOTHING;
}

static const char *const description[] = {
    "Lists the models that come with xenc and the published ones that it "
    "runs, a line each: name, task, "
    "family, parameters, licence, the published measure and its value, and "
    "the directory where the model lies on this machine, or -. Columns are "
    "joined by TABs.",
    "With PATTERN only models whose name, task or family has it. With --bench "
    "a last column has the speed of those that are here, measured now.",
    NULL,
};

static const struct example examples[] = {
    {"xenc models rerank | cut -f1,7", "Lists rerankers with their quality."},
    {"xenc models | awk -F'\\t' '$8 != \"-\"'",
     "Lists the models that are here."},
    {"xenc models --bench rerank | sort -t \"$(printf '\\t')\" -k9n",
     "Puts the rerankers that are here in the order of their speed."},
    {NULL, NULL},
};

const struct command command_models = {
    .name = "models",
    .bit = FOR_CATALOG,
    .summary = "list published models and where they lie",
    .synopsis = "[--bench] [PATTERN]",
    .description = description,
    .examples = examples,
    .most_operands = 1,
    .operands = COMPLETE_PUBLISHED,
    .nothing = "there was nothing to list",
    .run = run,
};
