/*
 * files.h - files mapped, read whole, written whole.
 *
 * A mapping belongs to the caller until file_release.  Errors name the path
 * and the system's reason.
 */
#ifndef BASE_FILES_H
#define BASE_FILES_H

#include "base/error.h"
#include "base/text.h"

#include <sys/types.h>

struct file {
    const char *bytes; /* not zero-ended */
    size_t length;
    bool mapped;
};

/* Maps a regular file read-only; an empty one has length 0. */
bool file_map(struct file *file, const char *path, struct error *error);
void file_release(struct file *file);
/* Appends all bytes of any file, a pipe or a device too, up to its end; more
 * than `most` are an error, for a device has no end. */
bool file_read(struct buffer *bytes, const char *path, size_t most,
               struct error *error);
/* The same for an open descriptor, which `name` stands for in errors. */
bool file_read_descriptor(struct buffer *bytes, int descriptor,
                          const char *name, size_t most, struct error *error);
/* For what nobody expects to be large. */
enum { FILE_READ_MOST = 256 << 20 };

/* Whether a regular file, or a folder, is there.  False with an error where it
 * cannot be found out: what is there must not be left out for that. */
bool file_exists(const char *path, struct error *error);
bool file_is_folder(const char *path, struct error *error);

/* The names in a folder, sorted, without "." and ".."; a folder that is not
 * there has none.  file_names_free frees them, after an error too. */
struct file_names {
    char **list;
    size_t count, capacity;
};
bool file_names_read(struct file_names *names, const char *folder,
                     struct error *error);
void file_names_free(struct file_names *names);

/* The path that symbolic links lead to, so that a rename keeps them, in a new
 * block (memory_free); the path itself where nothing is. */
char *file_resolve(const char *path, struct error *error);
/* The mode for a file in the place of that path: the old one's, or what umask
 * leaves. */
mode_t file_wanted_mode(const char *path);

/* DIRECTORY/NAME in a new block (memory_free). */
char *file_join(const char *directory, const char *name, struct error *error);

/* Makes the folder and those above it where they are not there. */
bool file_make_folder(const char *path, struct error *error);
/* The same for the folders that a file of that path lies in. */
bool file_make_folders_above(const char *path, struct error *error);

/*
 * A file that appears whole or not at all: bytes go to a new file beside the
 * target, which file_commit renames over it.  file_abandon removes it, and so
 * does a signal; calling it after a commit does nothing.  One at a time.
 */
struct new_file {
    int descriptor;
    char *path, *temporary;
};
bool file_create(struct new_file *file, const char *path, struct error *error);
bool file_commit(struct new_file *file, struct error *error);
void file_abandon(struct new_file *file);

/* Writes all of the bytes, through short writes and EINTR. */
bool file_write(int descriptor, const void *bytes, size_t length,
                const char *name, struct error *error);

#endif
