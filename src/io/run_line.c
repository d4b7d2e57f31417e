#include "io/run_line.h"

#include "io/numbers.h"

enum { TREC_FIELDS = 6, MSMARCO_FIELDS = 3 };

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
    double value;
    return number_read(text, &value) ||
           error_at(error, file, number,
                    "%s '%s' is not a number: fields are %s", what,
                    text_quote(text, quoted), fields_of(kind));
}

bool run_line_parse(struct slice line, enum run_kind *kind,
                    struct run_line *parsed, const char *file, uint64_t number,
                    struct error *error)
{
    struct slice fields[TREC_FIELDS];
    size_t count = text_words(line, fields, TREC_FIELDS);
    enum run_kind found = count == TREC_FIELDS      ? RUN_TREC
                          : count == MSMARCO_FIELDS ? RUN_MSMARCO
                                                    : RUN_UNKNOWN;
    if (found == RUN_UNKNOWN || (*kind != RUN_UNKNOWN && found != *kind))
        return error_at(error, file, number, "%zu field%s: fields are %s",
                        count, count == 1 ? "" : "s", fields_of(*kind));
    *kind = found;
    bool is_trec = found == RUN_TREC;
    *parsed = (struct run_line){fields[0], fields[is_trec ? 2 : 1]};
    return check_number(fields[is_trec ? 4 : 2], is_trec ? "score" : "rank",
                        found, file, number, error);
}
