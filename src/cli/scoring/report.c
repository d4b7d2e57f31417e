#include "cli/scoring/report.h"

#include "base/clock.h"
#include "cli/message.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>

/* Nothing is lost without a word, nor without what helps. */
static void report_cut(const struct options *options,
                       const struct scorer_counts *counts, size_t token_limit)
{
    bool may_have_windows = (options->command->bit & FOR_PAIRS) != 0;
    if (options->long_texts != LONG_WINDOW)
        warn_records(options, counts->cut, counts->records,
                     "were cut to %zu tokens (longest %s%zu)%s", token_limit,
                     counts->has_longer ? "over " : "", counts->longest_tokens,
                     may_have_windows ? ": --long=window scores all of the text"
                                      : "");
    else if (counts->cut > 0)
        warn(options,
             "the %s of %" PRIu64 " of %" PRIu64
             " records was cut, for it leaves too little room for a window "
             "(longest pair %zu tokens)",
             options->labels != NULL ? "template" : "first text", counts->cut,
             counts->records, counts->longest_tokens);
}

void report_texts(const struct options *options,
                  const struct scorer_counts *counts, size_t token_limit)
{
    report_cut(options, counts, token_limit);
    warn_records(options, counts->invalid_utf8, counts->records,
                 "are not UTF-8: their broken bytes count as U+FFFD");
    warn_records(options, counts->damaged, counts->records,
                 "have a logit that is nan or infinite: the model's weights "
                 "are damaged");
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
    const struct options *options = scoring->options;
    if (scoring->scorer != NULL) {
        report_texts(options, scorer_counts(scoring->scorer),
                     scoring->model.token_limit);
        if (options->stats)
            report_stats(scoring);
    }
    warn_records(options, scoring->bad + scoring->resuming.begun.bad,
                 scoring->records, "could not be scored: nan");
}
