#include "cli/cached.h"

#include "cli/model_path.h"

#include <string.h>

static const struct cached_model *
find_catalogued(const struct inventory *inventory, struct slice id,
                struct error *error)
{
    static const enum model_spelling spellings[] = {MODEL_PRESENT_ID,
                                                    MODEL_FORMER_ID};
    const struct cached_model *model = NULL;
    char name[CACHED_BLOB_BYTES];
    if (id.length >= sizeof name)
        return NULL;
    memcpy(name, id.bytes, id.length);
    name[id.length] = '\0';
    for (size_t i = 0; i < 2 && model == NULL && !error->set; i++) {
        char *known = model_catalogued(name, spellings[i], error);
        if (known != NULL)
            model = inventory_find(inventory, slice_of(known));
        memory_free(known);
    }
    return model;
}

bool cached_operand_find(struct cached_operand *found,
                         const struct inventory *inventory, const char *operand,
                         struct error *error)
{
    struct hubcache_name name;
    char quoted[TEXT_QUOTE_BYTES];
    *found = (struct cached_operand){NULL, NULL};
    if (hubcache_parse(operand, &name)) {
        found->model = inventory_find(inventory, name.id);
        if (found->model == NULL)
            found->model = find_catalogued(inventory, name.id, error);
        if (operand[name.id.length] == '@')
            found->revision = name.revision;
    }
    return found->model != NULL ||
           error_set(error,
                     "no model '%s' in the cache %s: 'xenc ls' lists what is "
                     "there",
                     text_quote(slice_of(operand), quoted), inventory->root);
}
