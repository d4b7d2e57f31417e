#include "cli/eval/print.h"

#include "base/json.h"
#include "cli/message.h"
#include "io/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct slice all_parts = {"all", 3};

static struct slice part_name(const struct figure *figure)
{
    return figure->part.bytes != NULL ? figure->part : all_parts;
}

static int decimals_of(const struct options *options)
{
    return options->decimals < 0 ? 4 : options->decimals;
}

static void print_value(const struct figure *figure, double value, int decimals,
                        int width)
{
    if (isnan(value)) /* printf may print its sign */
        printf("%*s", width, "nan");
    else
        printf("%*.*f", figure->is_count ? 0 : width,
               figure->is_count ? 0 : decimals, value);
}

static void print_text(const struct figures *figures,
                       const struct options *options)
{
    int decimals = decimals_of(options);
    if (figures->run.bytes != NULL)
        printf("%-22s\tall\t%.*s\n", "runid", (int)figures->run.length,
               figures->run.bytes);
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->list[i];
        struct slice part = part_name(figure);
        printf("%-22s\t%.*s\t", figure->name, (int)part.length, part.bytes);
        if (figures->has_before) {
            print_value(figure, figure->before, decimals, 6);
            fputs(" -> ", stdout);
        }
        print_value(figure, figure->value, decimals, 6);
        putchar('\n');
    }
}

static void print_tsv(const struct figures *figures,
                      const struct options *options)
{
    int decimals = decimals_of(options);
    printf("measure\t%s\t%s\n",
           strcmp(figures->parts, "labels") == 0 ? "label" : "query",
           figures->has_before ? "before\tafter" : "value");
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->list[i];
        struct slice part = part_name(figure);
        printf("%s\t%.*s\t", figure->name, (int)part.length, part.bytes);
        if (figures->has_before) {
            print_value(figure, figure->before, decimals, 0);
            putchar('\t');
        }
        print_value(figure, figure->value, decimals, 0);
        putchar('\n');
    }
}

/*** JSON ***/

void eval_json_number(double value, int decimals, char out[EVAL_NUMBER_BYTES])
{
    if (!isfinite(value)) {
        snprintf(out, EVAL_NUMBER_BYTES, "null");
        return;
    }
    if (decimals >= 0) {
        snprintf(out, EVAL_NUMBER_BYTES, "%.*f", decimals, value);
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, EVAL_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            return;
    }
}

bool eval_json_key(struct buffer *out, struct slice key, struct error *error)
{
    return json_append_string(out, key, error) &&
           buffer_append_text(out, ": ", error);
}

static bool put_number(struct buffer *out, const struct figure *figure,
                       double value, int decimals, struct error *error)
{
    char number[EVAL_NUMBER_BYTES];
    eval_json_number(value, figure->is_count ? 0 : decimals, number);
    return buffer_append_text(out, number, error);
}

static bool put_figure(struct buffer *out, const struct figures *figures,
                       const struct figure *figure, int decimals,
                       struct error *error)
{
    bool both = figures->has_before;
    return eval_json_key(out, slice_of(figure->name), error) &&
           (!both ||
            (buffer_append_text(out, "{\"before\": ", error) &&
             put_number(out, figure, figure->before, decimals, error) &&
             buffer_append_text(out, ", \"after\": ", error))) &&
           put_number(out, figure, figure->value, decimals, error) &&
           (!both || buffer_append_text(out, "}", error));
}

/* The members of one part: figures from *at on, as long as they are its. */
static bool put_part(struct buffer *out, const struct figures *figures,
                     size_t *at, int decimals, struct error *error)
{
    struct slice part = figures->list[*at].part;
    size_t first = *at;
    bool fine = buffer_append_text(out, "{", error);
    for (; fine && *at < figures->count &&
           figures->list[*at].part.bytes == part.bytes;
         ++*at)
        fine = (*at == first || buffer_append_text(out, ", ", error)) &&
               put_figure(out, figures, &figures->list[*at], decimals, error);
    return fine && buffer_append_text(out, "}", error);
}

static bool put_all(struct buffer *out, const struct figures *figures,
                    int decimals, struct error *error)
{
    size_t at = 0;
    bool fine = buffer_append_text(out, "{", error);
    if (figures->count > 0 && figures->list[0].part.bytes != NULL) {
        fine = fine && eval_json_key(out, slice_of(figures->parts), error);
        while (fine && at < figures->count &&
               figures->list[at].part.bytes != NULL)
            fine = buffer_append_text(out, at == 0 ? "{" : ",\n  ", error) &&
                   eval_json_key(out, figures->list[at].part, error) &&
                   put_part(out, figures, &at, decimals, error);
        fine = fine && buffer_append_text(out, "},\n ", error);
    }
    return fine && buffer_append_text(out, "\"measures\": ", error) &&
           put_part(out, figures, &at, decimals, error) &&
           buffer_append_text(out, "}\n", error);
}

static bool print_json(const struct figures *figures,
                       const struct options *options, struct error *error)
{
    struct buffer out = {0};
    bool fine = put_all(&out, figures, options->decimals, error);
    if (fine)
        fwrite(out.bytes, 1, out.length, stdout);
    buffer_free(&out);
    return fine;
}

bool eval_print(const struct figures *figures, const struct options *options,
                struct error *error)
{
    switch (options->eval.form) {
    case EVAL_TEXT:
        print_text(figures, options);
        break;
    case EVAL_TSV:
        print_tsv(figures, options);
        break;
    case EVAL_JSON:
        if (!print_json(figures, options, error))
            return false;
    }
    return print_finish(error);
}

/*** Gates ***/

struct min_value {
    char name[MEASURE_NAME_BYTES];
    double least;
};

/* "nDCG@10=0.7": the last '=' parts them, a name may have its own. */
static bool read_min(struct slice text, struct min_value *gate,
                     struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    size_t equals = text.length;
    while (equals > 0 && text.bytes[equals - 1] != '=')
        equals--;
    struct slice number = {text.bytes + equals, text.length - equals};
    if (equals < 2 || equals > sizeof gate->name ||
        !number_read(number, &gate->least))
        return error_set(error, "--min '%s': MEASURE=X was expected",
                         text_quote(text, quoted));
    memcpy(gate->name, text.bytes, equals - 1);
    gate->name[equals - 1] = '\0';
    return true;
}

/* Takes the first gate off the list; false behind the last or with error. */
static bool next_min(struct slice *rest, struct min_value *gate,
                     struct error *error)
{
    while (rest->length > 0) {
        size_t length = measure_name_length(*rest);
        struct slice text = {rest->bytes, length};
        size_t used = length < rest->length ? length + 1 : length;
        *rest = (struct slice){rest->bytes + used, rest->length - used};
        if (length > 0)
            return read_min(text, gate, error);
    }
    return false;
}

bool eval_gate_measures(const struct options *options,
                        struct measure_list *measures, struct error *error)
{
    struct min_value gate;
    if (options->eval.gates == NULL)
        return true;
    struct slice rest = slice_of(options->eval.gates);
    while (next_min(&rest, &gate, error))
        if (!measures_add(measures, gate.name, error))
            return false;
    return !error->set;
}

static bool no_such_figure(const struct figures *figures, const char *name,
                           struct error *error)
{
    struct name_line names = {0};
    for (size_t i = 0; i < figures->count; i++)
        if (figures->list[i].part.bytes == NULL)
            name_line_add(&names, slice_of(figures->list[i].name));
    return error_set(error, "--min: no measure '%s' here: there are %s", name,
                     name_line_end(&names, "none"));
}

bool eval_gates_pass(const struct figures *figures,
                     const struct options *options, struct error *error)
{
    struct min_value gate;
    bool pass = true;
    if (options->eval.gates == NULL)
        return true;
    struct slice rest = slice_of(options->eval.gates);
    while (next_min(&rest, &gate, error)) {
        const struct figure *figure = figures_find(figures, gate.name);
        if (figure == NULL)
            return no_such_figure(figures, gate.name, error);
        if (figure->value >= gate.least)
            continue;
        pass = false;
        warn(options, "%s is %.6g: below %g", gate.name, figure->value,
             gate.least);
    }
    return pass;
}
