/*
 * directory.h - a temporary directory for a test: files are put into it and it
 * is removed with them.
 */
#ifndef TESTS_UNIT_DIRECTORY_H
#define TESTS_UNIT_DIRECTORY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct directory {
    char path[64];
};

static inline void directory_make(struct directory *directory)
{
    strcpy(directory->path, "/tmp/xenc-test-XXXXXX");
    assert_non_null(mkdtemp(directory->path));
}

static inline void directory_put_bytes(const struct directory *directory,
                                       const char *name, const void *bytes,
                                       size_t length)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory->path, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static inline void directory_put(const struct directory *directory,
                                 const char *name, const char *text)
{
    directory_put_bytes(directory, name, text, strlen(text));
}

/* Removes the files and the directory. */
static inline void directory_remove(const struct directory *directory)
{
    DIR *list = opendir(directory->path);
    assert_non_null(list);
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", directory->path, entry->d_name);
        unlink(path);
    }
    closedir(list);
    assert_int_equal(rmdir(directory->path), 0);
}

#endif
