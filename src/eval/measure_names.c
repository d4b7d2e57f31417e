#include "eval/measure_names.h"

#include "io/numbers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum parameter {
    PARAMETER_NONE,
    PARAMETER_CUTOFF, /* must be there */
    PARAMETER_OPTIONAL_CUTOFF,
    PARAMETER_RECALL
};

/* Cutoffs of a family that is named without one; ended by 0. */
static const size_t usual_cutoffs[] = {5,   10,  15,  20,   30,
                                       100, 200, 500, 1000, 0};
static const size_t success_cutoffs[] = {1, 5, 10, 0};

/* trec_eval's name; a family is NAME_K. */
struct trec_name {
    const char *name;
    measure_function *value;
    enum measure_summary summary;
    enum parameter parameter;
    const size_t *cutoffs;
};

static const struct trec_name trec_names[] = {
    {"num_q", measure_queries, SUMMARY_QUERIES, PARAMETER_NONE, NULL},
    {"num_ret", measure_retrieved, SUMMARY_SUM, PARAMETER_NONE, NULL},
    {"num_rel", measure_relevant, SUMMARY_SUM, PARAMETER_NONE, NULL},
    {"num_rel_ret", measure_relevant_retrieved, SUMMARY_SUM, PARAMETER_NONE,
     NULL},
    {"num_nonrel_judged_ret", measure_irrelevant_retrieved, SUMMARY_SUM,
     PARAMETER_NONE, NULL},
    {"map", measure_average_precision, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"gm_map", measure_average_precision, SUMMARY_GEOMETRIC, PARAMETER_NONE,
     NULL},
    {"Rprec", measure_r_precision, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"bpref", measure_bpref, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"recip_rank", measure_reciprocal_rank, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"iprec_at_recall", measure_interpolated_precision, SUMMARY_MEAN,
     PARAMETER_RECALL, NULL},
    {"P", measure_precision, SUMMARY_MEAN, PARAMETER_CUTOFF, usual_cutoffs},
    {"recall", measure_recall, SUMMARY_MEAN, PARAMETER_CUTOFF, usual_cutoffs},
    {"infAP", measure_inferred_precision, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"11pt_avg", measure_eleven_points, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"ndcg", measure_ndcg, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"ndcg_cut", measure_ndcg, SUMMARY_MEAN, PARAMETER_CUTOFF, usual_cutoffs},
    {"map_cut", measure_average_precision, SUMMARY_MEAN, PARAMETER_CUTOFF,
     usual_cutoffs},
    {"success", measure_success, SUMMARY_MEAN, PARAMETER_CUTOFF,
     success_cutoffs},
    {"set_P", measure_set_precision, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"set_recall", measure_set_recall, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"set_map", measure_set_product, SUMMARY_MEAN, PARAMETER_NONE, NULL},
    {"set_F", measure_set_f, SUMMARY_MEAN, PARAMETER_NONE, NULL},
};

/* ir_measures' names and their second spellings, in letters of any case. */
static const struct {
    const char *name, *other;
    measure_function *value;
    enum measure_summary summary;
    enum parameter parameter;
} ir_names[] = {
    {"nDCG", "NDCG", measure_ndcg, SUMMARY_MEAN, PARAMETER_OPTIONAL_CUTOFF},
    {"RR", "MRR", measure_reciprocal_rank, SUMMARY_MEAN,
     PARAMETER_OPTIONAL_CUTOFF},
    {"AP", "MAP", measure_average_precision, SUMMARY_MEAN,
     PARAMETER_OPTIONAL_CUTOFF},
    {"P", "Precision", measure_precision, SUMMARY_MEAN, PARAMETER_CUTOFF},
    {"R", "Recall", measure_recall, SUMMARY_MEAN, PARAMETER_CUTOFF},
    {"Success", "Success", measure_success, SUMMARY_MEAN, PARAMETER_CUTOFF},
    {"Judged", "Judged", measure_judged, SUMMARY_MEAN, PARAMETER_CUTOFF},
    {"ERR", "ERR", measure_expected_reciprocal_rank, SUMMARY_MEAN,
     PARAMETER_CUTOFF},
    {"Rprec", "Rprec", measure_r_precision, SUMMARY_MEAN, PARAMETER_NONE},
    {"Bpref", "Bpref", measure_bpref, SUMMARY_MEAN, PARAMETER_NONE},
    {"infAP", "infAP", measure_inferred_precision, SUMMARY_MEAN,
     PARAMETER_NONE},
    {"IPrec", "IPrec", measure_interpolated_precision, SUMMARY_MEAN,
     PARAMETER_RECALL},
    {"SetP", "SetP", measure_set_precision, SUMMARY_MEAN, PARAMETER_NONE},
    {"SetR", "SetR", measure_set_recall, SUMMARY_MEAN, PARAMETER_NONE},
    {"SetF", "SetF", measure_set_f, SUMMARY_MEAN, PARAMETER_NONE},
    {"SetAP", "SetAP", measure_set_product, SUMMARY_MEAN, PARAMETER_NONE},
    {"NumQ", "NumQ", measure_queries, SUMMARY_QUERIES, PARAMETER_NONE},
    {"NumRet", "NumRet", measure_retrieved, SUMMARY_SUM, PARAMETER_NONE},
    {"NumRel", "NumRel", measure_relevant, SUMMARY_SUM, PARAMETER_NONE},
};

#define COUNT_OF(table) (sizeof(table) / sizeof *(table))

static struct slice after(struct slice text, size_t bytes)
{
    return (struct slice){text.bytes + bytes, text.length - bytes};
}

static struct slice before(struct slice text, size_t bytes)
{
    return (struct slice){text.bytes, bytes};
}

/* Where the byte first is, or the text's length. */
static size_t find(struct slice text, char byte)
{
    const char *at =
        text.length > 0 ? memchr(text.bytes, byte, text.length) : NULL;
    return at != NULL ? (size_t)(at - text.bytes) : text.length;
}

static bool whole_number(struct slice text, size_t *number)
{
    size_t value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9' || value > 100000000)
            return false;
        value = value * 10 + (size_t)(text.bytes[i] - '0');
    }
    *number = value;
    return text.length > 0;
}

static bool add(struct measure_list *list, const struct measure *measure,
                struct error *error)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, measure->name) == 0)
            return true;
    if (!memory_grow((void **)&list->items, &list->capacity, list->count + 1,
                     sizeof *list->items, error))
        return false;
    list->items[list->count++] = *measure;
    return true;
}

static bool misnamed(struct slice name, const char *expected,
                     struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error, "measure '%s': %s", text_quote(name, quoted),
                     expected);
}

/*** trec_eval's names ***/

static bool add_trec(struct measure_list *list, const struct trec_name *row,
                     size_t cutoff, double recall, struct error *error)
{
    struct measure measure = {.value = row->value,
                              .summary = row->summary,
                              .cutoff = cutoff,
                              .recall = recall};
    size_t room = sizeof measure.name;
    if (row->parameter == PARAMETER_RECALL)
        snprintf(measure.name, room, "%s_%.2f", row->name, recall);
    else if (row->parameter == PARAMETER_CUTOFF)
        snprintf(measure.name, room, "%s_%zu", row->name, cutoff);
    else
        snprintf(measure.name, room, "%s", row->name);
    return add(list, &measure, error);
}

static bool add_family(struct measure_list *list, const struct trec_name *row,
                       const size_t *cutoffs, struct error *error)
{
    bool fine = true;
    if (row->parameter == PARAMETER_NONE)
        return add_trec(list, row, 0, 0, error);
    if (row->parameter == PARAMETER_RECALL)
        for (int i = 0; i <= 10 && fine; i++)
            fine = add_trec(list, row, 0, i / 10.0, error);
    else
        for (size_t i = 0; cutoffs[i] != 0 && fine; i++)
            fine = add_trec(list, row, cutoffs[i], 0, error);
    return fine;
}

/* The 10 of P_10 or the 0.10 of iprec_at_recall_0.10. */
static bool add_member(struct measure_list *list, const struct trec_name *row,
                       struct slice number, struct slice whole,
                       struct error *error)
{
    size_t cutoff = 0;
    double recall = 0;
    if (row->parameter == PARAMETER_RECALL &&
        (!number_read(number, &recall) || !(recall >= 0 && recall <= 1)))
        return misnamed(whole, "a recall from 0 to 1 was expected", error);
    if (row->parameter == PARAMETER_CUTOFF &&
        (!whole_number(number, &cutoff) || cutoff == 0))
        return misnamed(whole, "a rank of at least 1 was expected", error);
    return add_trec(list, row, cutoff, recall, error);
}

/* "2=9": grade 2 is worth 9. */
static bool add_gain(struct measure *measure, struct slice text, char between,
                     struct error *error)
{
    size_t at = find(text, between), grade;
    struct gain gain;
    if (at == text.length || !whole_number(before(text, at), &grade) ||
        !number_read(after(text, at + 1), &gain.worth))
        return misnamed(text, "GRADE=GAIN was expected, as 2=9", error);
    if (measure->gain_count == MEASURE_GAINS)
        return misnamed(text, "one gain too many", error);
    gain.grade = (int32_t)grade;
    measure->gains[measure->gain_count++] = gain;
    return true;
}

static bool add_ndcg_with_gain(struct measure_list *list, struct slice name,
                               struct error *error)
{
    struct measure measure = {.value = measure_ndcg};
    snprintf(measure.name, sizeof measure.name, "%.*s", (int)name.length,
             name.bytes);
    return add_gain(&measure, after(name, strlen("ndcg.")), '=', error) &&
           add(list, &measure, error);
}

/* The row whose name begins the text, with nothing, '_' or '.' behind it. */
static const struct trec_name *find_trec(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(trec_names); i++) {
        const struct trec_name *row = &trec_names[i];
        size_t length = strlen(row->name);
        if (name.length < length || memcmp(name.bytes, row->name, length) != 0)
            continue;
        if (name.length == length ||
            (row->parameter != PARAMETER_NONE && name.length > length + 1 &&
             strchr("_.", name.bytes[length]) != NULL &&
             strchr("0123456789.", name.bytes[length + 1]) != NULL))
            return row;
    }
    return NULL;
}

static bool is_gain(struct slice name)
{
    return name.length > 5 && memcmp(name.bytes, "ndcg.", 5) == 0 &&
           find(name, '=') < name.length;
}

/*** ir_measures' names ***/

static bool read_gains(struct measure *measure, struct slice value,
                       struct slice whole, struct error *error)
{
    if (value.length < 2 || value.bytes[0] != '{' ||
        value.bytes[value.length - 1] != '}')
        return misnamed(whole, "gains={1:1,2:3} was expected", error);
    struct slice rest = {value.bytes + 1, value.length - 2};
    while (rest.length > 0) {
        size_t end = find(rest, ',');
        if (!add_gain(measure, before(rest, end), ':', error))
            return false;
        rest = after(rest, end < rest.length ? end + 1 : end);
    }
    return true;
}

static bool read_parameter(struct measure *measure, struct slice text,
                           struct slice whole, struct error *error)
{
    size_t equals = find(text, '='), level;
    struct slice key = before(text, equals);
    struct slice value =
        after(text, equals < text.length ? equals + 1 : equals);
    if (slice_is(key, "rel") && whole_number(value, &level)) {
        measure->has_level = true;
        measure->level = (int32_t)level;
        return true;
    }
    if (slice_is(key, "judged_only") &&
        (slice_is(value, "True") || slice_is(value, "False"))) {
        measure->judged_only = slice_is(value, "True");
        return true;
    }
    if (slice_is(key, "gains") && measure->value == measure_ndcg)
        return read_gains(measure, value, whole, error);
    if (slice_is(key, "dcg") && measure->value == measure_ndcg &&
        (slice_is(value, "'log2'") || slice_is(value, "'exp-log2'"))) {
        measure->is_exponential = slice_is(value, "'exp-log2'");
        return true;
    }
    return misnamed(whole,
                    "parameters are rel=N, judged_only=True, and for nDCG "
                    "gains={1:1,2:3} and dcg='exp-log2'",
                    error);
}

/* The end of the first parameter: a comma outside braces. */
static size_t parameter_length(struct slice text)
{
    int depth = 0;
    for (size_t i = 0; i < text.length; i++) {
        depth += (text.bytes[i] == '{') - (text.bytes[i] == '}');
        if (depth == 0 && text.bytes[i] == ',')
            return i;
    }
    return text.length;
}

/* "(rel=2,judged_only=True)"; rest: what stands behind it. */
static bool read_parameters(struct measure *measure, struct slice whole,
                            struct slice *rest, struct error *error)
{
    size_t end = find(*rest, ')');
    if (end == rest->length)
        return misnamed(whole, "no ')' closes its '('", error);
    struct slice inside = {rest->bytes + 1, end - 1};
    *rest = after(*rest, end + 1);
    while (inside.length > 0) {
        size_t length = parameter_length(inside);
        if (!read_parameter(measure, before(inside, length), whole, error))
            return false;
        inside = after(inside, length < inside.length ? length + 1 : length);
        while (inside.length > 0 && inside.bytes[0] == ' ')
            inside = after(inside, 1);
    }
    return true;
}

static bool read_cutoff(struct measure *measure, enum parameter parameter,
                        struct slice rest, struct slice whole,
                        struct error *error)
{
    struct slice number = rest.length > 0 ? after(rest, 1) : rest;
    bool has_cutoff = rest.length > 0 && rest.bytes[0] == '@';
    if (rest.length > 0 && !has_cutoff)
        return misnamed(whole, "NAME(parameters)@k was expected", error);
    if (parameter == PARAMETER_NONE)
        return !has_cutoff || misnamed(whole, "it takes no cutoff", error);
    if (parameter == PARAMETER_RECALL)
        return (has_cutoff && number_read(number, &measure->recall) &&
                measure->recall >= 0 && measure->recall <= 1) ||
               misnamed(whole, "a recall was expected, as IPrec@0.1", error);
    if (!has_cutoff && parameter == PARAMETER_OPTIONAL_CUTOFF)
        return true;
    return (has_cutoff && whole_number(number, &measure->cutoff) &&
            measure->cutoff > 0) ||
           misnamed(whole, "a cutoff was expected, as P@10", error);
}

static bool unknown(struct slice name, struct error *error)
{
    return misnamed(name,
                    "it is not known: there are nDCG@k, RR@k, AP, P@k, R@k, "
                    "Success@k, Judged@k, Rprec, Bpref, infAP, IPrec@p, ERR@k, "
                    "SetP, SetR, SetF, SetAP, NumQ, NumRet, NumRel, and "
                    "trec_eval's names of them",
                    error);
}

static bool add_ir(struct measure_list *list, struct slice name,
                   struct error *error)
{
    struct measure measure = {0};
    size_t length = 0, row = 0;
    while (length < name.length && strchr("(@", name.bytes[length]) == NULL)
        length++;
    while (row < COUNT_OF(ir_names) &&
           (strlen(ir_names[row].name) != length ||
            strncasecmp(name.bytes, ir_names[row].name, length) != 0) &&
           (strlen(ir_names[row].other) != length ||
            strncasecmp(name.bytes, ir_names[row].other, length) != 0))
        row++;
    if (row == COUNT_OF(ir_names) || name.length >= sizeof measure.name)
        return unknown(name, error);

    measure.value = ir_names[row].value;
    measure.summary = ir_names[row].summary;
    memcpy(measure.name, name.bytes, name.length);
    struct slice rest = after(name, length);
    if (rest.length > 0 && rest.bytes[0] == '(' &&
        !read_parameters(&measure, name, &rest, error))
        return false;
    if (!read_cutoff(&measure, ir_names[row].parameter, rest, name, error))
        return false;
    measure.ties_rise =
        measure.value == measure_judged ||
        (measure.value == measure_reciprocal_rank && measure.cutoff > 0);
    if (measure.value == measure_retrieved && measure.has_level)
        measure.value = measure_relevant_retrieved;
    return add(list, &measure, error);
}

/*** Lists ***/

size_t measure_name_length(struct slice names)
{
    int depth = 0;
    for (size_t i = 0; i < names.length; i++) {
        char byte = names.bytes[i];
        depth += (byte == '(') - (byte == ')');
        if (depth <= 0 && (byte == ',' || byte == ' '))
            return i;
    }
    return names.length;
}

/* trec_eval goes on behind a comma: ndcg_cut.10,20 and ndcg.1=3.5,2=9. */
static bool continues(struct slice name)
{
    for (size_t i = 0; i < name.length; i++)
        if (strchr("0123456789.=", name.bytes[i]) == NULL)
            return false;
    return true;
}

/* What an item that begins with a digit goes on with. */
struct dotted {
    const struct trec_name *family; /* ndcg_cut.10 came before */
    bool is_gain;                   /* ndcg.1=3.5 did */
};

static bool add_trec_name(struct measure_list *list,
                          const struct trec_name *row, struct slice name,
                          struct dotted *dotted, struct error *error)
{
    size_t length = strlen(row->name);
    if (name.length == length)
        return add_family(list, row, row->cutoffs, error);
    if (name.bytes[length] == '.')
        dotted->family = row;
    return add_member(list, row, after(name, length + 1), name, error);
}

static bool add_name(struct measure_list *list, struct slice name,
                     struct dotted *dotted, struct error *error)
{
    if (dotted->is_gain && continues(name))
        return add_gain(&list->items[list->count - 1], name, '=', error);
    if (dotted->family != NULL && continues(name))
        return add_member(list, dotted->family, name, name, error);

    *dotted = (struct dotted){.is_gain = is_gain(name)};
    if (dotted->is_gain)
        return add_ndcg_with_gain(list, name, error);
    const struct trec_name *row = find_trec(name);
    return row != NULL ? add_trec_name(list, row, name, dotted, error)
                       : add_ir(list, name, error);
}

bool measures_add(struct measure_list *list, const char *names,
                  struct error *error)
{
    struct slice rest = slice_of(names);
    struct dotted dotted = {0};
    while (rest.length > 0) {
        size_t length = measure_name_length(rest);
        if (length > 0 && !add_name(list, before(rest, length), &dotted, error))
            return false;
        rest = after(rest, length < rest.length ? length + 1 : length);
    }
    return list->count > 0 || error_set(error, "no measure was named");
}

bool measures_add_official(struct measure_list *list, struct error *error)
{
    return measures_add(list,
                        "num_q,num_ret,num_rel,num_rel_ret,map,gm_map,Rprec,"
                        "bpref,recip_rank,iprec_at_recall,P",
                        error);
}

bool measures_add_all(struct measure_list *list, struct error *error)
{
    static const size_t cutoffs[] = {1,  3,   5,   10,  15,   20,
                                     30, 100, 200, 500, 1000, 0};
    bool fine = true;
    for (size_t i = 0; i < COUNT_OF(trec_names) && fine; i++)
        fine = add_family(list, &trec_names[i], cutoffs, error);
    return fine;
}

void measures_free(struct measure_list *list)
{
    memory_free(list->items);
    *list = (struct measure_list){0};
}
