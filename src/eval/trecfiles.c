#include "eval/trecfiles.h"

#include <stdlib.h>
#include <string.h>

/* An entry while its query's others are still to come. */
struct trec_row {
    size_t offset, length; /* of the document in file->text */
    size_t query;
    double number;
    uint64_t line;
};

struct loader {
    struct trec_builder builder;
    enum trec_format format;
};

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

/* What measures do not see, and whoever reads them may want to know. */
static void count_oddities(struct trec_file *file, enum trec_format format,
                           struct slice written)
{
    if (format == MSMARCO_JUDGEMENTS)
        file->zero_grades += slice_is(written, "0");
    else if (format == TREC_JUDGEMENTS || format == BEIR_JUDGEMENTS)
        file->decimal_grades +=
            memchr(written.bytes, '.', written.length) != NULL;
}

static bool keep_word(struct trec_file *file, struct slice word,
                      struct slice *kept, struct error *error)
{
    kept->length = word.length;
    kept->bytes = arena_copy(&file->ids, word.bytes, word.length, error);
    return kept->bytes != NULL;
}

static bool add_line(void *context, const struct record *record,
                     struct error *error)
{
    struct loader *loader = context;
    struct trec_file *file = loader->builder.file;
    bool is_first = loader->builder.count == 0;
    if (is_first && loader->format == TREC_JUDGEMENTS &&
        trec_line_is_beir_header(record->bytes)) {
        loader->format = BEIR_JUDGEMENTS;
        struct slice word;
        text_words(record->bytes, &word, 1);
        return keep_word(file, word, &file->header, error);
    }
    struct trec_line line;
    enum trec_found found =
        trec_line_read(loader->format, record, &line, error);
    if (found != TREC_ENTRY)
        return found == TREC_NOTHING;
    count_oddities(file, loader->format, line.written);
    struct trec_entry entry = {line.document, line.number, record->line};
    return trec_add(&loader->builder, line.query, &entry, error) &&
           (!is_first || loader->format != TREC_RUN ||
            keep_word(file, line.tag, &file->tag, error));
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
    struct loader loader = {.format = format};
    trec_begin(&loader.builder, file, path);
    bool fine = reader_each(&reader_lines, loader.builder.file->name, add_line,
                            &loader, error);
    if (fine && loader.builder.count == 0)
        fine = error_set(error, "%s: no lines: %s were expected", path,
                         trec_format_columns(loader.format));
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
