/*
 * test_memory_ends.c - wherever memory ends, it is told as that: as no fault
 * of the file or the record that was being read.
 */
#include "io/reader.h"
#include "text/tokenizer.h"

#include "directory.h"

#include <errno.h>

/* Takes the place of the C library's, from which base/memory.h has all that it
 * gives: call `failing`, counted from 1, finds no memory. */
static size_t calls, failing;

int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    if (++calls == failing)
        return ENOMEM;
    *block = aligned_alloc(alignment, (bytes + alignment - 1) & -alignment);
    return *block != NULL ? 0 : ENOMEM;
}

/* Lets each call fail in turn, until a run has no more of them. */
static size_t fail_each(void (*run)(const char *path), const char *path)
{
    size_t last = 0;
    do {
        calls = 0;
        failing = ++last;
        run(path);
    } while (calls >= last);
    failing = 0;
    return last - 1;
}

static void assert_memory_ended(const struct error *error)
{
    if (!error->no_memory ||
        strncmp(error->text, "out of memory", strlen("out of memory")) != 0)
        fail_msg("allocation %zu: '%s'", failing, error->text);
}

static void open_tokenizer(const char *path)
{
    struct error error = {0};
    struct tokenizer *tokenizer = tokenizer_open(path, &error);
    if (calls >= failing)
        assert_memory_ended(&error);
    else
        assert_non_null(tokenizer);
    tokenizer_close(tokenizer);
}

static void tokenizers(void **state)
{
    (void)state;
    static const char *const models[] = {"bert", "roberta", "xlmr",
                                         "deberta_v3", "modernbert"};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/tests/golden/%s", getenv("top_srcdir"),
                 models[i]);
        assert_true(fail_each(open_tokenizer, path) > 10);
    }
}

/* One record behind a header; where memory ends in the header it must not pass
 * for a record. */
static void read_records(const char *path)
{
    struct error error = {0}, bad = {0};
    struct field_list names = {0}, numbers = {0};
    struct record record;
    enum reader_status status = READER_FAILED;
    struct reader *reader = NULL;
    if (fields_parse(&names, "-f", "b", &error) &&
        fields_parse(&numbers, "-f", "2", &error)) {
        struct reader_options options = {.format = FORMAT_LINES,
                                         .delimiter = '\t',
                                         .terminator = '\n',
                                         .header = true,
                                         .texts = &names,
                                         .texts_without_header = &numbers};
        reader = reader_open(&options, &path, 1, &error);
    }
    if (reader != NULL)
        status = reader_next(reader, true, &record, &bad);
    if (calls >= failing)
        assert_memory_ended(error.set ? &error : &bad);
    else
        assert_true(status == READER_RECORD && record.texts[0].length == 4);
    reader_close(reader);
    fields_free(&names);
    fields_free(&numbers);
}

static void headers(void **state)
{
    (void)state;
    struct directory directory;
    char path[PATH_MAX];
    directory_make(&directory);
    directory_put(&directory, "tsv", "a\tb\nfull\tdisk\n");
    snprintf(path, sizeof path, "%s/tsv", directory.path);
    assert_true(fail_each(read_records, path) > 3);
    directory_remove(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokenizers),
        cmocka_unit_test(headers),
    };
    return cmocka_run_group_tests_name("memory_ends", tests, NULL, NULL);
}
