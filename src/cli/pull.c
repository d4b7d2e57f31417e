#include "hub/pull.h"
#include "base/memory.h"
#include "cli/message.h"
#include "cli/transfer.h"
#include "families/family.h"
#include "model/folder.h"
#include "model/installed.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void print_plan(const struct pull *pull)
{
    for (size_t i = 0; i < pull->plan.count; i++) {
        const struct hub_file *file = pull->plan.files[i];
        printf("%.*s\t%s\t%" PRIu64 "\t%" PRIu64 "\n",
               (int)pull->name->id.length, pull->name->id.bytes, file->path,
               file->size, file->size - pull_present(pull, file));
    }
}

/*** Whether xenc runs it: better known before the weights have come ***/

/* What says the architecture: small files, the modules' too. */
static bool is_config(const struct hub_file *file)
{
    enum { MOST_BYTES = 1 << 20 };
    return file->size <= MOST_BYTES &&
           (text_ends(file->path, "config.json") ||
            strcmp(file->path, "modules.json") == 0 ||
            strcmp(file->path, "config_sentence_transformers.json") == 0) &&
           strcmp(file->path, "tokenizer_config.json") != 0;
}

static bool read_config(struct pull *pull, const struct hub_file *file,
                        json_t *files, struct error *error)
{
    struct buffer bytes = {0};
    json_t *value = NULL;
    if (pull_read(pull, file, &bytes, error))
        value = json_parse(buffer_slice(&bytes), file->path, 1, error);
    buffer_free(&bytes);
    return value != NULL && json_object_set_new(files, file->path, value) == 0;
}

static bool check_architecture(struct pull *pull, json_t *files,
                               struct error *error)
{
    char id[256];
    struct config config;
    struct architecture architecture;
    for (size_t i = 0; i < pull->plan.count; i++)
        if (is_config(pull->plan.files[i]) &&
            !read_config(pull, pull->plan.files[i], files, error))
            return false;
    snprintf(id, sizeof id, "%.*s", (int)pull->name->id.length,
             pull->name->id.bytes);
    struct folder folder = {id, files};
    if (!config_open_folder(&config, &folder, error))
        return false;
    bool fine = architecture_find(&architecture, &config, error);
    config_close(&config);
    return fine;
}

static bool is_runnable(struct pull *pull, struct error *error)
{
    json_t *files = json_object();
    bool fine = files != NULL && check_architecture(pull, files, error);
    json_decref(files);
    return fine || error_set(error, "out of memory: a model's config.json");
}

static bool pull_name(struct hub *hub, const struct hubcache_name *name,
                      bool dry_run, struct error *error)
{
    struct pull pull;
    bool fine = pull_open(&pull, hub, name, error) &&
                is_runnable(&pull, error) &&
                (dry_run || pull_run(&pull, error));
    transfer_end(hub->watcher.context);
    if (fine && dry_run)
        print_plan(&pull);
    else if (fine)
        puts(pull.snapshot);
    pull_close(&pull);
    return fine && print_finish(error);
}

/* A name without an organisation is the catalogue's, where it has it. */
static bool pull_operand(struct hub *hub, const char *operand, bool dry_run,
                         struct error *error)
{
    struct hubcache_name name;
    char quoted[TEXT_QUOTE_BYTES];
    char *known = strchr(operand, '/') == NULL && hubcache_is_name(operand)
                      ? installed_id(operand, CATALOG_ID, error)
                      : NULL;
    if (known != NULL && strchr(known, '/') == NULL)
        error_set(error,
                  "'%s' comes with xenc and is not on the Hub: 'xenc ls' says "
                  "whether it is here",
                  known);
    if (!hubcache_parse(known ? known : operand, &name))
        error_set(error,
                  "'%s': ORG/NAME, ORG/NAME@REVISION or a name of 'xenc "
                  "models' was expected",
                  text_quote(slice_of(operand), quoted));
    bool fine = !error->set && pull_name(hub, &name, dry_run, error);
    memory_free(known);
    return fine;
}

/* One model that cannot be had does not keep the others away. */
static int pull_all(struct hub *hub, const struct options *options)
{
    int status = EXIT_DONE;
    for (size_t i = 0; i < options->operand_count; i++) {
        struct error error = {0};
        if (!pull_operand(hub, options->operands[i], options->dry_run, &error))
            status = complain(&error);
    }
    return status;
}

static int run(const struct options *options)
{
    struct error error = {0};
    struct transfer transfer = {.options = options};
    struct hub hub;
    if (options->operand_count == 0) {
        error_set(&error, "pull: no NAME: a model's was expected; 'xenc "
                          "models' lists some");
        return complain(&error);
    }
    struct hub_watcher watcher = {transfer_tell, &transfer};
    int status = hub_open(&hub, watcher, &error) ? pull_all(&hub, options)
                                                 : complain(&error);
    hub_close(&hub);
    return status;
}

static const char *const description[] = {
    "Downloads models from the Hugging Face Hub into the cache that Hugging "
    "Face's programs share, so that -m finds them by the same name, and so do "
    "those programs. A NAME is ORG/NAME, ORG/NAME@REVISION with a branch, a "
    "tag or a commit, or a name without ORG that xenc-models(1) lists. The "
    "directory of each model is printed.",
    "Only what xenc reads is fetched: config.json, the tokenizer's files, the "
    "weights as safetensors, or as pytorch_model.bin where there are none, "
    "shards and modules included. Every file is hashed before it gets its "
    "name, and the model can be found under its revision when all of it is "
    "there, not before. A model that xenc cannot run is refused before its "
    "weights come. A pull that was cut off goes on where it stopped; what "
    "is there already is not fetched again, so a pull also brings a model up "
    "to date.",
    "A private model, or one whose authors grant access on request, needs a "
    "token. It is sent to the Hub alone, never to the hosts that files are "
    "fetched from, and is never printed. Only https is spoken, but for a "
    "server on this machine. A connection that breaks and a server in trouble "
    "are tried again for some seconds, or as long as the server asks. The "
    "proxies of https_proxy, all_proxy and no_proxy are used.",
    NULL,
};

static const struct example examples[] = {
    {"xenc pull ms-marco-MiniLM-L6-v2", "Brings a model of the catalogue."},
    {"xenc pull --dry-run cross-encoder/nli-deberta-v3-base | "
     "awk -F'\\t' '{n += $4} END {print n}'",
     "Prints how many bytes would come."},
    {"xenc rerank -m \"$(xenc pull BAAI/bge-reranker-base)\" -q heat notes.txt",
     "Uses the newest version of a model."},
    {NULL, NULL},
};

const struct command command_pull = {
    .name = "pull",
    .bit = FOR_PULL,
    .summary = "bring models from the Hub",
    .synopsis = "[--dry-run] NAME...",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_PUBLISHED,
    .run = run,
};
