/*
 * test_reader.c - lines and TSV, files one after the other, standard input in
 * pieces, byte order marks, headers, limits.  Each input is read as a file and
 * through pipes in small steps: see records.h.
 */
#include "records.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

static const struct reader_options tsv = {
    .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\n'};
static const struct reader_options zero_ended = {
    .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\0'};
static const struct reader_options with_header = {.format = FORMAT_LINES,
                                                  .delimiter = '\t',
                                                  .terminator = '\n',
                                                  .header = true};

static char directory[64];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/xenc-test-reader-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

/* A file in the directory; remove it with unlink. */
static const char *make_file(char path[128], const char *name, const char *text)
{
    snprintf(path, 128, "%s/%s", directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void whole_lines(void **state)
{
    (void)state;
    assert_reads(tsv, NULL, NULL, "", "");
    assert_reads(tsv, NULL, NULL, "one\ntwo\n",
                 "1 [one] <one>\n2 [two] <two>\n");
    assert_reads(tsv, NULL, NULL, "no newline",
                 "1 [no newline] <no newline>\n");
    assert_reads(tsv, NULL, NULL, "\n\nx\n\n",
                 "1 [] <>\n2 [] <>\n3 [x] <x>\n4 [] <>\n");
}

static void columns(void **state)
{
    (void)state;
    assert_reads(tsv, "1,2", NULL, "a\tb\nc\td\te\n",
                 "1 [a\tb] <a> <b>\n2 [c\td\te] <c> <d>\n");
    assert_reads(tsv, "2,1,2", NULL, "a\tb\n", "1 [a\tb] <b> <a> <b>\n");
    assert_reads(tsv, "2", "1", "q1\tx\nq2\ty\n",
                 "1 [q1\tx] <x> {q1}\n2 [q2\ty] <y> {q2}\n");
    assert_reads(tsv, "1", "3,2", "a\tb\tc\n", "1 [a\tb\tc] <a> {c} {b}\n");
    assert_reads(tsv, "1,2", NULL, "\t\n", "1 [\t] <> <>\n");
    assert_reads(tsv, "1", NULL, "\n", "1 [] <>\n");
    assert_reads(tsv, NULL, "2", "a\tb\n", "1 [a\tb] <a\tb> {b}\n");
}

static void ranges(void **state)
{
    (void)state;
    assert_reads(tsv, "2-", NULL, "a\tb\tc\n1\t2\n",
                 "1 [a\tb\tc] <b\tc>\n2 [1\t2] <2>\n");
    assert_reads(tsv, "-2", NULL, "a\tb\tc\n", "1 [a\tb\tc] <a\tb>\n");
    assert_reads(tsv, "2-3,1-", NULL, "a\tb\tc\td\n",
                 "1 [a\tb\tc\td] <b\tc> <a\tb\tc\td>\n");
    struct reader_options colons = tsv;
    colons.delimiter = ':';
    assert_reads(colons, "3-", NULL, "src/a.c:12:if (a ? b : c)\n",
                 "1 [src/a.c:12:if (a ? b : c)] <if (a ? b : c)>\n");
}

static void too_few_columns(void **state)
{
    (void)state;
    assert_reads(tsv, "1,2", NULL, "a\tb\nonly\nc\td\n",
                 "1 [a\tb] <a> <b>\n"
                 "bad 2 [only]: -:2: 1 field: -f1,2 needs 2, separated by TAB; "
                 "for commas use --csv\n"
                 "3 [c\td] <c> <d>\n");
    assert_reads(tsv, "2-5", NULL, "a\tb\tc\n",
                 "bad 1 [a\tb\tc]: -:1: 3 fields: -f2-5 needs 5, separated by "
                 "TAB; for commas use --csv\n");
    assert_reads(tsv, "1", "3", "a\tb\n",
                 "bad 1 [a\tb]: -:1: 2 fields: -g3 needs 3, separated by TAB; "
                 "for commas use --csv\n");
    struct reader_options colons = tsv;
    colons.delimiter = ':';
    assert_reads(colons, "2-", NULL, "x\n",
                 "bad 1 [x]: -:1: 1 field: -f2- needs 2, separated by ':'\n");
}

static void carriage_returns(void **state)
{
    (void)state;
    assert_reads(tsv, "1,2", NULL, "a\tb\r\nc\td\r",
                 "1 [a\tb\r] <a> <b>\n2 [c\td\r] <c> <d>\n");
    assert_reads(tsv, NULL, NULL, "a\rb\r\r\n\r\n",
                 "1 [a\rb\r\r] <a\rb\r>\n2 [\r] <>\n");
    assert_reads_bytes(zero_ended, NULL, NULL, "a\r\0b", 4,
                       "1 [a\r] <a\r>\n2 [b] <b>\n");
}

static void zero_ended_records(void **state)
{
    (void)state;
    static const char input[] = "a\nb\0c\0\0d";
    assert_reads_bytes(zero_ended, NULL, NULL, input, sizeof input - 1,
                       "1 [a\nb] <a\nb>\n2 [c] <c>\n3 [] <>\n4 [d] <d>\n");
}

/* The transcript would end at a NUL, so this one looks for itself. */
static void zeros_in_lines(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/zeros", directory);
    FILE *file = fopen(path, "w");
    fwrite("a\0b\tc\n", 1, 6, file);
    fclose(file);
    struct reader_options options = tsv;
    options.texts = fields_for("-f", "1,2");
    const char *name = path;
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&options, &name, 1, &error);
    assert_non_null(reader);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_RECORD);
    assert_int_equal(record.bytes.length, 5);
    assert_int_equal(record.texts[0].length, 3);
    assert_memory_equal(record.texts[0].bytes, "a\0b", 3);
    assert_string_equal(record.file, path);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_END);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_END);
    reader_close(reader);
    unlink(path);
}

static void byte_order_marks(void **state)
{
    (void)state;
    assert_reads(tsv, "1,2", NULL,
                 "\xEF\xBB\xBF"
                 "a\tb\n\xEF\xBB\xBF"
                 "c\td\n",
                 "1 [a\tb] <a> <b>\n2 [\xEF\xBB\xBF"
                 "c\td] <\xEF\xBB\xBF"
                 "c> <d>\n");
    assert_reads(tsv, NULL, NULL, "\xEF\xBB\xBF", "");
    assert_reads(tsv, NULL, NULL, "\xEF\xBB", "1 [\xEF\xBB] <\xEF\xBB>\n");
    assert_reads(tsv, NULL, NULL, "\xEF\xBBx\n", "1 [\xEF\xBBx] <\xEF\xBBx>\n");
    assert_reads(with_header, "id", NULL, "\xEF\xBB\xBFid\n7\n", "2 [7] <7>\n");
}

static void headers(void **state)
{
    (void)state;
    static const char input[] = "id\ttitle\ttext\r\n1\tT\tbody\r\n";
    assert_reads(with_header, "text,title", "id", input,
                 "2 [1\tT\tbody\r] <body> <T> {1}\n");
    assert_reads(with_header, "2-", NULL, input,
                 "2 [1\tT\tbody\r] <T\tbody>\n");
    assert_reads(with_header, NULL, NULL, input,
                 "2 [1\tT\tbody\r] <1\tT\tbody>\n");
    assert_reads(with_header, "text", NULL, "text\n", "");
    assert_reads(with_header, "text", NULL, "", "");
    assert_reads(with_header, "text", NULL, "id\ttext\nx\n",
                 "bad 2 [x]: -:2: 1 field: -f text needs 2, separated by TAB; "
                 "for commas use --csv\n");
}

static void wrong_names(void **state)
{
    (void)state;
    assert_reads(with_header, "title_b", NULL, "id_a\tid_b\tname_a\nx\ty\tz\n",
                 "failed: -:1: column 'title_b' is not in the header: columns "
                 "are id_a, id_b, name_a\n");
    assert_reads(with_header, "id", NULL, "id\tx\tid\n1\t2\t3\n",
                 "failed: -:1: column 'id' is in the header twice: choose it "
                 "by its number\n");
    assert_reads(with_header, "3", NULL, "id\tx\tid\n1\t2\t3\n",
                 "2 [1\t2\t3] <3>\n");
}

static void refused_options(void **state)
{
    (void)state;
    struct reader_options options = tsv;
    struct error error = {0};
    options.texts = fields_for("-f", "1,title");
    assert_null(reader_open(&options, NULL, 0, &error));
    assert_string_equal(error.text, "-f1,title: names need a header: use -H");

    options = tsv;
    options.delimiter = '\n';
    error = (struct error){0};
    assert_null(reader_open(&options, NULL, 0, &error));
    assert_string_equal(error.text,
                        "-d: what ends a record cannot separate fields");
}

/* Line numbers, marks and headers start anew in each file. */
static void several_files(void **state)
{
    (void)state;
    char a[128], b[128], c[128];
    const char *files[] = {
        make_file(a, "a", "\xEF\xBB\xBFid\ttext\n1\tone"),
        make_file(b, "b", ""),
        make_file(c, "c", "text\tid\nthree\t3\nx\n"),
    };
    struct reader_options options = with_header;
    options.texts = fields_for("-f", "text");
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&options, files, 3, &error);
    assert_non_null(reader);
    assert_null(reader_header(reader).bytes);

    assert_int_equal(reader_next(reader, true, &record, &error), READER_RECORD);
    assert_string_equal(record.file, a);
    assert_int_equal(record.line, 2);
    assert_true(slice_is(record.texts[0], "one"));
    assert_true(slice_is(reader_header(reader), "id\ttext"));

    assert_int_equal(reader_next(reader, true, &record, &error), READER_RECORD);
    assert_string_equal(record.file, c);
    assert_int_equal(record.line, 2);
    assert_true(slice_is(record.texts[0], "three"));
    assert_true(slice_is(reader_header(reader), "text\tid"));

    assert_int_equal(reader_next(reader, true, &record, &error), READER_RECORD);
    assert_true(slice_is(record.texts[0], "x"));
    assert_int_equal(reader_next(reader, true, &record, &error), READER_END);
    assert_true(slice_is(reader_header(reader), "text\tid"));
    reader_close(reader);
    unlink(a), unlink(b), unlink(c);
}

static void assert_not_opened(const char *const *files, size_t count,
                              const char *message)
{
    struct error error = {0};
    assert_null(reader_open(&tsv, files, count, &error));
    assert_string_equal(error.text, message);
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    char good[128], locked[128], message[256];
    make_file(good, "good", "x\n");
    const char *missing[] = {good, "/nowhere/x.tsv"};
    assert_not_opened(missing, 2, "/nowhere/x.tsv: No such file or directory");
    const char *folder[] = {directory};
    snprintf(message, sizeof message, "%s: Is a directory", directory);
    assert_not_opened(folder, 1, message);

    if (geteuid() != 0) { /* root may read all */
        const char *files[] = {make_file(locked, "locked", "x\n")};
        chmod(locked, 0);
        snprintf(message, sizeof message, "%s: Permission denied", locked);
        assert_not_opened(files, 1, message);
        unlink(locked);
    }
    unlink(good);
}

static void standard_input_that_cannot_be_read(void **state)
{
    (void)state;
    int old = replace_input(open(directory, O_RDONLY));
    assert_not_opened(NULL, 0, "-: Is a directory");
    close(STDIN_FILENO);
    assert_not_opened(NULL, 0, "-: Bad file descriptor");
    restore_input(old);
}

/* Reading fails although the file could be opened: a file that went away is
 * told by its name. */
static void file_that_vanishes(void **state)
{
    (void)state;
    char path[128], message[256];
    const char *files[] = {make_file(path, "vanishing", "x\n")};
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&tsv, files, 1, &error);
    unlink(path);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_FAILED);
    snprintf(message, sizeof message, "%s: No such file or directory", path);
    assert_string_equal(error.text, message);
    reader_close(reader);
}

/* A named FIFO is not opened for the check: its writer would get SIGPIPE. */
static void named_pipe(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/fifo", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    const char *name = path;
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&tsv, &name, 1, &error);
    assert_non_null(reader);
    int both = open(path, O_RDWR); /* so that opening does not wait */
    assert_int_equal(write(both, "x\ny", 3), 3);
    assert_int_equal(reader_next(reader, false, &record, &error),
                     READER_RECORD);
    assert_true(slice_is(record.bytes, "x"));
    assert_int_equal(reader_next(reader, false, &record, &error), READER_PAUSE);
    close(both);
    assert_int_equal(reader_next(reader, false, &record, &error),
                     READER_RECORD);
    assert_true(slice_is(record.bytes, "y"));
    reader_close(reader);
    unlink(path);
}

/* Our parent may have made standard input non-blocking. */
static void non_blocking_input(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    int old = replace_input(ends[0]);
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&tsv, NULL, 0, &error);
    assert_int_equal(reader_next(reader, false, &record, &error), READER_PAUSE);

    pid_t child = fork();
    if (child == 0) {
        usleep(50000);
        _exit(write(ends[1], "late\n", 5) == 5 ? 0 : 1);
    }
    assert_int_equal(reader_next(reader, true, &record, &error), READER_RECORD);
    assert_true(slice_is(record.bytes, "late"));
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ends[1]);
    reader_close(reader);
    restore_input(old);
}

/* Records far beyond the first buffer, among small ones. */
static void long_records(void **state)
{
    (void)state;
    enum { LONG = 3 << 20 };
    char path[128];
    snprintf(path, sizeof path, "%s/long", directory);
    FILE *file = fopen(path, "w");
    for (int i = 0; i < 40; i++) {
        size_t length = i % 3 == 0 ? (size_t)i * LONG / 40 : (size_t)i;
        for (size_t j = 0; j < length; j++)
            fputc('a' + i % 26, file);
        fputs("\tend\n", file);
    }
    fclose(file);

    struct reader_options options = tsv;
    options.texts = fields_for("-f", "1,2");
    const char *name = path;
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&options, &name, 1, &error);
    for (int i = 0; i < 40; i++) {
        size_t length = i % 3 == 0 ? (size_t)i * LONG / 40 : (size_t)i;
        assert_int_equal(reader_next(reader, true, &record, &error),
                         READER_RECORD);
        assert_int_equal(record.line, i + 1);
        assert_int_equal(record.texts[0].length, length);
        for (size_t j = 0; j < length; j += 1021)
            assert_int_equal(record.texts[0].bytes[j], 'a' + i % 26);
        assert_true(slice_is(record.texts[1], "end"));
    }
    assert_int_equal(reader_next(reader, true, &record, &error), READER_END);
    reader_close(reader);
    unlink(path);
}

/* A file of zeros without an end: refused, not held. */
static void endless_record(void **state)
{
    (void)state;
    const char *name = "/dev/zero";
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&tsv, &name, 1, &error);
    assert_non_null(reader);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_FAILED);
    assert_string_equal(error.text,
                        "/dev/zero:1: record is longer than 268435456 bytes: "
                        "records end in a newline, or with -z in NUL; "
                        "--max-record sets the limit");
    reader_close(reader);
}

static uint64_t next_random(void)
{
    static uint64_t state = 2463534242u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Random bytes that mean something to each format: whatever the pieces, the
 * records and the errors are the same. */
static void chopping_never_matters(void **state)
{
    (void)state;
    static const char bytes[] = "\n\n\r\t,\"\"ab{}:1\\\xEF\xBB\xBF";
    struct reader_options options = with_header;
    options.texts = fields_for("-f", "1");
    for (int i = 0; i < 6000; i++) {
        static const char *const starts[] = {"", "\xEF\xBB\xBF", "{\"1\":\""};
        char input[64];
        strcpy(input, starts[next_random() % 3]);
        size_t length = strlen(input);
        for (uint64_t more = next_random() % 24; more > 0; more--)
            input[length++] = bytes[next_random() % (sizeof bytes - 1)];

        options.format = (enum record_format)(i % 3);
        options.delimiter = options.format == FORMAT_CSV ? ',' : '\t';
        options.header = next_random() % 2;
        char *whole = read_file(&options, input, length);
        char *chopped =
            read_steps(&options, input, length, next_random() % 5 + 1);
        assert_string_equal(chopped, whole);
        free(whole), free(chopped);
    }
}

static void close_accepts_nothing(void **state)
{
    (void)state;
    reader_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_lines),
        cmocka_unit_test(columns),
        cmocka_unit_test(ranges),
        cmocka_unit_test(too_few_columns),
        cmocka_unit_test(carriage_returns),
        cmocka_unit_test(zero_ended_records),
        cmocka_unit_test(zeros_in_lines),
        cmocka_unit_test(byte_order_marks),
        cmocka_unit_test(headers),
        cmocka_unit_test(wrong_names),
        cmocka_unit_test(refused_options),
        cmocka_unit_test(several_files),
        cmocka_unit_test(files_that_cannot_be_read),
        cmocka_unit_test(standard_input_that_cannot_be_read),
        cmocka_unit_test(file_that_vanishes),
        cmocka_unit_test(named_pipe),
        cmocka_unit_test(non_blocking_input),
        cmocka_unit_test(long_records),
        cmocka_unit_test(endless_record),
        cmocka_unit_test(chopping_never_matters),
        cmocka_unit_test(close_accepts_nothing),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
