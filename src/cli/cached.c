#include "cli/cached.h"

#include "model/installed.h"

/* By the catalogue's name of it, under either of its ids. */
static const struct cached_model *
find_published(const struct inventory *inventory, const char *operand,
               struct error *error)
{
    const struct cached_model *model = NULL;
    for (enum catalog_column spelling = CATALOG_ID;
         spelling <= CATALOG_FORMER_ID && model == NULL && !error->set;
         spelling++) {
        char *known = installed_id(operand, spelling, error);
        struct slice id = slice_of(known ? known : "");
        if (known != NULL)
            model = inventory_find(inventory, text_cut(&id, '@'));
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
            found->model = find_published(inventory, operand, error);
        if (operand[name.id.length] == '@')
            found->revision = name.revision;
    }
    return found->model != NULL ||
           error_set(error,
                     "no model '%s' in the cache %s: 'xenc ls' lists what is "
                     "there",
                     text_quote(slice_of(operand), quoted), inventory->root);
}
