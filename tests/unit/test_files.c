/*
 * test_files.c - mapped files, and files that appear whole or not at all.
 */
#include "base/files.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64];

static int enter_root(void **state)
{
    (void)state;
    strcpy(root, "/tmp/xenc-test-files-XXXXXX");
    return mkdtemp(root) != NULL ? chdir(root) : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind,
                        struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static int leave_root(void **state)
{
    (void)state;
    return chdir("/") + nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_holds(const char *path, const char *text)
{
    struct error error = {0};
    struct file file;
    assert_true(file_map(&file, path, &error));
    assert_int_equal(file.length, strlen(text));
    assert_memory_equal(file.bytes, text, file.length);
    file_release(&file);
}

static size_t entries(void)
{
    size_t count = 0;
    DIR *folder = opendir(".");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count - 2;
}

static void assert_commit(const char *path, const char *text)
{
    struct error error = {0};
    struct new_file file;
    assert_true(file_create(&file, path, &error));
    assert_true(file_write(file.descriptor, text, strlen(text), path, &error));
    assert_true(file_commit(&file, &error));
    file_abandon(&file); /* does nothing */
    assert_holds(path, text);
}

static void mapping(void **state)
{
    (void)state;
    struct error error = {0};
    struct file file;
    put("some", "ten bytes.");
    assert_holds("some", "ten bytes.");
    put("empty", "");
    assert_true(file_map(&file, "empty", &error));
    assert_int_equal(file.length, 0);
    assert_non_null(file.bytes);
    file_release(&file);
    file_release(&file);
}

static void assert_unmapped(const char *path, const char *message)
{
    struct error error = {0};
    struct file file;
    assert_false(file_map(&file, path, &error));
    assert_string_equal(error.text, message);
    file_release(&file);
}

static void what_is_no_file(void **state)
{
    (void)state;
    mkdir("folder", 0777);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_unmapped("absent", "absent: No such file or directory");
    assert_unmapped("folder", "folder: not a regular file");
    assert_unmapped("/dev/null", "/dev/null: not a regular file");
    assert_unmapped("loop", "loop: Too many levels of symbolic links");
    put("some", "");

    struct error error = {0};
    assert_true(file_exists("some", &error));
    assert_false(file_is_folder("some", &error));
    assert_true(file_is_folder("folder", &error));
    assert_false(file_exists("folder", &error));
    assert_false(file_exists("absent", &error));
    assert_false(file_exists("some/below", &error));
    assert_false(file_exists("loop", &error));
    assert_false(error.set);
}

/* Opening a pipe for reading waits for a writer: nobody may come. */
static void a_pipe_is_refused_at_once(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0666), 0);
    alarm(10);
    assert_unmapped("pipe", "pipe: not a regular file");
    alarm(0);
}

static void reading_to_the_end(void **state)
{
    (void)state;
    struct error error = {0};
    struct buffer bytes = {0};
    put("some", "ten bytes.");
    assert_true(buffer_append(&bytes, "<", 1, &error));
    assert_true(file_read(&bytes, "some", FILE_READ_MOST, &error));
    assert_true(file_read(&bytes, "/dev/null", FILE_READ_MOST, &error));
    assert_true(slice_is(buffer_slice(&bytes), "<ten bytes."));
    assert_false(file_read(&bytes, "/dev/zero", 100000, &error));
    assert_string_equal(error.text,
                        "/dev/zero: more than 100000 bytes: it is held in "
                        "memory");
    error = (struct error){0};
    assert_false(file_read(&bytes, ".", FILE_READ_MOST, &error));
    assert_string_equal(error.text, ".: Is a directory");
    buffer_free(&bytes);
}

static void a_pipe_is_read_to_its_end(void **state)
{
    (void)state;
    enum { LETTERS = 200000 };
    struct error error = {0};
    struct buffer bytes = {0};
    assert_int_equal(mkfifo("pipe", 0666), 0);
    pid_t child = fork();
    if (child == 0) {
        FILE *pipe = fopen("pipe", "w");
        for (int i = 0; pipe != NULL && i < LETTERS; i++)
            putc('a' + i % 26, pipe);
        _exit(pipe == NULL || fclose(pipe) != 0);
    }
    assert_true(file_read(&bytes, "pipe", FILE_READ_MOST, &error));
    assert_int_equal(bytes.length, LETTERS);
    assert_int_equal(bytes.bytes[LETTERS - 1], 'a' + (LETTERS - 1) % 26);
    buffer_free(&bytes);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void joined_paths(void **state)
{
    (void)state;
    struct error error = {0};
    char *path = file_join("a/b", "c", &error);
    assert_string_equal(path, "a/b/c");
    memory_free(path);
}

static void a_file_appears_whole(void **state)
{
    (void)state;
    struct error error = {0};
    struct new_file file;
    put("out", "old");
    assert_true(file_create(&file, "out", &error));
    assert_true(file_write(file.descriptor, "new", 3, "out", &error));
    assert_holds("out", "old");
    assert_true(file_commit(&file, &error));
    assert_holds("out", "new");
    assert_int_equal(entries(), 1);
}

static void or_not_at_all(void **state)
{
    (void)state;
    struct error error = {0};
    struct new_file file;
    assert_true(file_create(&file, "out", &error));
    assert_int_equal(entries(), 1);
    file_abandon(&file);
    file_abandon(&file);
    assert_int_equal(entries(), 0);
    assert_false(file_create(&file, "absent/out", &error));
    assert_string_equal(error.text, "absent/out: No such file or directory");
    file_abandon(&file);
}

static void a_commit_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct error error = {0};
    struct new_file file;
    assert_true(file_create(&file, "out", &error));
    mkdir("out", 0777);
    put("out/inside", "");
    assert_false(file_commit(&file, &error));
    assert_non_null(strstr(error.text, "out: "));
    assert_int_equal(entries(), 1);
}

static void a_link_stays_a_link(void **state)
{
    (void)state;
    struct stat status;
    put("target", "old");
    assert_int_equal(symlink("target", "link"), 0);
    assert_commit("link", "new");
    assert_holds("target", "new");
    assert_int_equal(lstat("link", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
}

static mode_t mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void modes(void **state)
{
    (void)state;
    mode_t mask = umask(027);
    assert_commit("new", "x");
    assert_int_equal(mode_of("new"), 0640);
    put("private", "old");
    chmod("private", 0604);
    assert_commit("private", "x");
    assert_int_equal(mode_of("private"), 0604);
    umask(mask);
}

static void a_write_that_fails_is_told(void **state)
{
    (void)state;
    struct error error = {0};
    assert_false(file_write(-1, "x", 1, "there", &error));
    assert_string_equal(error.text, "there: Bad file descriptor");
    struct error none = {0};
    assert_true(file_write(-1, "", 0, "there", &none));
}

#define IN_ROOT(test)                                                          \
    cmocka_unit_test_setup_teardown(test, enter_root, leave_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_ROOT(mapping),
        IN_ROOT(what_is_no_file),
        IN_ROOT(a_pipe_is_refused_at_once),
        IN_ROOT(reading_to_the_end),
        IN_ROOT(a_pipe_is_read_to_its_end),
        cmocka_unit_test(joined_paths),
        IN_ROOT(a_file_appears_whole),
        IN_ROOT(or_not_at_all),
        IN_ROOT(a_commit_that_fails_leaves_nothing),
        IN_ROOT(a_link_stays_a_link),
        IN_ROOT(modes),
        cmocka_unit_test(a_write_that_fails_is_told),
    };
    return cmocka_run_group_tests_name("files", tests, NULL, NULL);
}
