/*
 * test_writer_output.c - files that appear whole or not at all, buffering, and
 * output that cannot be written.
 */
#include "written.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static size_t count_files(void)
{
    size_t count = 0;
    DIR *folder = opendir(directory);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static void whole_or_not_at_all(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_LINES);
    struct error error = {0};
    struct writer *writer = writer_open(&options, &error);
    assert_true(writer_put(writer, slice_of("r"), &score, 1, &error));
    assert_true(writer_flush(writer, &error));
    assert_int_equal(access(path, F_OK), -1);
    writer_close(writer);
    assert_int_equal(count_files(), 0);

    FILE *file = fopen(path, "w");
    fputs("old\n", file);
    fclose(file);
    writer = writer_open(&options, &error);
    assert_true(writer_put(writer, slice_of("r"), &score, 1, &error));
    assert_true(writer_flush(writer, &error));
    assert_string_equal(read_path(), "old\n");
    assert_true(writer_commit(writer, &error));
    assert_string_equal(read_path(), "0.93\n");
    writer_close(writer);
    assert_int_equal(count_files(), 1);
    unlink(path);
}

static void assert_not_opened(const char *where, const char *message)
{
    struct writer_options options = options_of(FORMAT_LINES);
    struct error error = {0};
    options.path = where;
    assert_null(writer_open(&options, &error));
    assert_string_equal(error.text, message);
}

static void places_that_cannot_be_written(void **state)
{
    (void)state;
    char message[128];
    assert_not_opened("/nowhere/out",
                      "/nowhere/out: No such file or directory");
    snprintf(message, sizeof message, "%s: Is a directory", directory);
    assert_not_opened(directory, message);
}

/* Renaming a file over a device would be worse than any lost output. */
static void devices_are_written_to(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_LINES);
    struct error error = {0};
    struct stat before, after;
    stat("/dev/null", &before);
    options.path = "/dev/null";
    struct writer *writer = writer_open(&options, &error);
    assert_true(writer_put(writer, slice_of("r"), &score, 1, &error));
    assert_true(writer_commit(writer, &error));
    writer_close(writer);
    stat("/dev/null", &after);
    assert_true(S_ISCHR(after.st_mode) && before.st_ino == after.st_ino);
}

static int replace_output(int descriptor)
{
    int old = dup(STDOUT_FILENO);
    assert_int_equal(dup2(descriptor, STDOUT_FILENO), STDOUT_FILENO);
    close(descriptor);
    return old;
}

static void restore_output(int old)
{
    dup2(old, STDOUT_FILENO);
    close(old);
}

/* Puts records until it fails, at the latest in the commit.  cmocka writes to
 * standard output, so nothing is asserted while that is replaced. */
static struct error put_until_failure(const char *where, int descriptor,
                                      int count)
{
    struct writer_options options = options_of(FORMAT_LINES);
    const struct value values[] = {score, line};
    struct error error = {0}, later = {0};
    options.path = where;
    int old = replace_output(descriptor);
    struct writer *writer = writer_open(&options, &error);
    bool fine = writer != NULL;
    for (int i = 0; fine && i < count; i++)
        fine = writer_put(writer, slice_of("abcde"), values, 2, &error);
    fine = fine && writer_commit(writer, &error);
    bool refuses = !writer_put(writer, slice_of("x"), &score, 1, &later);
    writer_close(writer);
    restore_output(old);
    assert_false(fine);
    assert_true(refuses && later.set);
    return error;
}

static void full_disk(void **state)
{
    (void)state;
    struct error error = put_until_failure("-", open("/dev/full", O_WRONLY), 3);
    assert_string_equal(error.text, "standard output: No space left on device: "
                                    "0 records were written");
    error = put_until_failure("/dev/full", dup(STDOUT_FILENO), 100000);
    assert_string_equal(error.text, "/dev/full: No space left on device: "
                                    "0 records were written");
}

/* A limit on the file's size stops a write half way: whole records count. */
static void half_written(void **state)
{
    (void)state;
    enum { RECORD_BYTES = 11, LIMIT = 1000 * RECORD_BYTES + 5 };
    struct rlimit old, limit;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    limit = (struct rlimit){LIMIT, old.rlim_max};

    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    setrlimit(RLIMIT_FSIZE, &limit);
    struct error error = put_until_failure(NULL, descriptor, 5000);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_string_equal(error.text, "standard output: File too large: 1000 "
                                    "records were written");
    unlink(path);

    setrlimit(RLIMIT_FSIZE, &limit);
    error = put_until_failure(path, dup(STDOUT_FILENO), 100000);
    setrlimit(RLIMIT_FSIZE, &old);
    char message[160];
    snprintf(message, sizeof message,
             "%s: File too large: nothing there was changed", path);
    assert_string_equal(error.text, message);
    assert_int_equal(count_files(), 0);
}

static void closed_pipe(void **state)
{
    (void)state;
    int ends[2];
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    struct error error = put_until_failure("-", ends[1], 1);
    assert_string_equal(error.text,
                        "standard output: Broken pipe: 0 records were written");
}

/* Nothing leaves before a flush, everything after it. */
static void buffered_output(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_LINES);
    for (int each = 0; each < 2; each++) {
        options.path = NULL;
        options.line_buffered = each == 1;
        struct error error = {0};
        int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        struct stat before, after;
        int old = replace_output(descriptor);
        struct writer *writer = writer_open(&options, &error);
        bool put = writer_put(writer, slice_of("r"), &score, 1, &error);
        stat(path, &before);
        bool flushed = writer_flush(writer, &error);
        stat(path, &after);
        bool committed = writer_commit(writer, &error);
        writer_close(writer);
        restore_output(old);
        assert_true(put && flushed && committed);
        assert_int_equal(before.st_size, each ? 5 : 0);
        assert_int_equal(after.st_size, 5);
    }
    unlink(path);
}

/* A full pipe that may not block is waited for. */
static void non_blocking_output(void **state)
{
    (void)state;
    enum { RECORDS = 40000, RECORD_BYTES = 11 };
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        char bytes[4096];
        size_t total = 0;
        close(ends[1]);
        usleep(50000);
        for (ssize_t got; (got = read(ends[0], bytes, sizeof bytes)) > 0;)
            total += (size_t)got;
        _exit(total == RECORDS * RECORD_BYTES ? 0 : 1);
    }
    close(ends[0]);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);

    struct writer_options options = options_of(FORMAT_LINES);
    const struct value values[] = {score, line};
    struct error error = {0};
    options.path = "-";
    int old = replace_output(ends[1]);
    struct writer *writer = writer_open(&options, &error);
    bool fine = true;
    for (int i = 0; fine && i < RECORDS; i++)
        fine = writer_put(writer, slice_of("abcde"), values, 2, &error);
    fine = fine && writer_commit(writer, &error);
    writer_close(writer);
    restore_output(old);
    assert_true(fine);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_or_not_at_all),
        cmocka_unit_test(places_that_cannot_be_written),
        cmocka_unit_test(devices_are_written_to),
        cmocka_unit_test(full_disk),
        cmocka_unit_test(half_written),
        cmocka_unit_test(closed_pipe),
        cmocka_unit_test(buffered_output),
        cmocka_unit_test(non_blocking_output),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
