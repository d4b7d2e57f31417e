#include "io/trec_line.h"

#include "io/numbers.h"

#include <limits.h>
#include <string.h>

enum {
    TAG_COLUMN = 5, /* whatever follows it; no other format has so many */
    MOST_COLUMNS    /* that are looked at */
};

/* What a format's lines look like. */
struct shape {
    size_t least, most; /* columns; most 0: any number */
    size_t document, number;
    bool skips_blank;
    const char *columns, *number_name, *number_kind;
    bool (*read_number)(struct slice text, double *number);
};

/* atol's number, but no text: digits, and decimals that are cut off. */
static bool read_grade(struct slice text, double *number)
{
    size_t sign = text.length > 0 && strchr("+-", text.bytes[0]) != NULL;
    size_t at = sign;
    double value = 0;
    while (at < text.length && text.bytes[at] >= '0' && text.bytes[at] <= '9')
        value = value * 10 + (text.bytes[at++] - '0');
    if (at == sign || value > INT_MAX / 2)
        return false;
    if (at < text.length) {
        double whole;
        if (text.bytes[at] != '.' || !number_read(text, &whole) ||
            memchr(text.bytes, 'e', text.length) != NULL ||
            memchr(text.bytes, 'E', text.length) != NULL)
            return false;
    }
    *number = sign && text.bytes[0] == '-' ? -value : value;
    return true;
}

/* Any grade is as good as 1: the script never looks at it. */
static bool read_no_grade(struct slice text, double *number)
{
    (void)text;
    *number = 1;
    return true;
}

static bool read_rank(struct slice text, double *number)
{
    size_t rank = 0;
    for (size_t i = 0; i < text.length && rank <= TREC_LAST_RANK; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        rank = rank * 10 + (size_t)(text.bytes[i] - '0');
    }
    *number = (double)rank;
    return rank >= 1 && rank <= TREC_LAST_RANK;
}

#define TREC_COLUMNS    "qid Q0 docno rank score tag"
#define MSMARCO_COLUMNS "qid docno rank"

static const struct shape shapes[TREC_FORMATS] = {
    [TREC_JUDGEMENTS] = {4, 4, 2, 3, false, "qid 0 docno grade", "grade",
                         "a whole number", read_grade},
    [BEIR_JUDGEMENTS] = {3, 3, 1, 2, false, "query-id corpus-id score", "score",
                         "a whole number", read_grade},
    [TREC_RUN] = {6, 0, 2, 4, true, TREC_COLUMNS, "score", "a number",
                  number_read},
    [MSMARCO_JUDGEMENTS] = {3, 4, 2, 3, false, "qid 0 docno 1", "", "",
                            read_no_grade},
    [MSMARCO_RUN] = {3, 3, 1, 2, true, MSMARCO_COLUMNS, "rank",
                     "a rank from 1 to 1000", read_rank},
    [MSMARCO_DEEP_RUN] = {3, 3, 1, 2, true, MSMARCO_COLUMNS, "rank", "a number",
                          number_read},
    /* No line has so many columns: what comes here is blank or wrong. */
    [ANY_RUN] = {.least = SIZE_MAX,
                 .skips_blank = true,
                 .columns = MSMARCO_COLUMNS " or " TREC_COLUMNS},
};

const char *trec_format_columns(enum trec_format format)
{
    return shapes[format].columns;
}

static bool is_comment(struct slice line)
{
    return line.length > 0 && line.bytes[0] == '#';
}

bool trec_line_is_beir_header(struct slice line)
{
    struct slice columns[3];
    double number;
    return !is_comment(line) && text_words(line, columns, 3) == 3 &&
           !number_read(columns[2], &number);
}

static bool fits(const struct shape *shape, size_t count)
{
    return count >= shape->least && (shape->most == 0 || count <= shape->most);
}

enum trec_format trec_line_run_format(struct slice line)
{
    size_t count = text_words(line, NULL, 0);
    return fits(&shapes[TREC_RUN], count)           ? TREC_RUN
           : fits(&shapes[MSMARCO_DEEP_RUN], count) ? MSMARCO_DEEP_RUN
                                                    : ANY_RUN;
}

static enum trec_found wrong_columns(const struct shape *shape,
                                     const struct record *record, size_t count,
                                     struct error *error)
{
    error_at(error, record->file, record->line,
             "%zu column%s: %s%s were expected", count, count == 1 ? "" : "s",
             shape->columns, shape->most == 0 ? " (or more)" : "");
    return TREC_WRONG;
}

static enum trec_found wrong_number(const struct shape *shape,
                                    const struct record *record,
                                    struct slice written, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    error_at(error, record->file, record->line,
             "%s '%s' is not %s: fields are %s", shape->number_name,
             text_quote(written, quoted), shape->number_kind, shape->columns);
    return TREC_WRONG;
}

enum trec_found trec_line_read(enum trec_format format,
                               const struct record *record,
                               struct trec_line *line, struct error *error)
{
    const struct shape *shape = &shapes[format];
    struct slice columns[MOST_COLUMNS] = {{0}};
    if (is_comment(record->bytes))
        return TREC_NOTHING;
    size_t count = text_words(record->bytes, columns, MOST_COLUMNS);
    if (count == 0 && shape->skips_blank)
        return TREC_NOTHING;
    if (!fits(shape, count))
        return wrong_columns(shape, record, count, error);
    *line = (struct trec_line){.query = columns[0],
                               .document = columns[shape->document],
                               .written = columns[shape->number],
                               .tag = columns[TAG_COLUMN]};
    if (!shape->read_number(line->written, &line->number))
        return wrong_number(shape, record, line->written, error);
    return TREC_ENTRY;
}
