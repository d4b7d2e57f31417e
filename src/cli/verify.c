#include "cli/cached.h"
#include "cli/message.h"
#include "cli/transfer.h"
#include "hub/verification.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct report {
    const struct options *options;
    struct transfer transfer;
    const struct cached_model *model;
    size_t bad; /* files */
};

static bool print_file(void *context, const struct cached_revision *revision,
                       const char *path, enum verdict_of_file verdict,
                       struct error *error)
{
    static const char *const words[] = {[FILE_FINE] = "ok",
                                        [FILE_DAMAGED] = "damaged",
                                        [FILE_MISSING] = "missing",
                                        [FILE_UNKNOWN] = "unknown"};
    struct report *report = context;
    transfer_end(&report->transfer);
    report->bad += verdict == FILE_DAMAGED || verdict == FILE_MISSING;
    printf("%s@%s\t", report->model->id, revision->commit);
    print_plain(stdout, path);
    printf("\t%s\n", words[verdict]);
    return print_finish(error);
}

static bool verify_model(struct report *report,
                         const struct cached_model *model, const char *revision,
                         struct error *error)
{
    struct hub_watcher watcher = {transfer_tell, &report->transfer};
    const struct cached_revision *found =
        revision ? cached_revision_find(model, revision) : NULL;
    size_t before = report->bad;
    if (revision != NULL && found == NULL)
        return error_set(error, "%s: no revision '%.40s' in the cache",
                         model->id, revision);
    report->model = model;
    bool fine =
        verification_run(model, found, &watcher, print_file, report, error);
    transfer_end(&report->transfer);
    if (report->bad > before)
        warn(report->options,
             "%s: %zu files damaged or missing: 'xenc rm %s' and 'xenc pull "
             "%s' bring them anew",
             model->id, report->bad - before, model->id, model->id);
    return fine;
}

static bool verify_operands(struct report *report,
                            const struct inventory *inventory)
{
    bool fine = true;
    for (size_t i = 0; i < report->options->operand_count; i++) {
        struct cached_operand found;
        struct error error = {0};
        const char *operand = report->options->operands[i];
        if (cached_operand_find(&found, inventory, operand, &error))
            verify_model(report, found.model, found.revision, &error);
        if (error.set)
            complain(&error);
        fine = fine && !error.set;
    }
    return fine;
}

static bool verify_all(struct report *report, const struct inventory *inventory)
{
    bool fine = true;
    for (size_t i = 0; i < inventory->count; i++) {
        struct error error = {0};
        if (!verify_model(report, &inventory->models[i], NULL, &error))
            complain(&error);
        fine = fine && !error.set;
    }
    return fine;
}

static int run(const struct options *options)
{
    struct report report = {.options = options,
                            .transfer = {.options = options}};
    struct error error = {0};
    struct inventory inventory;
    if (!inventory_open(&inventory, &error))
        return complain(&error);
    bool fine = options->operand_count > 0
                    ? verify_operands(&report, &inventory)
                    : verify_all(&report, &inventory);
    inventory_close(&inventory);
    if (!print_finish(&error))
        return complain(&error);
    return !fine ? EXIT_TROUBLE : report.bad > 0 ? EXIT_NOTHING : EXIT_DONE;
}

static const char *const description[] = {
    "Hashes the files of cached models anew and compares them with the names "
    "of their blobs, which the Hub gave them by their contents. Without NAME "
    "all models of the cache are read.",
    "Each line has the model and its commit, the file and a word, joined by "
    "TABs: ok; damaged, when its contents have changed; missing, when its link "
    "leads nowhere; unknown, when it is no link to a blob.",
    NULL,
};

static const struct example examples[] = {
    {"xenc verify ms-marco-MiniLM-L6-v2", "Verifies a model."},
    {"xenc verify | grep -v 'ok$'", "Lists what is not as it should be."},
    {NULL, NULL},
};

const struct command command_verify = {
    .name = "verify",
    .bit = FOR_VERIFY,
    .summary = "hash the files of cached models anew",
    .synopsis = "[NAME...]",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_CACHED,
    .nothing = "a file is damaged or missing",
    .run = run,
};
