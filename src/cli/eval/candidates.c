#include "cli/eval/candidates.h"

#include "base/files.h"
#include "io/reader.h"

#include <string.h>

/* The folder that a file is in, as a prefix. */
static char *folder_of(const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? memory_copy(path, (size_t)(slash - path), error)
                         : memory_copy(".", 1, error);
}

/*** Lines that hold ids and texts: MS MARCO's top1000 files ***/

struct line_reader {
    struct trec_builder builder;
    struct candidate_set *set;
};

static bool add_text(struct id_texts *texts, struct slice id, struct slice text,
                     struct error *error)
{
    size_t at;
    return id_texts_want(texts, id, &at, error) &&
           (texts->list[at].text.bytes != NULL ||
            id_texts_set(texts, at, text, error));
}

/* The first stage has no scores here: they fall from line to line. */
static bool add_line(void *context, const struct record *record,
                     struct error *error)
{
    struct line_reader *lines = context;
    struct slice rest = record->texts[0], columns[4] = {{0}};
    size_t count = 0;
    for (; rest.bytes != NULL && count < 4; count++)
        columns[count] = text_cut(&rest, '\t');
    if (count < 4 || rest.bytes != NULL)
        return error_at(error, record->file, record->line,
                        "%s than 4 columns: query id, document id, query and "
                        "document with TABs between were expected",
                        count < 4 ? "fewer" : "more");
    struct trec_entry entry = {columns[1], -(double)record->line, record->line};
    return trec_add(&lines->builder, columns[0], &entry, error) &&
           add_text(&lines->set->queries, columns[0], columns[2], error) &&
           add_text(&lines->set->documents, columns[1], columns[3], error);
}

static bool read_lines(struct candidate_set *set, const char *path,
                       struct error *error)
{
    struct line_reader lines = {.set = set};
    trec_begin(&lines.builder, &set->run, path);
    if (reader_each(&reader_lines, path, add_line, &lines, error))
        return trec_finish(&lines.builder, false, error);
    trec_abandon(&lines.builder);
    return false;
}

/* Four columns between TABs; a run has six, and mostly blanks. */
static bool holds_texts(const char *path, bool *texts, struct error *error)
{
    struct record record;
    struct reader *reader = reader_open(&reader_lines, &path, 1, error);
    *texts = false;
    if (reader != NULL &&
        reader_next(reader, true, &record, error) == READER_RECORD) {
        struct slice rest = record.texts[0];
        size_t count = 0;
        for (; rest.bytes != NULL; count++)
            text_cut(&rest, '\t');
        *texts = count == 4;
    }
    reader_close(reader);
    return !error->set;
}

/*** A run beside its texts ***/

static const char *const query_names[] = {
    "queries.tsv", "queries.jsonl", "queries.tsv.gz", "queries.jsonl.gz", NULL};
static const char *const document_names[] = {"docs.tsv",
                                             "corpus.tsv",
                                             "corpus.jsonl",
                                             "collection.tsv",
                                             "docs.tsv.gz",
                                             "corpus.jsonl.gz",
                                             NULL};

/* `given`, or the first of the names that is in the folder. */
static char *find_file(const char *given, const char *folder,
                       const char *const *names, const char *option,
                       struct error *error)
{
    for (size_t i = 0; given == NULL && names[i] != NULL; i++) {
        char *path = file_join(folder, names[i], error);
        if (path == NULL || file_exists(path, error))
            return path;
        memory_free(path);
        if (error->set)
            return NULL;
    }
    if (given == NULL) {
        error_set(error, "%s: no %s beside the candidates: %s FILE names it",
                  folder, names[0], option);
        return NULL;
    }
    return memory_copy(given, strlen(given), error);
}

static bool read_texts(struct id_texts *texts, const char *given,
                       const char *folder, const char *const *names,
                       const char *option, struct error *error)
{
    char *path = find_file(given, folder, names, option, error);
    bool fine = path != NULL && id_texts_read(texts, path, error);
    memory_free(path);
    return fine;
}

static bool want_all(struct candidate_set *set, struct error *error)
{
    size_t at;
    for (size_t i = 0; i < set->run.count; i++) {
        const struct trec_query *query = &set->run.queries[i];
        if (!id_texts_want(&set->queries, query->id, &at, error))
            return false;
        for (size_t j = 0; j < query->count; j++)
            if (!id_texts_want(&set->documents, query->entries[j].document, &at,
                               error))
                return false;
    }
    return true;
}

static bool read_run(struct candidate_set *set, const char *path,
                     const struct options *options, struct error *error)
{
    char *folder = folder_of(path, error);
    bool fine = folder != NULL && trec_open(&set->run, TREC_RUN, path, error) &&
                want_all(set, error) &&
                read_texts(&set->queries, options->eval.queries, folder,
                           query_names, "--queries", error) &&
                read_texts(&set->documents, options->eval.corpus, folder,
                           document_names, "--corpus", error);
    memory_free(folder);
    return fine;
}

bool candidates_open(struct candidate_set *set, const struct options *options,
                     struct error *error)
{
    const char *path = options->eval.candidates;
    bool texts = false;
    *set = (struct candidate_set){0};
    if (file_is_folder(path, error)) {
        set->run_path = file_join(path, "run.txt", error);
        set->judgements_path = file_join(path, "qrels.txt", error);
        path = set->run_path;
    }
    bool fine = !error->set && holds_texts(path, &texts, error) &&
                (texts ? read_lines(set, path, error)
                       : read_run(set, path, options, error));
    if (!fine)
        candidates_close(set);
    return fine;
}

void candidates_close(struct candidate_set *set)
{
    trec_close(&set->run);
    id_texts_free(&set->queries);
    id_texts_free(&set->documents);
    memory_free(set->run_path);
    memory_free(set->judgements_path);
    *set = (struct candidate_set){0};
}
