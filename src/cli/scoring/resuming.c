#include "cli/scoring/resuming.h"

#include "base/checksum.h"
#include "cli/message.h"
#include "cli/scoring/identity.h"
#include "cli/scoring/scoring.h"

#include <inttypes.h>

bool resuming_begin(struct scoring *scoring, struct error *error)
{
    struct resuming *resuming = &scoring->resuming;
    struct buffer identity = {0};
    if (!scoring->options->resume)
        return true;
    bool fine = identity_print(scoring, &identity, error) &&
                writer_begin(scoring->streams.writer, buffer_slice(&identity),
                             &resuming->begun, error);
    buffer_free(&identity);
    return fine;
}

static uint64_t add_slice(uint64_t digest, struct slice slice)
{
    uint64_t both[] = {digest, checksum_xxh64(slice.bytes, slice.length)};
    return checksum_xxh64(both, sizeof both);
}

/* Texts too: which fields they are may be a header's matter. */
uint64_t resuming_read(struct scoring *scoring, const struct record *record)
{
    uint64_t *digest = &scoring->resuming.digest;
    if (!scoring->options->resume)
        return 0;
    *digest = add_slice(*digest, record->bytes);
    for (size_t i = 0; i < record->text_count; i++)
        *digest = add_slice(*digest, record->texts[i]);
    return *digest;
}

static bool other_input(const struct scoring *scoring, struct error *error)
{
    return error_set(error,
                     "%s: its %" PRIu64 " records were made from an input that "
                     "began with others: remove it to begin anew",
                     writer_partial_path(scoring->streams.writer),
                     scoring->resuming.begun.records);
}

static bool skip_one(struct scoring *scoring, struct error *error)
{
    struct record record = {0};
    struct error reason = {0};
    switch (reader_next(scoring->streams.reader, true, &record, &reason)) {
    case READER_END:
        return other_input(scoring, error);
    case READER_FAILED:
        return error_pass(error, &reason);
    case READER_BAD:
        record.text_count = 0;
        break;
    default:
        break;
    }
    resuming_read(scoring, &record);
    return true;
}

bool resuming_skip(struct scoring *scoring, struct error *error)
{
    struct resuming *resuming = &scoring->resuming;
    const struct partial_mark *begun = &resuming->begun;
    if (begun->records == 0)
        return true;
    while (scoring->records < begun->records) {
        if (!skip_one(scoring, error))
            return false;
        scoring->records++;
    }
    if (resuming->digest != begun->digest)
        return other_input(scoring, error);
    resuming->done = *begun;
    scoring->scored = begun->records;
    scoring->printed = begun->printed;
    scoring->has_header = begun->bytes > 0;
    warn(scoring->options, "%s: goes on after %" PRIu64 " records",
         writer_partial_path(scoring->streams.writer), begun->records);
    return true;
}

bool resuming_pass(struct scoring *scoring, const struct record_facts *facts,
                   const float *logits, struct error *error)
{
    struct partial_mark *done = &scoring->resuming.done;
    if (!scoring->options->resume)
        return true;
    done->records = facts->index + 1;
    done->digest = facts->digest;
    done->bad += logits == NULL;
    return writer_mark(scoring->streams.writer, done, false, error);
}

void resuming_keep(struct scoring *scoring)
{
    const struct resuming *resuming = &scoring->resuming;
    struct writer *writer = scoring->streams.writer;
    struct error later = {0};
    if (scoring->options->resume && resuming->done.records > 0 &&
        writer_mark(writer, &resuming->done, true, &later))
        warn(scoring->options,
             "%s: keeps %" PRIu64 " records: the same command goes on there",
             writer_partial_path(writer), resuming->done.records);
}
