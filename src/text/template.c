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

bool template_fill(struct template *single, struct template *pair, int32_t cls,
                   int32_t sep, bool two_separators, struct error *error)
{
    int32_t second = two_separators ? 0 : 1;
    const struct template_step steps[] = {
        {STEP_SPECIAL, cls, 0},   {STEP_FIRST, 0, 0},
        {STEP_SPECIAL, sep, 0},   {STEP_SPECIAL, sep, 0},
        {STEP_SECOND, 0, second}, {STEP_SPECIAL, sep, second},
    };
    for (size_t i = 0; i < 6; i++) {
        if (i < 3 && !template_add(single, steps[i], error))
            return false;
        if ((i != 3 || two_separators) && !template_add(pair, steps[i], error))
            return false;
    }
    return true;
}

size_t template_specials(const struct template *template)
{
    size_t count = 0;
    for (size_t i = 0; i < template->count; i++)
        count += template->steps[i].kind == STEP_SPECIAL;
    return count;
}
