/*
 * trecfiles.h - files of judgements and of runs, whole in memory.
 *
 * Their lines are io/trec_line.h's; gzip data is read as what it holds, CRLF
 * and a missing last newline do not matter.  Every line must be right: an error
 * names file and line.  The file owns all of its slices until trec_close;
 * reading it is thread-safe.
 */
#ifndef EVAL_TRECFILES_H
#define EVAL_TRECFILES_H

#include "base/memory.h"
#include "base/text.h"
#include "io/trec_line.h"

struct trec_entry {
    struct slice document;
    double number; /* grade, score or rank */
    uint64_t line;
};

struct trec_query {
    struct slice id;
    struct trec_entry *entries; /* in the order of the file */
    size_t count;
};

struct trec_file {
    const char *name;           /* the path, which must outlive it */
    struct trec_query *queries; /* by id, bytewise */
    size_t count;
    size_t entry_count;
    struct slice tag;       /* a run's last column, of its first line */
    size_t decimal_grades;  /* grades that lost decimals */
    size_t zero_grades;     /* MSMARCO_JUDGEMENTS: fourth column is 0 */
    size_t double_rankings; /* MSMARCO_RUN: documents with several ranks */

    struct slice header; /* BEIR's first word; {NULL, 0}: none */

    struct trec_entry *entries;
    struct buffer text; /* of documents */
    struct arena ids;
};

/*
 * TREC_JUDGEMENTS takes BEIR's too, below their header.  A document twice in
 * one query is an error, but in MSMARCO_RUN: a document may have several ranks
 * there, and a rank that comes again replaces the document that had it.  A file
 * without any entry is an error.
 */
bool trec_open(struct trec_file *file, enum trec_format format,
               const char *path, struct error *error);
void trec_close(struct trec_file *file);

/*
 * The same from lines of another form: each entry is added, then the file is
 * put together.  trec_finish closes the builder, and the file too when it
 * fails; trec_abandon closes both.
 */
struct trec_builder {
    struct trec_file *file;
    struct trec_row *rows;
    size_t count, capacity;
    struct trec_query *queries; /* by first appearance */
    size_t query_count, query_capacity, last;
    struct slice_map by_id;
};
void trec_begin(struct trec_builder *builder, struct trec_file *file,
                const char *name);
bool trec_add(struct trec_builder *builder, struct slice query,
              const struct trec_entry *entry, struct error *error);
bool trec_finish(struct trec_builder *builder, bool allows_doubles,
                 struct error *error);
void trec_abandon(struct trec_builder *builder);

/* The query of that id, or NULL. */
const struct trec_query *trec_find(const struct trec_file *file,
                                   struct slice id);

#endif
