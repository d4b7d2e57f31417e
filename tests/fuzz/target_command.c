/*
 * target_command.c - whole commands over any input: from the options to the
 * file that -o names.
 *
 * Nothing is lost: --keep-going gives a record for each of the input, and what
 * is written in a format can be read in it.
 */
#include "targets.h"

#include "base/files.h"
#include "cli/options/options.h"
#include "io/reader.h"

#include <stdio.h>
#include <string.h>

enum { MOST_WORDS = 24 };

struct counts {
    size_t good, bad;
    bool is_whole; /* nothing kept the reader from the end */
};

static struct counts count_records(enum record_format format, const char *path)
{
    const struct reader_options options = {
        .format = format,
        .delimiter = format == FORMAT_CSV ? ',' : '\t',
        .terminator = '\n'};
    struct error error = {0};
    struct counts counts = {0, 0, false};
    struct reader *reader = reader_open(&options, &path, 1, &error);
    fuzz_require(reader != NULL);
    for (;;) {
        struct record record;
        error = (struct error){0};
        enum reader_status status = reader_next(reader, true, &record, &error);
        counts.good += status == READER_RECORD;
        counts.bad += status == READER_BAD;
        counts.is_whole = status == READER_END;
        if (status != READER_RECORD && status != READER_BAD)
            break;
    }
    reader_close(reader);
    return counts;
}

static int run_words(const char *const *words, const char *input,
                     const char *output)
{
    char model[4096];
    char *list[MOST_WORDS];
    int count = 0;
    struct error error = {0};
    struct options options;
    const struct command *command = command_find(words[0]);
    snprintf(model, sizeof model, "%s", fuzz_source("tests/golden/bert"));
    /* A sandbox would stay around all that follows. */
    const char *const common[] = {"--quiet", "--no-sandbox", "-j1",  "-m",
                                  model,     "-o",           output, input};
    while (words[count + 1] != NULL) {
        list[count] = (char *)(uintptr_t)words[count + 1];
        count++;
    }
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        list[count++] = (char *)(uintptr_t)common[i];
    fuzz_require(count < MOST_WORDS && command != NULL);
    fuzz_require(options_parse(&options, command, count, list, &error));
    int status = command->run(&options);
    options_free(&options);
    return status;
}

void target_command(const struct fuzz_target *target, struct slice input)
{
    const struct fuzz_command *how = target->parameter;
    const struct slice nothing = {"", 0};
    const char *path = fuzz_file(0, input), *output = fuzz_file(1, nothing);
    int status = run_words(how->words, path, output);
    fuzz_require(status >= EXIT_DONE && status <= EXIT_TROUBLE);
    struct counts taken = count_records(how->format, path);
    struct counts written = count_records(how->format, output);
    /* A record of broken CSV goes out as it came. */
    fuzz_require(written.is_whole &&
                 written.bad <= (how->format == FORMAT_CSV ? taken.bad : 0));
    if (taken.is_whole)
        fuzz_require(written.good + written.bad == taken.good + taken.bad);
    fuzz_require(taken.bad == 0 || status == EXIT_TROUBLE);
}
