/*
 * fuzz.h - what a fuzz target is, and what all of them share.
 *
 * A target takes any bytes at all, hands them to the code and requires what
 * must hold whatever they are: no report of a sanitizer, no leak, and its own
 * fuzz_require.  It is a row in targets.c; replay.c runs it over files, and
 * libfuzzer.c lets libFuzzer drive it.  Nothing here is thread-safe.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "base/error.h"
#include "base/text.h"

struct fuzz_target {
    const char *name; /* and the folder of its seeds below corpus/ */
    void (*run)(const struct fuzz_target *target, struct slice input);
    const void *parameter; /* what one function needs to be several targets */
};

extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;
/* NULL: there is none of that name. */
const struct fuzz_target *fuzz_find(const char *name);

/* Ends the program with a message when the condition does not hold. */
#define fuzz_require(condition)                                                \
    ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* A function that can fail must say so in its error, and only then.  With
 * XENC_FUZZ_VERBOSE in the environment what it says is printed. */
#define fuzz_require_error(fine, error) fuzz_require(fuzz_agrees(fine, error))
bool fuzz_agrees(bool fine, const struct error *error);

/* TOP_SRCDIR/PATH; good until the next call. */
const char *fuzz_source(const char *path);

/* The path of a file with these bytes; until the next call of the same slot. */
enum { FUZZ_FILES = 4 };
const char *fuzz_file(size_t slot, struct slice bytes);

/* A pipe in the place of a slot's file, under the same path; fed little by
 * little. */
struct fuzz_pipe {
    int reading, writing;
};
const char *fuzz_pipe_open(struct fuzz_pipe *pipe, size_t slot);
void fuzz_pipe_feed(struct fuzz_pipe *pipe, struct slice bytes);
void fuzz_pipe_end(struct fuzz_pipe *pipe); /* nothing more will come */
void fuzz_pipe_close(struct fuzz_pipe *pipe);

/*
 * Several files in one input, its members: "-- NAME --" stands alone on the
 * line before the bytes of each, as in Go's txtar.
 */
/* The next member; false behind the last. */
bool fuzz_next_member(struct slice *input, struct slice *name,
                      struct slice *bytes);
/* The first of that name; {NULL, 0}: it is not there. */
struct slice fuzz_member(struct slice input, const char *name);

/* A directory with the members of these names, which NULL ends; until
 * fuzz_directory_clear. */
const char *fuzz_directory(struct slice input, const char *const *names);
void fuzz_directory_clear(void);

/* The next line of the input, without its end. */
struct slice fuzz_line(struct slice *input);

/* Reads every byte, so that a sanitizer sees those that are not there. */
void fuzz_touch(const void *bytes, size_t length);

#endif
