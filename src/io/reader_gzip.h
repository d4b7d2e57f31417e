/*
 * reader_gzip.h - gzip data of a source, inflated; private to io/.
 *
 * Made by source.c when a file begins with gzip's mark.  Several gzip members
 * one behind the other are one text (RFC 1952), zeros behind the last are
 * padding.  Data that is cut or damaged is an error, never a quiet end.
 */
#ifndef IO_READER_GZIP_H
#define IO_READER_GZIP_H

#include "io/source.h"

enum { GUNZIP_INPUT_BYTES = 64 << 10 };

struct gunzip;
struct gunzip *gunzip_open(struct error *error);
void gunzip_close(struct gunzip *gunzip);

bool gunzip_is_mark(const char *bytes, size_t length);
/* Bytes that were read already: at most GUNZIP_INPUT_BYTES, once. */
void gunzip_give(struct gunzip *gunzip, const char *bytes, size_t length);

/* As source_read, which see; compressed bytes come from source_read_raw. */
enum source_status gunzip_read(struct gunzip *gunzip, struct source *source,
                               char *room, size_t room_bytes, bool wait,
                               size_t *read_bytes, struct error *error);

#endif
