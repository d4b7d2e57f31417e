/*
 * replay.c - runs targets over files, without libFuzzer.
 *
 *   replay                    every seed of corpus/, as TAP
 *   replay TARGET FILE...     these files alone
 *
 * The name of a file is printed before it is run: the last one is the one
 * that ended the program.
 */
#include "fuzz.h"

#include "base/files.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void run_file(const struct fuzz_target *target, const char *path)
{
    struct error error = {0};
    struct buffer bytes = {0};
    printf("# %s %s\n", target->name, path);
    fflush(stdout);
    if (!file_read(&bytes, path, FILE_READ_MOST, &error)) {
        fprintf(stderr, "replay: %s\n", error.text);
        exit(2);
    }
    target->run(target, buffer_slice(&bytes));
    buffer_free(&bytes);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Gives the number of seeds. */
static int run_seeds(const struct fuzz_target *target)
{
    char folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
    struct dirent **entries;
    snprintf(folder, sizeof folder, "%s/%s", fuzz_source("tests/fuzz/corpus"),
             target->name);
    int count = scandir(folder, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        run_file(target, path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return count;
}

static int run_all(void)
{
    int failed = 0;
    printf("1..%zu\n", fuzz_target_count);
    for (size_t i = 0; i < fuzz_target_count; i++) {
        int count = run_seeds(&fuzz_targets[i]);
        failed += count < 1;
        printf("%s %zu - %s, %d seeds\n", count < 1 ? "not ok" : "ok", i + 1,
               fuzz_targets[i].name, count);
    }
    return failed > 0;
}

int main(int count, char **words)
{
    if (count == 1)
        return run_all();
    const struct fuzz_target *target = fuzz_find(words[1]);
    if (target == NULL) {
        fprintf(stderr, "replay: no target '%s'\n", words[1]);
        return 2;
    }
    for (int i = 2; i < count; i++)
        run_file(target, words[i]);
    return 0;
}
