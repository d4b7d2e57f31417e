#include "cli/message.h"
#include "cli/model.h"
#include "hub/inventory.h"
#include "model/catalog.h"
#include "model/installed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NAME_ROOM = 512 };

struct list {
    bool names_only;
    struct catalog catalog; /* empty where there is none */
    size_t printed;
};

/* A line: what -m takes, and what the name stands for. */
struct line {
    const char *name;
    const char *id;   /* without a revision; NULL: not of the Hub */
    const char *refs; /* "main,v1" */
    const char *commit;
    const char *path; /* NULL: nothing to open */
    uint64_t bytes;
};

static void print_family(const struct model *model)
{
    struct error error = {0};
    char quoted[TEXT_QUOTE_BYTES];
    const char *family =
        model->config.root
            ? config_text(&model->config, "model_type", "-", &error)
            : "-";
    printf("%s\t", text_quote(slice_of(family), quoted));
}

/* "rerank" for a catalogued model, else "3 labels" as its config says. */
static void print_task(const struct list *list, const struct line *line,
                       const struct model *model)
{
    struct error error = {0};
    const struct catalog_entry *entry =
        line->id ? catalog_find(&list->catalog, slice_of(line->id)) : NULL;
    size_t labels =
        model->config.root ? task_config_labels(&model->config, &error) : 0;
    if (entry != NULL)
        printf("%.*s\t", (int)entry->columns[CATALOG_TASK].length,
               entry->columns[CATALOG_TASK].bytes);
    else if (labels > 0)
        printf("%zu label%s\t", labels, labels > 1 ? "s" : "");
    else
        printf("-\t");
}

static void print_line(struct list *list, const struct line *line)
{
    struct model model = {0};
    struct error reason = {0};
    list->printed++;
    if (list->names_only) {
        print_plain(stdout, line->name);
        putchar('\n');
        return;
    }
    print_plain(stdout, line->name);
    putchar('\t');
    print_plain(stdout, line->refs);
    printf("\t%s\t%" PRIu64 "\t", line->commit, line->bytes);
    if (line->path != NULL)
        model_inspect(&model, line->path, &reason);
    else
        error_set(&reason, "nothing of it is whole: 'xenc pull %s' goes on",
                  line->id);
    print_family(&model);
    print_task(list, line, &model);
    fputs(reason.set ? "no: " : "yes", stdout);
    print_plain(stdout, reason.text);
    putchar('\n');
    model_close(&model);
}

/*** What the cache has ***/

/* The refs that mean the commit, "-" for none; the first of them, main where
 * it is one, gives the name. */
static void write_names(const struct cached_model *model, const char *commit,
                        char refs[NAME_ROOM], char name[NAME_ROOM])
{
    size_t length = 0;
    const char *best = commit;
    refs[0] = '\0';
    for (size_t i = 0; i < model->ref_count && length < NAME_ROOM; i++) {
        const struct cached_ref *ref = &model->refs[i];
        if (strcmp(ref->commit, commit) != 0)
            continue;
        if (best == commit || strcmp(ref->name, "main") == 0)
            best = ref->name;
        length += (size_t)snprintf(refs + length, NAME_ROOM - length, "%s%s",
                                   length > 0 ? "," : "", ref->name);
    }
    if (length == 0)
        strcpy(refs, "-");
    bool is_main = strcmp(best, "main") == 0;
    snprintf(name, NAME_ROOM, "%s%s%s", model->id, is_main ? "" : "@",
             is_main ? "" : best);
}

static bool list_revision(struct list *list, const struct cached_model *model,
                          const struct cached_revision *revision,
                          struct error *error)
{
    char refs[NAME_ROOM], name[NAME_ROOM];
    write_names(model, revision->commit, refs, name);
    struct line line = {
        name, model->id, refs, revision->commit, revision->directory, 0};
    if (!list->names_only &&
        !cached_revision_bytes(revision, &line.bytes, error))
        return false;
    print_line(list, &line);
    return true;
}

/* A folder without a snapshot is what a pull that was cut off leaves. */
static bool list_model(struct list *list, const struct cached_model *model,
                       struct error *error)
{
    for (size_t i = 0; i < model->count; i++)
        if (!list_revision(list, model, &model->revisions[i], error))
            return false;
    if (model->count > 0)
        return true;
    struct line line = {model->id, model->id, "-", "-", NULL, 0};
    struct cached_revision all = {.directory = model->folder};
    if (!cached_revision_bytes(&all, &line.bytes, error))
        return false;
    print_line(list, &line);
    return true;
}

static bool list_cache(struct list *list, struct error *error)
{
    struct inventory inventory;
    if (!inventory_open(&inventory, error))
        return false;
    for (size_t i = 0; i < inventory.count && !error->set; i++)
        list_model(list, &inventory.models[i], error);
    inventory_close(&inventory);
    return !error->set;
}

/*** What is installed ***/

static bool list_installed(void *context, const char *name, const char *path,
                           struct error *error)
{
    struct line line = {name, NULL, "-", "installed", path, 0};
    struct cached_revision all = {.directory = path};
    struct stat status;
    if (stat(path, &status) == 0 && S_ISREG(status.st_mode))
        line.bytes = (uint64_t)status.st_size; /* a packed file */
    else if (!cached_revision_bytes(&all, &line.bytes, error))
        return false;
    print_line(context, &line);
    return true;
}

static int run(const struct options *options)
{
    struct error error = {0}, without = {0};
    struct list list = {.names_only = options->names_only};
    installed_catalog(&list.catalog, &without); /* then no task is known */
    if (installed_each(list_installed, &list, &error))
        list_cache(&list, &error);
    catalog_close(&list.catalog);
    if (!error.set)
        print_finish(&error);
    if (error.set)
        return complain(&error);
    return list.printed > 0 ? EXIT_DONE : EXIT_NOTHING;
}

static const char *const description[] = {
    "Lists the models that are here, a line each: first those that are "
    "installed or in $XENC_MODELS, then those of the cache that Hugging "
    "Face's programs share, whoever brought them.",
    "The columns, joined by TABs: the name as -m takes it; the branches and "
    "tags that mean this revision; its commit, or installed; the bytes of its "
    "files; the family; the task, or the number of labels; and yes when xenc "
    "opens it, else no with the reason.",
    NULL,
};

static const struct example examples[] = {
    {"xenc ls | sort -t \"$(printf '\\t')\" -k4n", "The largest comes last."},
    {"xenc ls | awk -F'\\t' '$7 == \"yes\" {print $1}'",
     "Lists what can be used."},
    {NULL, NULL},
};

const struct command command_ls = {
    .name = "ls",
    .bit = FOR_LS,
    .summary = "list the models that are here",
    .synopsis = "[--names]",
    .description = description,
    .examples = examples,
    .most_operands = 0,
    .nothing = "there was nothing to list",
    .run = run,
};
