#include "cli/bench/speed.h"

#include "base/clock.h"
#include "base/memory.h"
#include "cli/message.h"
#include "cli/model.h"
#include "io/reader.h"
#include "rank/runner.h"
#include "text/pair.h"

#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

/* Pairs where none are given: about the lengths of passage reranking. */
static const char query_text[] = "how does the program set a network timeout";
static const char passage_text[] =
    "The timeout of a connection is read from the configuration file when the "
    "program starts. A value of zero waits for ever, any other value is a "
    "number of seconds after which the attempt is given up and an error is "
    "returned to the caller. The same limit holds for reading and for writing "
    "once the connection stands, unless the option for slow links is given, "
    "which multiplies it by four.";

enum { DEFAULT_PAIRS = 256 };
static const double default_seconds = 5;

struct bench {
    const struct options *options;
    struct model model;
    struct window window; /* the pairs' ids, planned once, run many times */
    struct runner *runner;
    int workers;
    double tokens, operations; /* of one pass over all pairs */
    /* What was measured: passes over all pairs, the time that they took, and
     * what the processor gave of it to all workers together. */
    double passes, seconds, computed;
};

/* Tokenizes one pair into the window. */
static bool add_pair(struct bench *bench, struct tokenizer_scratch *scratch,
                     struct slice first, struct slice second,
                     struct error *error)
{
    const struct tokenizer *tokenizer = bench->model.tokenizer;
    struct window *window = &bench->window;
    struct token_list texts[2] = {0};
    size_t at = window->ids.count;
    bool cut;
    bool fine =
        tokenizer_encode(tokenizer, scratch, first, &texts[0], NULL, error) &&
        tokenizer_encode(tokenizer, scratch, second, &texts[1], NULL, error);
    struct id_span a = {texts[0].ids, texts[0].count};
    struct id_span b = {texts[1].ids, texts[1].count};
    struct cut_rule rule = {.limit = bench->model.token_limit,
                            .keeps_end = tokenizer_keeps_end(tokenizer)};
    fine = fine && pair_build(tokenizer, a, &b, rule, &window->ids,
                              &window->types, &cut, error);
    struct record_facts facts = {.index = window->count,
                                 .tokens = window->ids.count - at,
                                 .is_scored = true};
    token_list_free(&texts[0]);
    token_list_free(&texts[1]);
    return fine &&
           encoder_accepts(bench->model.encoder, window->ids.ids + at,
                           window->types.ids + at, facts.tokens, error) &&
           window_add(window, &facts, PART_ONLY, at, error);
}

static bool read_pairs(struct bench *bench, struct tokenizer_scratch *scratch,
                       struct error *error)
{
    struct field_list texts = {0};
    struct reader_options input = {.format = FORMAT_LINES,
                                   .delimiter = '\t',
                                   .terminator = '\n',
                                   .texts = &texts};
    struct record record;
    if (!fields_parse(&texts, "-f", "1,2", error))
        return false;
    struct reader *reader =
        reader_open(&input, &bench->options->pairs, 1, error);
    while (reader != NULL &&
           reader_next(reader, true, &record, error) == READER_RECORD)
        if (!add_pair(bench, scratch, record.texts[0], record.texts[1], error))
            break;
    reader_close(reader);
    fields_free(&texts);
    return !error->set;
}

/* The passage cut at every length from a few words to all of it. */
static bool make_pairs(struct bench *bench, struct tokenizer_scratch *scratch,
                       struct error *error)
{
    struct slice query = slice_of(query_text), passage = slice_of(passage_text);
    size_t shortest = passage.length / 8;
    for (size_t i = 0; i < DEFAULT_PAIRS; i++) {
        struct slice part = {passage.bytes,
                             shortest + (passage.length - shortest) * i /
                                            DEFAULT_PAIRS};
        if (!add_pair(bench, scratch, query, part, error))
            return false;
    }
    return true;
}

static bool load_pairs(struct bench *bench, struct error *error)
{
    struct tokenizer_scratch scratch = {0};
    bool fine = bench->options->pairs ? read_pairs(bench, &scratch, error)
                                      : make_pairs(bench, &scratch, error);
    tokenizer_scratch_free(&scratch);
    if (fine && bench->window.count == 0)
        return error_set(error, "%s: no pairs", bench->options->pairs);
    for (size_t i = 0; i < bench->window.count; i++) {
        size_t tokens = bench->window.items[i].tokens;
        bench->tokens += (double)tokens;
        bench->operations += encoder_operations(bench->model.encoder, tokens);
    }
    return fine;
}

static void print_stages(const struct bench *bench)
{
    uint64_t nanoseconds[STAGE_COUNT], total = 0;
    runner_stage_times(bench->runner, nanoseconds);
    for (size_t i = 0; i < STAGE_COUNT; i++)
        total += nanoseconds[i];
    for (size_t i = 0; i < STAGE_COUNT; i++)
        printf("%-14s\t%.1f %%\n", stage_names[i],
               100 * (double)nanoseconds[i] / (double)total);
}

/* Seconds that all threads of this process have computed. */
static double processor_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* 1e9 operations a second of the product's own instructions, on registers: what
 * one core can do at most in its processor time.  0: not known. */
static double measure_peak(const struct gemm *gemm)
{
    enum { ROUNDS = 7, TURNS = 100000 };
    double best = 0;
    for (int i = 0; gemm->spin != NULL && i < ROUNDS; i++) {
        double start = processor_seconds(), each = gemm->spin(TURNS);
        double speed = each * TURNS / (processor_seconds() - start) / 1e9;
        best = speed > best ? speed : best;
    }
    return best;
}

static void print_figures(const struct bench *bench)
{
    struct rusage usage;
    double pairs = (double)bench->window.count;
    double seconds = bench->seconds, computed = bench->computed;
    double operations = bench->passes * bench->operations / 1e9;
    double peak = measure_peak(bench->model.gemm);
    getrusage(RUSAGE_SELF, &usage);
    printf("workers       \t%d\n", bench->workers);
    printf("kernels       \t%s, GEMM %s\n", bench->model.kernels->name,
           bench->model.gemm->name);
    printf("pairs         \t%.0f of %.1f tokens\n", pairs,
           bench->tokens / pairs);
    print_stages(bench);
    printf("tokens_per_s  \t%.0f\n", bench->passes * bench->tokens / seconds);
    printf("Gop_per_s     \t%.1f\n", operations / seconds);
    if (peak > 0)
        printf("share_of_peak \t%.1f %% of %.0f Gop/s a core\n",
               100 * operations / computed / peak, peak);
    printf("processor     \t%.1f %% of %d\n",
           100 * computed / seconds / bench->workers, bench->workers);
    printf("peak_memory   \t%.1f MiB\n", (double)usage.ru_maxrss / 1024);
    printf("pairs_per_s\t%.2f\n", bench->passes * pairs / seconds);
}

/* One pass to warm up, then passes until the time is over. */
static bool measure(struct bench *bench, struct error *error)
{
    const struct options *options = bench->options;
    double wanted = options->seconds > 0 ? options->seconds : default_seconds;
    if (!runner_start(bench->runner, &bench->window, error) ||
        !runner_wait(bench->runner, error))
        return false;

    double start = clock_seconds(), computed = processor_seconds();
    do {
        runner_repeat(bench->runner, &bench->window);
        if (!runner_wait(bench->runner, error))
            return false;
        bench->passes++;
        bench->seconds = clock_seconds() - start;
    } while (bench->seconds < wanted);
    bench->computed = processor_seconds() - computed;
    return true;
}

static bool bench_model(struct bench *bench, struct error *error)
{
    const struct options *options = bench->options;
    bench->workers = model_workers(options);
    if (!model_open(&bench->model, options, error) || !load_pairs(bench, error))
        return false;
    bench->runner = runner_open(bench->model.encoder, bench->workers, error);
    return bench->runner != NULL && measure(bench, error);
}

static void bench_close(struct bench *bench)
{
    runner_close(bench->runner);
    window_free(&bench->window);
    model_close(&bench->model);
}

bool bench_speed(const struct options *options, double *pairs_per_second,
                 struct error *error)
{
    struct bench bench = {.options = options};
    bool fine = bench_model(&bench, error);
    if (fine)
        *pairs_per_second =
            bench.passes * (double)bench.window.count / bench.seconds;
    bench_close(&bench);
    return fine;
}

bool bench_print(const struct options *options, struct error *error)
{
    struct bench bench = {.options = options};
    bool fine = bench_model(&bench, error);
    if (fine)
        print_figures(&bench);
    bench_close(&bench);
    return fine && print_finish(error);
}
