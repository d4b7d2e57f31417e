/*
 * test_catalog.c - models/catalog.tsv, and tables that are not one.
 */
#include "model/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/xenc-test-catalog-XXXXXX");
    return close(mkstemp(path));
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void put(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define HEADER                                                                 \
    "task\tid\tformer_id\tnotes\tfamily\tlabels\tmetric\tvalue\tparams\t"      \
    "licence\tndcg10_dl19\tmrr10_msmarco_dev\n"

static void columns_by_their_names(void **state)
{
    (void)state;
    struct error error = {0};
    struct catalog catalog;
    put(HEADER "rerank\tnew/one\told/uno\tx\tbert\t1\tMRR\t39\t22 M\tMIT\n"
               "nli\tnew/two\t-\t\tdeberta");
    assert_true(catalog_open(&catalog, path, &error));
    assert_int_equal(catalog.count, 2);
    const struct catalog_entry *one = &catalog.entries[0];
    assert_true(slice_is(one->columns[CATALOG_ID], "new/one"));
    assert_true(slice_is(one->columns[CATALOG_TASK], "rerank"));
    assert_true(slice_is(one->columns[CATALOG_PARAMETERS], "22 M"));
    assert_true(slice_is(one->columns[CATALOG_LICENCE], "MIT"));
    const struct catalog_entry *two = &catalog.entries[1];
    assert_true(slice_is(two->columns[CATALOG_FAMILY], "deberta"));
    assert_int_equal(two->columns[CATALOG_LICENCE].length, 0);

    assert_ptr_equal(catalog_find(&catalog, slice_of("new/one")), one);
    assert_ptr_equal(catalog_find(&catalog, slice_of("one")), one);
    assert_ptr_equal(catalog_find(&catalog, slice_of("old/uno")), one);
    assert_ptr_equal(catalog_find(&catalog, slice_of("uno")), one);
    assert_ptr_equal(catalog_find(&catalog, slice_of("two")), two);
    assert_null(catalog_find(&catalog, slice_of("new")));
    assert_null(catalog_find(&catalog, slice_of("new/")));
    assert_null(catalog_find(&catalog, slice_of("ew/one")));
    assert_null(catalog_find(&catalog, slice_of("")));
    catalog_close(&catalog);
}

/* "-" says that there is none: no name of a model. */
static void no_former_id_is_no_name(void **state)
{
    (void)state;
    struct error error = {0};
    struct catalog catalog;
    put(HEADER "nli\tnew/two\t-\t\tdeberta\n");
    assert_true(catalog_open(&catalog, path, &error));
    assert_null(catalog_find(&catalog, slice_of("-")));
    catalog_close(&catalog);
}

static void tables_without_the_columns(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n", "id\tfamily\n",
                                        "id\tid\tid\tid\tid\tid\tid\tid\tid\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct error error = {0};
        struct catalog catalog;
        put(texts[i]);
        assert_false(catalog_open(&catalog, path, &error));
        assert_non_null(strstr(error.text, ":1: "));
        assert_non_null(strstr(error.text, ": all were expected"));
    }
}

static void the_one_that_comes_with_xenc(void **state)
{
    (void)state;
    const char *root = getenv("top_srcdir");
    char shipped[4096];
    struct error error = {0};
    struct catalog catalog;
    snprintf(shipped, sizeof shipped, "%s/models/catalog.tsv",
             root ? root : ".");
    if (!catalog_open(&catalog, shipped, &error))
        fail_msg("%s", error.text);
    assert_true(catalog.count > 40);
    for (size_t i = 0; i < catalog.count; i++) {
        const struct catalog_entry *entry = &catalog.entries[i];
        for (size_t column = 0; column < CATALOG_COLUMNS; column++)
            if (entry->columns[column].length == 0)
                fail_msg("line %zu: column %zu is empty", i + 2, column);
        assert_ptr_equal(catalog_find(&catalog, entry->columns[CATALOG_ID]),
                         entry);
    }
    catalog_close(&catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_by_their_names),
        cmocka_unit_test(no_former_id_is_no_name),
        cmocka_unit_test(tables_without_the_columns),
        cmocka_unit_test(the_one_that_comes_with_xenc),
    };
    return cmocka_run_group_tests_name("catalog", tests, make_path,
                                       remove_path);
}
