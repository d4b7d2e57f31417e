#include "cli/scoring/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct form_row {
    const char *name;
    bool has_ids, is_answer;
    char delimiter;
} rows[] = {
    [FORM_RECORDS] = {"", false, false, '\t'},
    [FORM_TREC] = {"trec", true, false, ' '},
    [FORM_MSMARCO] = {"msmarco", true, false, '\t'},
    [FORM_TEI] = {"tei", false, true, '\t'},
    [FORM_COHERE] = {"cohere", false, true, '\t'},
};

enum form form_find(const char *columns)
{
    for (size_t i = FORM_TREC; columns && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(columns, rows[i].name) == 0)
            return (enum form)i;
    return FORM_RECORDS;
}

bool form_has_ids(enum form form)
{
    return rows[form].has_ids;
}

bool form_is_answer(enum form form)
{
    return rows[form].is_answer;
}

char form_delimiter(enum form form)
{
    return rows[form].delimiter;
}

/* Fields of a run are parted by blanks or TABs, and nothing escapes them. */
static bool check_id(const struct record_facts *facts, const char *what,
                     struct slice id, bool blank_is_bad, struct error *error)
{
    for (size_t i = 0; i < id.length; i++) {
        char byte = id.bytes[i];
        if (byte == '\t' || byte == '\n' || (blank_is_bad && byte == ' ')) {
            char quoted[TEXT_QUOTE_BYTES];
            return error_at(error, facts->file, facts->line,
                            "%s '%s' has a blank: a run cannot hold it", what,
                            text_quote(id, quoted));
        }
    }
    return true;
}

static struct value text_value(struct slice text)
{
    return (struct value){.kind = VALUE_TEXT, .text = text};
}

bool form_put(struct writer *writer, enum form form,
              const struct form_line *line, struct error *error)
{
    static const struct slice none = {NULL, 0};
    const struct record_facts *facts = line->facts;
    char index[24];
    snprintf(index, sizeof index, "%" PRIu64, facts->index);
    struct slice id = facts->id.length > 0 ? facts->id : slice_of(index);
    struct slice query = facts->group.length > 0 ? facts->group : slice_of("1");
    bool is_trec = form == FORM_TREC;
    if (!check_id(facts, "query", query, is_trec, error) ||
        !check_id(facts, "id", id, is_trec, error))
        return false;

    struct value query_value = text_value(query), id_value = text_value(id);
    struct value rank = {.kind = VALUE_INTEGER, .integer = (int64_t)line->rank};
    struct value score = {.kind = VALUE_NUMBER, .number = line->order};
    struct value trec[] = {query_value, text_value(slice_of("Q0")),
                           id_value,    rank,
                           score,       text_value(slice_of("xenc"))};
    struct value msmarco[] = {query_value, id_value, rank};
    return is_trec ? writer_put(writer, none, trec, sizeof trec / sizeof *trec,
                                error)
                   : writer_put(writer, none, msmarco,
                                sizeof msmarco / sizeof *msmarco, error);
}
