#include "cli/cached.h"
#include "cli/message.h"
#include "hub/removal.h"

#include <stdint.h>
#include <stdio.h>

static bool print_paths(const struct removal *removal, struct error *error)
{
    for (size_t i = 0; i < removal->count; i++)
        puts(removal->paths[i]);
    return print_finish(error);
}

/* The cache is read anew for each operand: the one before may have changed
 * it. */
static bool remove_operand(const char *operand, bool dry_run,
                           struct error *error)
{
    struct inventory inventory;
    struct cached_operand found;
    struct removal removal = {0};
    if (!inventory_open(&inventory, error))
        return false;
    bool fine =
        cached_operand_find(&found, &inventory, operand, error) &&
        removal_plan(&removal, &inventory, found.model, found.revision, error);
    if (fine)
        fine = dry_run ? print_paths(&removal, error)
                       : removal_run(&removal, error);
    removal_free(&removal);
    inventory_close(&inventory);
    return fine;
}

static int run(const struct options *options)
{
    int status = EXIT_DONE;
    struct error none = {0};
    if (options->operand_count == 0) {
        error_set(&none, "rm: no NAME: a cached model's was expected; 'xenc "
                         "ls' lists them");
        return complain(&none);
    }
    for (size_t i = 0; i < options->operand_count; i++) {
        struct error error = {0};
        if (!remove_operand(options->operands[i], options->dry_run, &error))
            status = complain(&error);
    }
    return status;
}

static const char *const description[] = {
    "Removes models from the cache that Hugging Face's programs share: all of "
    "NAME, or one revision of it by its branch, tag or commit. Files that "
    "another revision has too stay. Nothing is asked.",
    NULL,
};

static const struct example examples[] = {
    {"xenc rm --dry-run ms-marco-MiniLM-L6-v2", "Shows what that would do."},
    {"xenc rm ms-marco-MiniLM-L6-v2", "Removes a model."},
    {NULL, NULL},
};

const struct command command_rm = {
    .name = "rm",
    .bit = FOR_RM,
    .summary = "remove models from the cache",
    .synopsis = "[--dry-run] NAME...",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_CACHED,
    .run = run,
};
