/*
 * target_lists.c - cards and catalogues of models, whose words go to a
 * terminal.
 */
#include "targets.h"

#include "base/memory.h"
#include "model/card.h"
#include "model/catalog.h"

/* Lines of valid UTF-8 without control bytes. */
static void check_plain(struct slice text)
{
    for (size_t step; text.length > 0;
         text.bytes += step, text.length -= step) {
        step = text_character(text);
        fuzz_require(step > 0);
        fuzz_require(*text.bytes == '\n' || (unsigned char)*text.bytes >= ' ');
        fuzz_require(*text.bytes != 0x7F);
    }
}

void target_card(const struct fuzz_target *target, struct slice input)
{
    static const char *const names[] = {"README.md", NULL};
    struct error error = {0};
    struct buffer out = {0};
    (void)target;
    bool fine = card_read(&out, fuzz_directory(input, names), &error);
    fuzz_require_error(fine, &error);
    if (fine)
        check_plain(buffer_slice(&out));
    buffer_free(&out);
    fuzz_directory_clear();
}

void target_catalog(const struct fuzz_target *target, struct slice input)
{
    struct error error = {0};
    struct catalog catalog;
    (void)target;
    bool fine = catalog_open(&catalog, fuzz_file(0, input), &error);
    fuzz_require_error(fine, &error);
    if (!fine)
        return;
    for (size_t i = 0; i < catalog.count; i++) {
        struct slice id = catalog.entries[i].columns[CATALOG_ID];
        for (size_t j = 0; j < CATALOG_COLUMNS; j++)
            fuzz_touch(catalog.entries[i].columns[j].bytes,
                       catalog.entries[i].columns[j].length);
        if (id.length > 0 && !slice_is(id, "-"))
            fuzz_require(catalog_find(&catalog, id) != NULL);
    }
    catalog_close(&catalog);
}
