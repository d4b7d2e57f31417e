#include "text/model.h"

void model_free(struct model *model)
{
    vocabulary_free(&model->vocabulary);
}
