#include "cli/run_pairs.h"

#include "io/source.h"

static bool add_pair(void *context, const struct record *record,
                     struct error *error)
{
    struct run_pairs *pairs = context;
    struct trec_line line;
    if (pairs->count == 0)
        pairs->format = trec_line_run_format(record->bytes);
    enum trec_found found = trec_line_read(pairs->format, record, &line, error);
    if (found != TREC_ENTRY)
        return found == TREC_NOTHING;
    if (!memory_grow((void **)&pairs->list, &pairs->capacity, pairs->count + 1,
                     sizeof *pairs->list, error))
        return false;
    struct run_pair *pair = &pairs->list[pairs->count++];
    pair->line = record->line;
    return id_texts_want(&pairs->queries, line.query, &pair->query, error) &&
           id_texts_want(&pairs->documents, line.document, &pair->document,
                         error);
}

/* Pairs of a query together: a count of each, then a place for each. */
static bool sort_pairs(struct run_pairs *pairs, struct error *error)
{
    size_t count = pairs->count, queries = pairs->queries.count;
    struct run_pair *sorted = memory_new(count, sizeof *sorted, error);
    size_t *place = memory_new(queries + 1, sizeof *place, error);
    if (sorted == NULL || place == NULL) {
        memory_free(sorted);
        memory_free(place);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        place[pairs->list[i].query + 1]++;
    for (size_t i = 0; i < queries; i++)
        place[i + 1] += place[i];
    for (size_t i = 0; i < count; i++)
        sorted[place[pairs->list[i].query]++] = pairs->list[i];
    memory_free(place);
    memory_free(pairs->list);
    pairs->list = sorted;
    return true;
}

bool run_pairs_read(struct run_pairs *pairs, const struct options *options,
                    struct error *error)
{
    *pairs = (struct run_pairs){.format = ANY_RUN};
    struct reader_options lines = reader_lines;
    lines.record_limit = options->max_record;
    return source_check(options->queries, error) &&
           source_check(options->corpus, error) &&
           reader_each(&lines, options->run, add_pair, pairs, error) &&
           sort_pairs(pairs, error);
}

bool run_pairs_fill(struct run_pairs *pairs, const struct options *options,
                    struct error *error)
{
    return id_texts_fill(&pairs->queries, options->queries, error) &&
           id_texts_fill(&pairs->documents, options->corpus, error);
}

static bool check_text(const struct id_text *text, const char *what,
                       const char *file, const struct run_pair *pair,
                       const char *run, struct error *reason)
{
    char quoted[TEXT_QUOTE_BYTES];
    return text->text.bytes != NULL ||
           error_at(reason, run, pair->line, "%s '%s' is not in %s", what,
                    text_quote(text->id, quoted), file);
}

bool run_pairs_check(const struct run_pairs *pairs, const struct run_pair *pair,
                     const struct options *options, struct error *reason)
{
    return check_text(&pairs->queries.list[pair->query], "query",
                      options->queries, pair, options->run, reason) &&
           check_text(&pairs->documents.list[pair->document], "document",
                      options->corpus, pair, options->run, reason);
}

void run_pairs_free(struct run_pairs *pairs)
{
    memory_free(pairs->list);
    id_texts_free(&pairs->queries);
    id_texts_free(&pairs->documents);
}
