/*
 * streams.h - the reader and the writer that the options ask for.
 */
#ifndef CLI_SCORING_STREAMS_H
#define CLI_SCORING_STREAMS_H

#include "base/sandbox.h"
#include "cli/options/options.h"
#include "cli/scoring/form.h"
#include "io/file_list.h"
#include "io/writer.h"

/* What a command knows better than the options. */
struct streams_plan {
    const struct field_list *texts; /* NULL: the whole record is a text */
    bool optional_texts;            /* as reader_options has it */
    bool takes_lines;               /* a record is a line, whatever is in it */
    bool has_no_input;              /* there is no reader */
    enum form form;                 /* of the output */
};

/* Owns all of it until streams_close. */
struct streams {
    struct reader *reader;
    struct writer *writer;
    struct file_list files;
    struct field_list id; /* where --id is absent */
};

/* The reader first, so that a wrong input costs no output file. */
bool streams_open(struct streams *streams, const struct options *options,
                  const struct streams_plan *plan, struct error *error);
/* Takes a record; bad->set where it cannot be used. */
typedef bool streams_take(void *context, const struct record *record,
                          const struct error *bad, struct error *error);
/* What came so far is to be printed, for the input may pause long. */
typedef bool streams_pause(void *context, struct error *error);
/* All records to `take`, until it fails. */
bool streams_read(const struct streams *streams, streams_take *take,
                  streams_pause *pause, void *context, struct error *error);
/* Gives up all rights but those that the streams still need. */
struct sandbox streams_confine(const struct streams *streams,
                               const struct options *options);
/* After an error or a signal: what is finished goes out, but to a file, which
 * is not put in its place. */
void streams_flush_finished(const struct streams *streams,
                            const struct options *options);
void streams_close(struct streams *streams);

/* Fields of several texts, or the error that names the missing -f. */
bool streams_check_keys(const struct options *options, struct error *error);

#endif
