#include "io/file_list.h"

#include "base/files.h"
#include "base/memory.h"

#include <string.h>
#include <unistd.h>

/* Ten million names; a list is held as a whole. */
enum { LIST_MOST = 1 << 30 };

static bool is_standard_input(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* A list that ends without NUL is fine; one that has none was not made by
 * find -print0. */
static bool end_last_name(struct file_list *list, const char *path,
                          struct error *error)
{
    struct buffer *bytes = &list->bytes;
    if (bytes->length == 0)
        return error_set(error, "%s: no names of files, each ended by NUL",
                         path);
    bool has_end = memchr(bytes->bytes, '\0', bytes->length) != NULL;
    if (!has_end && memchr(bytes->bytes, '\n', bytes->length) != NULL)
        return error_set(error,
                         "%s: names end in newlines: NUL was expected, as "
                         "find -print0 writes it",
                         path);
    return bytes->bytes[bytes->length - 1] == '\0' ||
           buffer_append(bytes, "", 1, error);
}

static bool check_name(const char *name, const char *path, size_t number,
                       struct error *error)
{
    if (*name == '\0')
        return error_set(error, "%s: name %zu is empty", path, number);
    return !is_standard_input(path) || !is_standard_input(name) ||
           error_set(error,
                     "%s: name %zu is '-': standard input holds the "
                     "names",
                     path, number);
}

static bool find_names(struct file_list *list, const char *path,
                       struct error *error)
{
    const char *at = list->bytes.bytes, *end = at + list->bytes.length;
    size_t capacity = 0;
    while (at < end) {
        if (!check_name(at, path, list->count + 1, error) ||
            !memory_grow((void **)&list->names, &capacity, list->count + 1,
                         sizeof *list->names, error))
            return false;
        list->names[list->count++] = at;
        at += strlen(at) + 1;
    }
    return true;
}

bool file_list_read(struct file_list *list, const char *path,
                    struct error *error)
{
    *list = (struct file_list){0};
    bool read = is_standard_input(path)
                    ? file_read_descriptor(&list->bytes, STDIN_FILENO, path,
                                           LIST_MOST, error)
                    : file_read(&list->bytes, path, LIST_MOST, error);
    if (read && end_last_name(list, path, error) &&
        find_names(list, path, error))
        return true;
    file_list_free(list);
    return false;
}

void file_list_free(struct file_list *list)
{
    buffer_free(&list->bytes);
    memory_free(list->names);
    *list = (struct file_list){0};
}
