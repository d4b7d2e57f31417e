#include "cli/eval/compare.h"

#include "base/json.h"
#include "cli/eval/print.h"
#include "cli/message.h"
#include "eval/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A row of the table. */
struct match {
    const char *measure, *name;
    struct comparison result;
};

struct table {
    struct match *rows;
    size_t count, capacity;
    bool has_several; /* systems: p is corrected */
};

struct pairs {
    double *base, *other; /* [count] values of the same queries */
    size_t count;
};

/* Queries stand in the same order in both. */
static void pair_up(struct pairs *pairs, const struct evaluation *base,
                    const struct evaluation *other, size_t measure,
                    size_t other_measure)
{
    const double *a = evaluation_values(base, measure);
    const double *b = evaluation_values(other, other_measure);
    pairs->count = 0;
    for (size_t i = 0, j = 0;
         i < base->query_count && j < other->query_count;) {
        int order = slice_compare(base->queries[i], other->queries[j]);
        if (order == 0) {
            pairs->base[pairs->count] = a[i];
            pairs->other[pairs->count++] = b[j];
        }
        i += order <= 0;
        j += order >= 0;
    }
}

static bool add_match(struct table *table, const struct contestant *base,
                      const struct contestant *other, size_t measure,
                      const struct options *options, struct error *error)
{
    size_t room = base->evaluation.query_count;
    const char *name = base->evaluation.measures[measure].name;
    struct match match = {.measure = name, .name = other->name};
    struct pairs pairs = {memory_new(room, sizeof *pairs.base, error),
                          memory_new(room, sizeof *pairs.other, error), 0};
    bool fine = pairs.base != NULL && pairs.other != NULL;
    if (fine)
        pair_up(&pairs, &base->evaluation, &other->evaluation, measure,
                evaluation_find(&other->evaluation, name));
    if (fine && pairs.count == 0)
        fine = error_set(error, "--compare: %s and %s have no query in common",
                         base->name, other->name);
    fine = fine &&
           compare(pairs.base, pairs.other, pairs.count, options->eval.seed,
                   &match.result, error) &&
           memory_grow((void **)&table->rows, &table->capacity,
                       table->count + 1, sizeof *table->rows, error);
    if (fine)
        table->rows[table->count++] = match;
    memory_free(pairs.base);
    memory_free(pairs.other);
    return fine;
}

/* The systems of one measure, whose rows are the table's last. */
static bool correct(struct table *table, size_t systems, struct error *error)
{
    struct comparison **list = memory_new(systems, sizeof(void *), error);
    if (list == NULL)
        return false;
    for (size_t i = 0; i < systems; i++)
        list[i] = &table->rows[table->count - systems + i].result;
    compare_holm(list, systems);
    memory_free(list);
    return true;
}

static bool fill(struct table *table, const struct contestant *list,
                 size_t count, const struct options *options,
                 struct error *error)
{
    const struct evaluation *base = &list[0].evaluation;
    table->has_several = count > 2;
    for (size_t i = 0; i < base->measure_count; i++) {
        if (!base->measures[i].is_mean)
            continue;
        for (size_t j = 1; j < count; j++)
            if (!add_match(table, &list[0], &list[j], i, options, error))
                return false;
        if (!correct(table, count - 1, error))
            return false;
    }
    return table->count > 0 ||
           error_set(error, "--compare: no measure here is a mean of queries: "
                            "-M nDCG@10,AP are");
}

/*** The table ***/

enum { NUMBERS = 11 };
static const char *const number_names[NUMBERS] = {
    "base", "value", "difference", "low", "high",  "t",
    "p_t",  "t_low", "t_high",     "p",   "p_holm"};

static void numbers_of(const struct comparison *result, double out[NUMBERS])
{
    const double numbers[NUMBERS] = {
        result->base,   result->other, result->difference, result->low,
        result->high,   result->t,     result->p_t,        result->t_low,
        result->t_high, result->p,     result->p_holm};
    memcpy(out, numbers, sizeof numbers);
}

static size_t number_count(const struct table *table)
{
    return table->has_several ? NUMBERS : NUMBERS - 1;
}

static void print_table(const struct table *table, const char *base,
                        int decimals)
{
    printf("measure\tsystem\tagainst\tqueries");
    for (size_t i = 0; i < number_count(table); i++)
        printf("\t%s", number_names[i]);
    putchar('\n');
    for (size_t row = 0; row < table->count; row++) {
        const struct match *match = &table->rows[row];
        double numbers[NUMBERS];
        numbers_of(&match->result, numbers);
        printf("%s\t%s\t%s\t%zu", match->measure, match->name, base,
               match->result.count);
        for (size_t i = 0; i < number_count(table); i++)
            if (isnan(numbers[i]))
                printf("\tnan");
            else
                printf("\t%.*f", decimals, numbers[i]);
        putchar('\n');
    }
}

static bool put_text(struct buffer *out, const char *key, const char *text,
                     struct error *error)
{
    return eval_json_key(out, slice_of(key), error) &&
           json_append_string(out, slice_of(text), error) &&
           buffer_append_text(out, ", ", error);
}

static bool put_match(struct buffer *out, const struct match *match,
                      const char *base, size_t numbers_shown, int decimals,
                      struct error *error)
{
    double numbers[NUMBERS];
    char number[EVAL_NUMBER_BYTES];
    numbers_of(&match->result, numbers);
    snprintf(number, sizeof number, "%zu", match->result.count);
    bool fine = buffer_append_text(out, "{", error) &&
                put_text(out, "measure", match->measure, error) &&
                put_text(out, "system", match->name, error) &&
                put_text(out, "against", base, error) &&
                eval_json_key(out, slice_of("queries"), error) &&
                buffer_append_text(out, number, error);
    for (size_t i = 0; fine && i < numbers_shown; i++) {
        eval_json_number(numbers[i], decimals, number);
        fine = buffer_append_text(out, ", ", error) &&
               eval_json_key(out, slice_of(number_names[i]), error) &&
               buffer_append_text(out, number, error);
    }
    return fine && buffer_append_text(out, "}", error);
}

static bool print_json(const struct table *table, const char *base,
                       int decimals, struct error *error)
{
    struct buffer out = {0};
    bool fine = buffer_append_text(&out, "[", error);
    for (size_t i = 0; fine && i < table->count; i++)
        fine = (i == 0 || buffer_append_text(&out, ",\n ", error)) &&
               put_match(&out, &table->rows[i], base, number_count(table),
                         decimals, error);
    fine = fine && buffer_append_text(&out, "]\n", error);
    if (fine)
        fwrite(out.bytes, 1, out.length, stdout);
    buffer_free(&out);
    return fine;
}

static bool print(const struct table *table, const char *base,
                  const struct options *options, struct error *error)
{
    int decimals = options->decimals < 0 ? 4 : options->decimals;
    if (options->eval.form == EVAL_JSON) {
        if (!print_json(table, base, options->decimals, error))
            return false;
    } else {
        print_table(table, base, decimals);
    }
    return print_finish(error);
}

static bool all_pass(const struct contestant *list, size_t count,
                     const struct options *options, struct error *error)
{
    bool pass = true;
    for (size_t i = 1; i < count && !error->set; i++) {
        struct figures figures = {0};
        if (figures_of(&figures, &list[i].evaluation, NULL, false, error))
            pass &= eval_gates_pass(&figures, options, error);
        figures_free(&figures);
    }
    return pass;
}

int eval_compare(const struct contestant *list, size_t count,
                 const struct options *options, struct error *error)
{
    struct table table = {0};
    int status = EXIT_TROUBLE;
    if (fill(&table, list, count, options, error) &&
        print(&table, list[0].name, options, error))
        status =
            all_pass(list, count, options, error) ? EXIT_DONE : EXIT_NOTHING;
    memory_free(table.rows);
    return status;
}
