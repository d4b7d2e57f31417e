/*
 * test_reader_csv.c - CSV: quoting, line counting, strictness, raw bytes kept.
 * Each input is read as a file and through pipes in small steps: see records.h.
 */
#include "records.h"

static const struct reader_options csv = {
    .format = FORMAT_CSV, .delimiter = ',', .terminator = '\n'};
static const struct reader_options with_header = {
    .format = FORMAT_CSV, .delimiter = ',', .terminator = '\n', .header = true};

static void plain_rows(void **state)
{
    (void)state;
    assert_reads(csv, "1,2", NULL, "", "");
    assert_reads(csv, "1,2", NULL, "a,b\nc,d,e\n",
                 "1 [a,b] <a> <b>\n2 [c,d,e] <c> <d>\n");
    assert_reads(csv, "2", "1", "a,b", "1 [a,b] <b> {a}\n");
    assert_reads(csv, "1,2,3", NULL, ",,\n", "1 [,,] <> <> <>\n");
    assert_reads(csv, "1,2", NULL, "a,", "1 [a,] <a> <>\n");
    assert_reads(csv, NULL, NULL, "\"a\",b\r\n",
                 "1 [\"a\",b\r] <\"a\",b>\n"); /* no -f: the raw record */
}

static void blanks_are_kept(void **state)
{
    (void)state;
    assert_reads(csv, "1,2", NULL, "  a  , \tb \n",
                 "1 [  a  , \tb ] <  a  > < \tb >\n");
}

static void quoted_fields(void **state)
{
    (void)state;
    assert_reads(csv, "1,2", NULL, "\"a,b\",\"say \"\"so\"\"\"\n",
                 "1 [\"a,b\",\"say \"\"so\"\"\"] <a,b> <say \"so\">\n");
    assert_reads(csv, "1,2", NULL, "\"\",\"\"\"\"\n",
                 "1 [\"\",\"\"\"\"] <> <\">\n");
    assert_reads(csv, "1,2", NULL,
                 "\"two\nlines\",x\nnext,\"a\r\nb\"\r\nlast,1",
                 "1 [\"two\nlines\",x] <two\nlines> <x>\n"
                 "3 [next,\"a\r\nb\"\r] <next> <a\r\nb>\n"
                 "5 [last,1] <last> <1>\n");
    assert_reads(csv, "1", NULL, "\"\n\n\"\n\"\n\"",
                 "1 [\"\n\n\"] <\n\n>\n4 [\"\n\"] <\n>\n");
}

static void ranges_join_decoded_columns(void **state)
{
    (void)state;
    assert_reads(csv, "2-", NULL, "1,\"b\",\"c\"\"\"\n",
                 "1 [1,\"b\",\"c\"\"\"] <b,c\">\n");
    struct reader_options semicolons = csv;
    semicolons.delimiter = ';';
    assert_reads(semicolons, "1-2,3", NULL, "\"a\";b,b;c\n",
                 "1 [\"a\";b,b;c] <a;b,b> <c>\n");
}

static void row_ends(void **state)
{
    (void)state;
    assert_reads(csv, "1,2", NULL, "a,b\r\nc,\"d\"\r\n",
                 "1 [a,b\r] <a> <b>\n2 [c,\"d\"\r] <c> <d>\n");
    assert_reads(csv, "2", NULL, "a,b\rc\n", "1 [a,b\rc] <b\rc>\n");
    assert_reads(csv, "1", NULL, "a\r", "1 [a\r] <a>\n");
    assert_reads(csv, "1", NULL, "\"a\"\r", "1 [\"a\"\r] <a>\n");
}

static void blank_rows(void **state)
{
    (void)state;
    assert_reads(csv, "1", NULL, "\na\n\r\n\r",
                 "1 [] <>\n2 [a] <a>\n3 [\r] <>\n4 [\r] <>\n");
    assert_reads(csv, "1,2", NULL, "a,b\n\nc,d\n",
                 "1 [a,b] <a> <b>\n"
                 "bad 2 []: -:2: 1 field: -f1,2 needs 2, separated by ','\n"
                 "3 [c,d] <c> <d>\n");
}

static void unusual_bytes(void **state)
{
    (void)state;
    assert_reads(csv, "1,2", NULL, "\xEF\xBB\xBF\"a\",b\n",
                 "1 [\"a\",b] <a> <b>\n");
    assert_reads(csv, "1,2", NULL, "caf\xC3\xA9,\xFF\x80\n",
                 "1 [caf\xC3\xA9,\xFF\x80] <caf\xC3\xA9> <\xFF\x80>\n");
}

static void stray_quotes(void **state)
{
    (void)state;
    assert_reads(csv, "1", NULL, "a,b\n12 inch 5\" disk,c\nd,e\n",
                 "1 [a,b] <a>\n"
                 "bad 2 [12 inch 5\" disk,c]: -:2: stray quote at column 10: "
                 "the whole field must be quoted and the quotes in it "
                 "doubled\n"
                 "3 [d,e] <d>\n");
    assert_reads(csv, "1", NULL, "a,\"b\" x,c\nd,e\n",
                 "bad 1 [a,\"b\" x,c]: -:1: text behind a closing quote at "
                 "column 6: a delimiter was expected, quotes inside a field "
                 "are doubled\n"
                 "2 [d,e] <d>\n");
    assert_reads(csv, "1", NULL, "\"x\ny\" z,c\nd,e",
                 "bad 1 [\"x\ny\" z,c]: -:2: text behind a closing quote at "
                 "column 3: a delimiter was expected, quotes inside a field "
                 "are doubled\n"
                 "3 [d,e] <d>\n");
    assert_reads(csv, "1", NULL, "a\"",
                 "bad 1 [a\"]: -:1: stray quote at column 2: the whole field "
                 "must be quoted and the quotes in it doubled\n");
}

static void unclosed_quotes(void **state)
{
    (void)state;
    assert_reads(csv, "1", NULL, "a,b\n\"q\"\"q\",some text,\"open\nx,y\n",
                 "1 [a,b] <a>\n"
                 "bad 2 [\"q\"\"q\",some text,\"open\nx,y]: -:2: unclosed "
                 "quote opened at column 18: record runs to end of file\n");
    assert_reads(csv, "1", NULL, "\"two\nlines\",\"open\"\"",
                 "bad 1 [\"two\nlines\",\"open\"\"]: -:2: unclosed quote "
                 "opened at column 8: record runs to end of file\n");
    assert_reads(csv, "1", NULL, "\"",
                 "bad 1 [\"]: -:1: unclosed quote opened at column 1: record "
                 "runs to end of file\n");
}

/* After an unclosed quote the next file starts clean. */
static void next_file_after_unclosed_quote(void **state)
{
    (void)state;
    char first[] = "/tmp/xenc-test-csv-XXXXXX";
    char second[] = "/tmp/xenc-test-csv-XXXXXX";
    int a = mkstemp(first), b = mkstemp(second);
    assert_int_equal(write(a, "\"open\n", 6), 6);
    assert_int_equal(write(b, "x,y\n", 4), 4);
    close(a), close(b);

    const char *files[] = {first, second};
    struct reader_options options = csv;
    options.texts = fields_for("-f", "2");
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&options, files, 2, &error);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_BAD);
    assert_int_equal(record.line, 1);
    assert_string_equal(record.file, first);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_RECORD);
    assert_true(slice_is(record.texts[0], "y"));
    assert_int_equal(record.line, 1);
    assert_string_equal(record.file, second);
    reader_close(reader);
    unlink(first), unlink(second);
}

static void headers(void **state)
{
    (void)state;
    static const char input[] = "id,\"title, long\",text\r\n1,T,\"b,c\"\r\n";
    assert_reads(with_header, "text", "id", input,
                 "2 [1,T,\"b,c\"\r] <b,c> {1}\n");
    assert_reads(with_header, "2", NULL, input, "2 [1,T,\"b,c\"\r] <T>\n");
    assert_reads(with_header, "body", NULL, input,
                 "failed: -:1: column 'body' is not in the header: columns are "
                 "id, title, long, text\n");
    assert_reads(with_header, "text,id", NULL, "id,x,text\n1,2\n",
                 "bad 2 [1,2]: -:2: 2 fields: -f text,id needs 3, separated "
                 "by ','\n");
    assert_reads(with_header, "id", NULL, "id,\"x\n1,2\n",
                 "failed: -:1: unclosed quote opened at column 4: record runs "
                 "to end of file\n");
}

static void quote_as_delimiter(void **state)
{
    (void)state;
    struct reader_options options = csv;
    options.delimiter = '"';
    struct error error = {0};
    assert_null(reader_open(&options, NULL, 0, &error));
    assert_string_equal(error.text, "-d: a quote cannot separate fields");
}

/* One field far beyond libcsv's and the reader's first buffers. */
static void long_field(void **state)
{
    (void)state;
    enum { LONG = 1 << 20 };
    char *input = malloc(LONG + 16);
    memset(input, 'x', LONG);
    input[0] = '"';
    memcpy(input + 1000, "\"\"\n", 3);
    memcpy(input + LONG, "\",end\n", 7);

    struct reader_options options = csv;
    options.texts = fields_for("-f", "1,2");
    char *transcript = read_file(&options, input, strlen(input));
    size_t raw = LONG + strlen("\",end"), decoded = LONG - 2;
    assert_int_equal(strlen(transcript),
                     raw + decoded + strlen("1 [] <> <end>\n"));
    assert_string_equal(transcript + strlen(transcript) - 8, "> <end>\n");
    free(transcript);
    free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_rows),
        cmocka_unit_test(blanks_are_kept),
        cmocka_unit_test(quoted_fields),
        cmocka_unit_test(ranges_join_decoded_columns),
        cmocka_unit_test(row_ends),
        cmocka_unit_test(blank_rows),
        cmocka_unit_test(unusual_bytes),
        cmocka_unit_test(stray_quotes),
        cmocka_unit_test(unclosed_quotes),
        cmocka_unit_test(next_file_after_unclosed_quote),
        cmocka_unit_test(headers),
        cmocka_unit_test(quote_as_delimiter),
        cmocka_unit_test(long_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
