#include "config.h"

#include "cli/scoring/identity.h"

#include "base/checksum.h"
#include "base/files.h"
#include "base/memory.h"
#include "cli/scoring/scoring.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* One line of numbers and of our own words, which are short. */
__attribute__((format(printf, 3, 4))) static bool
put_line(struct buffer *lines, struct error *error, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (length > (int)sizeof line - 2)
        length = sizeof line - 2;
    line[length] = '\n';
    return buffer_append(lines, line, (size_t)length + 1, error);
}

static uint64_t sum_of(struct slice bytes)
{
    return checksum_xxh64(bytes.bytes, bytes.length);
}

static bool put_options(const struct options *options, struct buffer *lines,
                        struct error *error)
{
    for (size_t i = 0; option_row(i) != NULL; i++) {
        const struct option *row = option_row(i);
        if (option_is_of(row, options->command) && !row->is_neutral &&
            !option_print(options, row, lines, error))
            return false;
    }
    return true;
}

/* Labels of the user's own may stand in a file. */
static bool put_labels(const struct zero_shot *zero_shot, struct buffer *lines,
                       struct error *error)
{
    for (size_t i = 0; i < zero_shot->count; i++)
        if (!put_line(lines, error, "label %016" PRIx64 " %016" PRIx64,
                      sum_of(slice_of(zero_shot->task.label_names[i])),
                      sum_of(zero_shot->hypotheses[i])))
            return false;
    return true;
}

/*** The model ***/

/* Settings and tokenizers; of the weights those that were opened count. */
static bool is_setting(const char *name)
{
    static const char *const suffixes[] = {".json", ".txt", ".model"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (text_ends(name, suffixes[i]))
            return true;
    return false;
}

static bool sum_folder(const char *path, int depth, uint64_t *sum,
                       struct error *error);

static bool sum_entry(const char *path, const char *name, int depth,
                      uint64_t *sum, struct error *error)
{
    struct stat status;
    struct buffer bytes = {0};
    char *whole = file_join(path, name, error);
    bool fine = whole != NULL;
    if (fine && stat(whole, &status) == 0) {
        if (S_ISDIR(status.st_mode) && depth > 0)
            fine = sum_folder(whole, depth - 1, sum, error);
        else if (S_ISREG(status.st_mode) && is_setting(name)) {
            fine = file_read(&bytes, whole, FILE_READ_MOST, error);
            *sum += sum_of(slice_of(name)) ^ sum_of(buffer_slice(&bytes));
        }
    }
    buffer_free(&bytes);
    memory_free(whole);
    return fine;
}

/* A sum, so that the order of the folder's entries has no say. */
static bool sum_folder(const char *path, int depth, uint64_t *sum,
                       struct error *error)
{
    bool fine = true;
    struct dirent *entry;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return error_system(error, path, errno);
    while (fine && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            fine = sum_entry(path, entry->d_name, depth, sum, error);
    closedir(folder);
    return fine;
}

/* A module of a chain has a folder of its own. */
static bool put_model(const struct model *model, struct buffer *lines,
                      struct error *error)
{
    enum { MODULES = 1 };
    uint64_t settings = 0, weights = 0;
    const struct tensors *tensors = model_tensors(model);
    if (!model_is_packed(model) &&
        !sum_folder(model->path, MODULES, &settings, error))
        return false;
    for (size_t i = 0; i < tensors->file_count; i++)
        weights +=
            checksum_xxh64(tensors->files[i].bytes, tensors->files[i].length);
    return put_line(lines, error, "model %016" PRIx64 " %016" PRIx64, settings,
                    weights) &&
           put_line(lines, error, "kernels %s, GEMM %s", model->kernels->name,
                    model->gemm->name);
}

bool identity_print(const struct scoring *scoring, struct buffer *lines,
                    struct error *error)
{
    const struct options *options = scoring->options;
    if (!put_line(lines, error, "program xenc %s", PACKAGE_VERSION) ||
        !put_line(lines, error, "command %s", options->command->name) ||
        !put_options(options, lines, error))
        return false;
    if (scoring->has_query && !put_line(lines, error, "query %016" PRIx64,
                                        sum_of(buffer_slice(&scoring->query))))
        return false;
    return put_labels(&scoring->zero_shot, lines, error) &&
           put_model(&scoring->model, lines, error);
}
