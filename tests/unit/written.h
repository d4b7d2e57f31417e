/*
 * written.h - helpers of the writer's tests: a directory with one output file,
 * and two columns to write.
 */
#ifndef TESTS_UNIT_WRITTEN_H
#define TESTS_UNIT_WRITTEN_H

#include "io/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64], path[80];

static inline int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/xenc-test-writer-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/out", directory);
    return 0;
}

static inline int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static inline struct writer_options options_of(enum record_format format)
{
    return (struct writer_options){.path = path,
                                   .format = format,
                                   .delimiter =
                                       format == FORMAT_LINES ? '\t' : ',',
                                   .terminator = '\n',
                                   .decimals = -1};
}

static inline char *read_path(void)
{
    static char text[4096];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static const struct value score = {
    .name = "score", .kind = VALUE_NUMBER, .number = 0.93f};
static const struct value line = {.name = "line", .kind = VALUE_RECORD};

#endif
