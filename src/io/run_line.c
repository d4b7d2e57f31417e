#include "io/run_line.h"

#include <stdlib.h>
#include <string.h>

enum { TREC_FIELDS = 6, MSMARCO_FIELDS = 3, MOST_FIELDS = TREC_FIELDS + 1 };

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

/* The fields, at most MOST_FIELDS of them. */
static size_t split(struct slice line, struct slice fields[MOST_FIELDS])
{
    const char *at = line.bytes, *end = line.bytes + line.length;
    size_t count = 0;
    while (count < MOST_FIELDS) {
        while (at < end && is_blank(*at))
            at++;
        if (at == end)
            break;
        const char *start = at;
        while (at < end && !is_blank(*at))
            at++;
        fields[count++] = (struct slice){start, (size_t)(at - start)};
    }
    return count;
}

static bool is_number(struct slice text)
{
    char copy[64], *end;
    if (text.length == 0 || text.length >= sizeof copy)
        return false;
    memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    strtod(copy, &end);
    return *end == '\0';
}

static const char *fields_of(enum run_kind kind)
{
    switch (kind) {
    case RUN_TREC:
        return "qid Q0 docno rank score tag";
    case RUN_MSMARCO:
        return "qid pid rank";
    case RUN_UNKNOWN:
        break;
    }
    return "qid Q0 docno rank score tag, or qid pid rank";
}

static bool check_number(struct slice text, const char *what,
                         enum run_kind kind, const char *file, uint64_t number,
                         struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    return is_number(text) ||
           error_at(error, file, number,
                    "%s '%s' is not a number: fields are %s", what,
                    text_quote(text, quoted), fields_of(kind));
}

bool run_line_parse(struct slice line, enum run_kind *kind,
                    struct run_line *parsed, const char *file, uint64_t number,
                    struct error *error)
{
    struct slice fields[MOST_FIELDS];
    size_t count = split(line, fields);
    enum run_kind found = count == TREC_FIELDS      ? RUN_TREC
                          : count == MSMARCO_FIELDS ? RUN_MSMARCO
                                                    : RUN_UNKNOWN;
    if (found == RUN_UNKNOWN || (*kind != RUN_UNKNOWN && found != *kind))
        return error_at(error, file, number, "%s%zu field%s: fields are %s",
                        count == MOST_FIELDS ? "at least " : "", count,
                        count == 1 ? "" : "s", fields_of(*kind));
    *kind = found;
    bool is_trec = found == RUN_TREC;
    *parsed = (struct run_line){fields[0], fields[is_trec ? 2 : 1]};
    return check_number(fields[is_trec ? 4 : 2], is_trec ? "score" : "rank",
                        found, file, number, error);
}
