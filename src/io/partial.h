/*
 * partial.h - an output file that grows over several runs, whatever ends them.
 *
 * Beside FILE stand FILE.part, the records so far, and FILE.resume, a text that
 * says what they belong to (identity) and how far they go (a mark).  A later
 * run of the same identity cuts FILE.part to its last mark and appends; at the
 * end FILE.part is renamed to FILE and FILE.resume removed.
 *
 * What is before a mark is on the disk before the mark is, so that it holds
 * after a crash of the machine too.  Marks are as dense as costs a hundredth of
 * the time.  A lock on FILE.resume keeps a second run away.
 */
#ifndef IO_PARTIAL_H
#define IO_PARTIAL_H

#include "base/error.h"
#include "base/text.h"

struct partial_mark {
    uint64_t records; /* of the input whose results are all in the file */
    uint64_t bytes;   /* of the file; set by partial_set_mark */
    uint64_t printed, bad;
    uint64_t digest; /* of those records of the input, the caller's */
};

struct partial;

/* Opens, makes and locks both files; nothing in FILE.part is changed yet. */
struct partial *partial_open(const char *path, struct error *error);
/* Without a commit both files stay, unless there is nothing in them. */
void partial_close(struct partial *partial); /* NULL is fine */

/*
 * Goes on behind the last mark, which *mark gets, or begins anew: all zeros.
 * Error: records are there and the identity (lines "NAME WORDS") is another.
 */
bool partial_begin(struct partial *partial, struct slice identity,
                   struct partial_mark *mark, struct error *error);
/* FILE.part, at its end; its path. */
int partial_descriptor(const struct partial *partial);
const char *partial_path(const struct partial *partial);

/* Whether enough time has passed since the last mark. */
bool partial_is_due(const struct partial *partial);
/* Everything that was written belongs to the records of the mark. */
bool partial_set_mark(struct partial *partial, const struct partial_mark *mark,
                      struct error *error);

/* Puts the file in its place. */
bool partial_commit(struct partial *partial, struct error *error);

#endif
