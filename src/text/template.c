#include "text/template.h"

#include "base/memory.h"

void template_free(struct template *template)
{
    memory_free(template->steps);
    *template = (struct template){0};
}

bool template_add(struct template *template, struct template_step step,
                  struct error *error)
{
    if (!memory_grow((void **)&template->steps, &template->capacity,
                     template->count + 1, sizeof *template->steps, error))
        return false;
    template->steps[template->count++] = step;
    return true;
}

size_t template_specials(const struct template *template)
{
    size_t count = 0;
    for (size_t i = 0; i < template->count; i++)
        count += template->steps[i].kind == STEP_SPECIAL;
    return count;
}
