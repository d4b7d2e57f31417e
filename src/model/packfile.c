#include "model/packfile.h"

#include "base/checksum.h"
#include "base/files.h"
#include "model/config.h"
#include "model/packfile_form.h"
#include "model/safetensors.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool packfile_is(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

bool packfile_is_name(const char *path)
{
    return text_ends(path, PACKFILE_SUFFIX) &&
           strlen(path) > strlen(PACKFILE_SUFFIX);
}

const char *packfile_text(const struct packfile *file, const char *key)
{
    const char *text = json_string_value(json_object_get(file->metadata, key));
    return text != NULL ? text : "";
}

/* What the metadata say before anything else in the file can be trusted. */
static bool check_form(const struct packfile *file, struct error *error)
{
    if (strcmp(packfile_text(file, "format"), PACKFILE_FORMAT) != 0)
        return error_set(error,
                         "%s: weights, but no packed model: a model directory "
                         "or what 'xenc pack' wrote was expected",
                         file->path);
    const char *version = packfile_text(file, "version");
    char *end;
    long number = strtol(version, &end, 10);
    if (end == version || *end != '\0' || number < 1)
        return error_set(error, "%s: no version: the file is damaged",
                         file->path);
    if (number > PACKFILE_VERSION)
        return error_set(error,
                         "%s: packed in version %.20s of the format, this "
                         "xenc reads %d: use a newer one or pack the model "
                         "again",
                         file->path, version, PACKFILE_VERSION);
    if (strcmp(packfile_text(file, "byte_order"), PACKFILE_BYTE_ORDER) != 0)
        return error_set(error,
                         "%s: packed on a computer of another byte order: "
                         "pack the model again on one like this",
                         file->path);
    return true;
}

static bool fail_checksum(const struct packfile *file, const char *what,
                          struct error *error)
{
    return error_set(error,
                     "%s: the checksum of %s is wrong: the file is damaged, "
                     "copy it again",
                     file->path, what);
}

/* The sums, NULL with error where they are not as they should be: one for the
 * header and one for each tensor before them.  They may be unaligned. */
static const char *find_sums(const struct packfile *file, struct error *error)
{
    const struct tensors *tensors = &file->tensors;
    const struct tensor *last =
        tensors->count > 0 ? &tensors->list[tensors->count - 1] : NULL;
    if (last != NULL && slice_is(last->name, PACKFILE_CHECKSUMS) &&
        last->type == TENSOR_U64 && last->dimensions == 1 &&
        last->shape[0] == tensors->count)
        return last->data;
    error_set(error, "%s: no checksums at its end: the file is damaged",
              file->path);
    return NULL;
}

static bool is_sum(const char *sums, size_t i, const void *bytes, size_t length)
{
    uint64_t sum;
    memcpy(&sum, sums + i * sizeof sum, sizeof sum);
    return checksum_xxh64(bytes, length) == sum;
}

static bool check_tensors(const struct packfile *file, const char *prefix,
                          struct error *error)
{
    const char *sums = find_sums(file, error);
    if (sums == NULL)
        return false;
    for (size_t i = 0; i + 1 < file->tensors.count; i++) {
        const struct tensor *tensor = &file->tensors.list[i];
        char quoted[TEXT_QUOTE_BYTES];
        if (strncmp(tensor->name.bytes, prefix, strlen(prefix)) == 0 &&
            !is_sum(sums, i + 1, tensor->data, tensor->bytes))
            return fail_checksum(file, text_quote(tensor->name, quoted), error);
    }
    return true;
}

static bool check_header(const struct packfile *file, struct error *error)
{
    const char *sums = find_sums(file, error);
    const struct file *mapping = &file->tensors.files[0];
    if (sums == NULL)
        return false;
    return is_sum(sums, 0, mapping->bytes, safetensors_header_bytes(mapping)) ||
           fail_checksum(file, "its header", error);
}

/* A text of the metadata that is itself an object of JSON. */
static json_t *read_object(const struct packfile *file, const char *key,
                           struct error *error)
{
    struct slice text = json_slice(json_object_get(file->metadata, key));
    if (text.bytes == NULL)
        text = slice_of("");
    json_t *value = json_parse(text, file->path, 0, error);
    if (value == NULL || json_is_object(value))
        return value;
    json_decref(value);
    error_set(error, "%s: %s: an object was expected", file->path, key);
    return NULL;
}

/* Gives the matrices their shapes and layouts, which nn/ checks. */
static bool set_layouts(struct packfile *file, struct error *error)
{
    const char *name, *layout;
    json_t *value;
    json_object_foreach(file->matrices, name, value)
    {
        json_int_t rows, columns;
        const struct tensor *found =
            tensors_find(&file->tensors, slice_of(name));
        if (found == NULL || found->type != TENSOR_U8 ||
            json_unpack(value, "[I,I,s]", &rows, &columns, &layout) != 0 ||
            rows < 1 || columns < 1 || rows > CONFIG_SIZE_LIMIT ||
            columns > CONFIG_SIZE_LIMIT)
            return error_set(error,
                             "%s: matrices: bytes of the name '%.80s' and "
                             "their shape were expected",
                             file->path, name);
        struct tensor *tensor = &file->tensors.list[found - file->tensors.list];
        tensor->dimensions = 2;
        tensor->shape[0] = (uint64_t)rows;
        tensor->shape[1] = (uint64_t)columns;
        tensor->layout = layout;
    }
    return true;
}

bool packfile_open(struct packfile *file, const char *path, struct error *error)
{
    *file = (struct packfile){.path = path, .folder.path = path};
    bool fine =
        safetensors_read_header(&file->tensors, path, &file->header, error);
    if (fine)
        file->metadata = json_object_get(file->header, "__metadata__");
    fine = fine && check_form(file, error) && check_header(file, error) &&
           check_tensors(file, PACKFILE_TABLES, error);
    if (fine) {
        file->folder.files = read_object(file, "files", error);
        file->tokenizer = read_object(file, "tokenizer", error);
        file->matrices = read_object(file, "matrices", error);
        fine = !error->set && set_layouts(file, error);
    }
    if (!fine)
        packfile_close(file);
    return fine;
}

void packfile_close(struct packfile *file)
{
    tensors_free(&file->tensors);
    json_decref(file->header);
    json_decref(file->folder.files);
    json_decref(file->tokenizer);
    json_decref(file->matrices);
    *file = (struct packfile){.path = NULL};
}

bool packfile_verify(const struct packfile *file, struct error *error)
{
    return check_tensors(file, "", error);
}
