#include "cli/scoring/report.h"

#include "base/clock.h"
#include "cli/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

/* Nothing is lost without a word, nor without what helps. */
static void report_cut(const struct scoring *scoring)
{
    const struct options *options = scoring->options;
    const struct scorer_counts *counts = scorer_counts(scoring->scorer);
    bool may_have_windows = (options->command->bit & FOR_PAIRS) != 0;
    if (counts->cut == 0)
        return;
    if (options->long_texts == LONG_WINDOW)
        warn(options,
             "the %s of %" PRIu64 " of %" PRIu64
             " records was cut, for it leaves too little room for a window "
             "(longest pair %zu tokens)",
             options->labels != NULL ? "template" : "first text", counts->cut,
             counts->records, counts->longest_tokens);
    else
        warn(options,
             "%" PRIu64 " of %" PRIu64
             " records were cut to %zu tokens (longest %s%zu)%s",
             counts->cut, counts->records, scoring->model.token_limit,
             counts->has_longer ? "over " : "", counts->longest_tokens,
             may_have_windows ? ": --long=window scores all of the text" : "");
}

static void report_texts(const struct scoring *scoring)
{
    const struct options *options = scoring->options;
    const struct scorer_counts *counts = scorer_counts(scoring->scorer);
    unsigned long long records = counts->records;
    report_cut(scoring);
    if (counts->invalid_utf8 > 0)
        warn(options,
             "%llu of %llu records are not UTF-8: their broken bytes were "
             "scored as U+FFFD",
             (unsigned long long)counts->invalid_utf8, records);
    if (counts->damaged > 0)
        warn(options,
             "%llu of %llu records have a logit that is nan or infinite: the "
             "model's weights are damaged",
             (unsigned long long)counts->damaged, records);
}

static void report_bad(const struct scoring *scoring)
{
    uint64_t bad = scoring->bad + scoring->resuming.begun.bad;
    if (bad > 0)
        warn(scoring->options,
             "%" PRIu64 " of %" PRIu64 " records could not be scored: nan", bad,
             scoring->records);
}

static void report_stats(const struct scoring *scoring)
{
    const struct scorer_counts *counts = scorer_counts(scoring->scorer);
    uint64_t pairs = counts->sequences, tokens = counts->tokens;
    if (scoring->explaining != NULL) {
        const struct scorer_counts *more =
            explaining_counts(scoring->explaining);
        pairs += more->sequences;
        tokens += more->tokens;
    }
    double now = clock_seconds(), seconds = now - scoring->opened;
    struct rusage usage;
    char sandbox[SANDBOX_TEXT_BYTES];
    getrusage(RUSAGE_SELF, &usage);
    fprintf(stderr,
            "records %" PRIu64 ", printed %" PRIu64 ", bad %" PRIu64
            ", distinct pairs %" PRIu64 ", tokens %" PRIu64 ", longest %s%zu"
            ", cut %" PRIu64 ", not UTF-8 %" PRIu64 "\n",
            counts->records, scoring->printed, scoring->bad, pairs, tokens,
            counts->has_longer ? "over " : "", counts->longest_tokens,
            counts->cut, counts->invalid_utf8);
    fprintf(stderr,
            "seconds %.3f and %.3f to open the model, records/s %.1f, "
            "tokens/s %.0f, peak memory %.1f MiB\n",
            seconds, scoring->opened - scoring->started,
            (double)counts->records / seconds, (double)tokens / seconds,
            (double)usage.ru_maxrss / 1024);
    fprintf(stderr, "sandbox %s\n", sandbox_print(scoring->sandbox, sandbox));
}

void report_counts(const struct scoring *scoring)
{
    if (scoring->scorer != NULL) {
        report_texts(scoring);
        if (scoring->options->stats)
            report_stats(scoring);
    }
    report_bad(scoring);
}
