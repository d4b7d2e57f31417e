/*
 * checksum.h - XXH64 with seed 0: whether bytes are those that were written.
 *
 * Against accidents, not against intent.  A core reads about 10 GB/s.  Source:
 * the xxHash fast digest algorithm, its specification 0.1.1.
 */
#ifndef BASE_CHECKSUM_H
#define BASE_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

uint64_t checksum_xxh64(const void *bytes, size_t length);

#endif
