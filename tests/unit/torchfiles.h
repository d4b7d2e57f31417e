/*
 * torchfiles.h - tests/data/torchfile, and files with any bytes in them.
 *
 * For the tests of model/torchfile.h, each of which is one file that includes
 * this after cmocka.h.  The scratch file is opened and removed by the group.
 */
#ifndef TESTS_UNIT_TORCHFILES_H
#define TESTS_UNIT_TORCHFILES_H

#include "model/torchfile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 512 };

static void data_path(const char *name, char path[PATH_BYTES])
{
    const char *top = getenv("top_srcdir");
    snprintf(path, PATH_BYTES, "%s/tests/data/torchfile/%s", top ? top : ".",
             name);
}

static struct file map_data(const char *name)
{
    struct error error = {0};
    struct file file;
    char path[PATH_BYTES];
    data_path(name, path);
    if (!file_map(&file, path, &error))
        fail_msg("%s", error.text);
    return file;
}

/* A file that tests write whatever they want into. */
static char scratch[PATH_BYTES];

static int open_scratch(void **state)
{
    const char *folder = getenv("TMPDIR");
    (void)state;
    snprintf(scratch, sizeof scratch, "%s/torchfile.XXXXXX",
             folder ? folder : "/tmp");
    int descriptor = mkstemp(scratch);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_scratch(void **state)
{
    (void)state;
    return unlink(scratch);
}

static bool read_bytes(const void *bytes, size_t length,
                       struct tensors *tensors, struct error *error)
{
    /* Not emptied first: some file systems then write to the disk at once. */
    int descriptor = open(scratch, O_WRONLY);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, length), length);
    assert_int_equal(ftruncate(descriptor, (off_t)length), 0);
    assert_int_equal(close(descriptor), 0);
    *tensors = (struct tensors){0};
    *error = (struct error){0};
    return torchfile_read(tensors, scratch, error);
}

/* The error of those bytes, without the file's name; "" when there is none. */
static const char *error_of(const void *bytes, size_t length)
{
    static struct error error;
    struct tensors tensors;
    if (read_bytes(bytes, length, &tensors, &error))
        error.text[0] = '\0';
    tensors_free(&tensors);
    if (error.text[0] == '\0')
        return "";
    size_t name = strlen(scratch);
    assert_int_equal(strncmp(error.text, scratch, name), 0);
    assert_int_equal(strncmp(error.text + name, ": ", 2), 0);
    return error.text + name + 2;
}

/* Is the tensor where the file is mapped? */
static bool lies_in(const struct tensor *tensor, const struct file *file)
{
    uintptr_t data = (uintptr_t)tensor->data, start = (uintptr_t)file->bytes;
    return data >= start && tensor->bytes <= file->length &&
           data - start <= file->length - tensor->bytes;
}

#endif
