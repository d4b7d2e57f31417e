#include "eval/trecfiles.h"

#include "io/numbers.h"
#include "io/reader.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* What a format's lines look like. */
struct shape {
    size_t least, most; /* columns; most 0: any number */
    size_t document, number;
    bool skips_blank;
    const char *columns, *number_name, *number_kind;
    bool (*read_number)(struct trec_file *file, struct slice text,
                        double *number);
};

static bool read_score(struct trec_file *file, struct slice text,
                       double *number)
{
    (void)file;
    return number_read(text, number);
}

/* atol's number, but no text: digits, and decimals that are cut off. */
static bool read_grade(struct trec_file *file, struct slice text,
                       double *number)
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
        file->decimal_grades++;
    }
    *number = sign && text.bytes[0] == '-' ? -value : value;
    return true;
}

/* Any grade is as good as 1: the script never looks at it. */
static bool read_no_grade(struct trec_file *file, struct slice text,
                          double *number)
{
    file->zero_grades += slice_is(text, "0");
    *number = 1;
    return true;
}

static bool read_rank(struct trec_file *file, struct slice text, double *number)
{
    (void)file;
    size_t rank = 0;
    for (size_t i = 0; i < text.length && rank <= TREC_LAST_RANK; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9')
            return false;
        rank = rank * 10 + (size_t)(text.bytes[i] - '0');
    }
    *number = (double)rank;
    return rank >= 1 && rank <= TREC_LAST_RANK;
}

static const struct shape shapes[TREC_FORMATS] = {
    [TREC_JUDGEMENTS] = {4, 4, 2, 3, false, "query, 0, document, grade",
                         "grade", "a whole number", read_grade},
    [TREC_RUN] = {6, 0, 2, 4, true, "query, Q0, document, rank, score, tag",
                  "score", "a number", read_score},
    [MSMARCO_JUDGEMENTS] = {3, 4, 2, 3, false, "query, 0, document, 1", "", "",
                            read_no_grade},
    [MSMARCO_RUN] = {3, 3, 1, 2, true, "query, document, rank", "rank",
                     "1 to 1000", read_rank},
};

/* BEIR's judgements, below a header line. */
static const struct shape beir_shape = {3,         3,
                                        1,         2,
                                        false,     "query-id, corpus-id, score",
                                        "score",   "a whole number",
                                        read_grade};

/* An entry while its query's others are still to come. */
struct trec_row {
    size_t offset, length; /* of the document in file->text */
    size_t query;
    double number;
    uint64_t line;
};

struct loader {
    struct trec_builder builder;
    const struct shape *shape;
};

enum { MOST_COLUMNS = 8 }; /* that are looked at */

void trec_begin(struct trec_builder *builder, struct trec_file *file,
                const char *name)
{
    *file = (struct trec_file){.name = name};
    *builder = (struct trec_builder){.file = file};
}

static bool add_query(struct trec_builder *builder, struct slice id,
                      struct error *error)
{
    struct slice owned = {
        arena_copy(&builder->file->ids, id.bytes, id.length, error), id.length};
    if (owned.bytes == NULL ||
        !memory_grow((void **)&builder->queries, &builder->query_capacity,
                     builder->query_count + 1, sizeof *builder->queries,
                     error) ||
        !slice_map_put(&builder->by_id, owned, (int32_t)builder->query_count,
                       error))
        return false;
    builder->last = builder->query_count++;
    builder->queries[builder->last] = (struct trec_query){.id = owned};
    return true;
}

/* Lines of a query stand together, mostly. */
static bool find_query(struct trec_builder *builder, struct slice id,
                       struct error *error)
{
    if (builder->query_count > 0 &&
        slice_equal(builder->queries[builder->last].id, id))
        return true;
    int32_t at = slice_map_get(&builder->by_id, id);
    if (at < 0)
        return add_query(builder, id, error);
    builder->last = (size_t)at;
    return true;
}

bool trec_add(struct trec_builder *builder, struct slice query,
              const struct trec_entry *entry, struct error *error)
{
    struct buffer *text = &builder->file->text;
    struct slice document = entry->document;
    if (!find_query(builder, query, error) ||
        !memory_grow((void **)&builder->rows, &builder->capacity,
                     builder->count + 1, sizeof *builder->rows, error))
        return false;
    builder->rows[builder->count++] =
        (struct trec_row){text->length, document.length, builder->last,
                          entry->number, entry->line};
    builder->queries[builder->last].count++;
    return buffer_append(text, document.bytes, document.length, error);
}

/* A third column that is no number makes the first line BEIR's header. */
static bool is_beir_header(const struct loader *loader, size_t count,
                           const struct slice *columns)
{
    double number;
    return loader->shape == &shapes[TREC_JUDGEMENTS] &&
           loader->builder.count == 0 && count == 3 &&
           !number_read(columns[2], &number);
}

static bool wrong_columns(const struct loader *loader, const char *name,
                          uint64_t line, size_t count, struct error *error)
{
    const struct shape *shape = loader->shape;
    return error_at(error, name, line, "%zu column%s: %s%s were expected",
                    count, count == 1 ? "" : "s", shape->columns,
                    shape->most == 0 ? " (or more)" : "");
}

static bool add_line(struct loader *loader, const struct record *record,
                     struct error *error)
{
    struct slice columns[MOST_COLUMNS] = {{0}};
    const char *name = loader->builder.file->name;
    const struct shape *shape = loader->shape;
    if (record->bytes.length > 0 && record->bytes.bytes[0] == '#')
        return true;
    size_t count = text_words(record->bytes, columns, MOST_COLUMNS);
    if (count == 0 && shape->skips_blank)
        return true;
    if (is_beir_header(loader, count, columns)) {
        loader->shape = &beir_shape;
        loader->builder.file->has_header = true;
        return true;
    }
    if (count < shape->least || (shape->most > 0 && count > shape->most))
        return wrong_columns(loader, name, record->line, count, error);

    double number;
    if (!shape->read_number(loader->builder.file, columns[shape->number],
                            &number)) {
        char quoted[TEXT_QUOTE_BYTES];
        return error_at(error, name, record->line,
                        "%s '%s': %s was expected; columns are %s",
                        shape->number_name,
                        text_quote(columns[shape->number], quoted),
                        shape->number_kind, shape->columns);
    }
    struct trec_entry entry = {columns[shape->document], number, record->line};
    return trec_add(&loader->builder, columns[0], &entry, error);
}

/* The tag is the sixth column, whatever follows it. */
static bool keep_tag(struct trec_file *file, struct slice line,
                     struct error *error)
{
    struct slice columns[MOST_COLUMNS] = {{0}};
    text_words(line, columns, MOST_COLUMNS);
    struct slice tag = columns[5];
    file->tag.length = tag.length;
    file->tag.bytes = arena_copy(&file->ids, tag.bytes, tag.length, error);
    return file->tag.bytes != NULL;
}

static bool read_lines(struct loader *loader, struct error *error)
{
    struct reader_options options = {
        .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\n'};
    struct reader *reader =
        reader_open(&options, &loader->builder.file->name, 1, error);
    struct record record;
    bool fine = reader != NULL;
    while (fine && reader_next(reader, true, &record, error) == READER_RECORD) {
        bool is_first = loader->builder.count == 0;
        fine = add_line(loader, &record, error);
        if (fine && is_first && loader->builder.count == 1 &&
            loader->shape == &shapes[TREC_RUN])
            fine = keep_tag(loader->builder.file, record.bytes, error);
    }
    reader_close(reader);
    return !error->set;
}

static int by_id(const void *left, const void *right)
{
    const struct trec_query *a = left, *b = right;
    return slice_compare(a->id, b->id);
}

/* Rows in file order -> entries of one query side by side, queries in the order
 * of their ids. */
static bool assemble(struct trec_builder *builder, struct error *error)
{
    struct trec_file *file = builder->file;
    file->entries = memory_new(builder->count, sizeof *file->entries, error);
    if (file->entries == NULL)
        return false;
    size_t at = 0;
    for (size_t i = 0; i < builder->query_count; i++) {
        builder->queries[i].entries = file->entries + at;
        at += builder->queries[i].count;
        builder->queries[i].count = 0;
    }
    for (size_t i = 0; i < builder->count; i++) {
        const struct trec_row *row = &builder->rows[i];
        struct trec_query *query = &builder->queries[row->query];
        query->entries[query->count++] =
            (struct trec_entry){{file->text.bytes + row->offset, row->length},
                                row->number,
                                row->line};
    }
    file->queries = builder->queries;
    file->count = builder->query_count;
    file->entry_count = builder->count;
    builder->queries = NULL;
    qsort(file->queries, file->count, sizeof *file->queries, by_id);
    return true;
}

/* Maps the query's documents to their entries; a second one is an error, or
 * counted where the format allows it. */
static bool find_doubles(struct trec_file *file, bool allows_doubles,
                         const struct trec_query *query,
                         struct slice_map *documents, struct error *error)
{
    for (size_t i = 0; i < query->count; i++) {
        const struct trec_entry *entry = &query->entries[i];
        int32_t first = slice_map_get(documents, entry->document);
        if (first >= 0 && !allows_doubles) {
            char document[TEXT_QUOTE_BYTES], id[TEXT_QUOTE_BYTES];
            return error_at(error, file->name, entry->line,
                            "document '%s' again in query '%s': once was "
                            "expected, it is in line %llu already",
                            text_quote(entry->document, document),
                            text_quote(query->id, id),
                            (unsigned long long)query->entries[first].line);
        }
        file->double_rankings += first >= 0;
        if (first < 0 &&
            !slice_map_put(documents, entry->document, (int32_t)i, error))
            return false;
    }
    return true;
}

static bool check_doubles(struct trec_file *file, bool allows_doubles,
                          struct error *error)
{
    bool fine = true;
    for (size_t i = 0; i < file->count && fine; i++) {
        struct slice_map documents = {0};
        const struct trec_query *query = &file->queries[i];
        fine = slice_map_reserve(&documents, query->count, error) &&
               find_doubles(file, allows_doubles, query, &documents, error);
        slice_map_free(&documents);
    }
    return fine;
}

static void close_builder(struct trec_builder *builder)
{
    memory_free(builder->rows);
    memory_free(builder->queries);
    slice_map_free(&builder->by_id);
}

bool trec_finish(struct trec_builder *builder, bool allows_doubles,
                 struct error *error)
{
    bool fine = assemble(builder, error) &&
                check_doubles(builder->file, allows_doubles, error);
    close_builder(builder);
    if (!fine)
        trec_close(builder->file);
    return fine;
}

void trec_abandon(struct trec_builder *builder)
{
    close_builder(builder);
    trec_close(builder->file);
}

bool trec_open(struct trec_file *file, enum trec_format format,
               const char *path, struct error *error)
{
    struct loader loader = {.shape = &shapes[format]};
    trec_begin(&loader.builder, file, path);
    bool fine = read_lines(&loader, error);
    if (fine && loader.builder.count == 0)
        fine = error_set(error, "%s: no lines: %s were expected", path,
                         loader.shape->columns);
    if (fine)
        return trec_finish(&loader.builder, format == MSMARCO_RUN, error);
    trec_abandon(&loader.builder);
    return false;
}

void trec_close(struct trec_file *file)
{
    memory_free(file->queries);
    memory_free(file->entries);
    buffer_free(&file->text);
    arena_free(&file->ids);
    *file = (struct trec_file){0};
}

const struct trec_query *trec_find(const struct trec_file *file,
                                   struct slice id)
{
    struct trec_query wanted = {.id = id};
    return file->count == 0 ? NULL
                            : bsearch(&wanted, file->queries, file->count,
                                      sizeof *file->queries, by_id);
}
