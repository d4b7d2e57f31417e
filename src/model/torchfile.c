#include "model/torchfile.h"

#include "model/torchfile_state.h"
#include "model/zip.h"

#include <string.h>

enum {
    PROTO = 0x80, /* the first opcode of a pickle */
    OLD_VERSION = 1001,
    COUNT_BYTES = 8,
    /* Tied matrices, stored turned, are there twice. */
    COPIES_PER_FILE = 4
};

/* 0x1950a86a20f9469cfc6c, which the old form begins with. */
static const char old_magic[] = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

struct reader {
    struct tensors *tensors;
    struct slice file;
    const char *path;
    struct torchfile_state state;
    struct error *error;
};

static bool add_tensors(struct reader *reader)
{
    return torchfile_state_add(&reader->state, reader->tensors,
                               COPIES_PER_FILE * (uint64_t)reader->file.length,
                               reader->error);
}

/* The zip form */

struct archive {
    struct zip zip;
    struct slice folder; /* of the first member, with its '/' */
};

/* FOLDER/PART/KEY; found is NULL when it is not there. */
static bool find_member(const struct archive *archive, const char *part,
                        struct slice key, const struct zip_member **found,
                        struct error *error)
{
    struct buffer name = {0};
    bool fine = buffer_append(&name, archive->folder.bytes,
                              archive->folder.length, error) &&
                buffer_append_text(&name, part, error) &&
                buffer_append(&name, key.bytes, key.length, error);
    if (fine)
        *found = zip_find(&archive->zip, buffer_slice(&name));
    buffer_free(&name);
    return fine;
}

static bool find_folder(const struct reader *reader, struct archive *archive)
{
    if (archive->zip.count > 0) {
        struct slice name = archive->zip.members[0].name;
        const char *end = memchr(name.bytes, '/', name.length);
        if (end != NULL) {
            archive->folder =
                (struct slice){name.bytes, (size_t)(end - name.bytes) + 1};
            return true;
        }
    }
    return error_set(reader->error,
                     "%s: a zip archive without a folder: FOLDER/data.pkl was "
                     "expected, as torch.save writes it",
                     reader->path);
}

/* Archives older than torch 2.1 do not say it: little-endian. */
static bool check_byte_order(const struct reader *reader,
                             const struct archive *archive)
{
    const struct zip_member *member;
    struct slice order;
    if (!find_member(archive, "", slice_of("byteorder"), &member,
                     reader->error))
        return false;
    if (member == NULL)
        return true;
    if (!zip_bytes(&archive->zip, member, &order, reader->error))
        return false;
    char quoted[TEXT_QUOTE_BYTES];
    return slice_is(order, "little") ||
           error_set(reader->error,
                     "%s: byte order '%s': only little-endian files are read, "
                     "save the model again on such a machine",
                     reader->path, text_quote(order, quoted));
}

static bool find_storage(const struct reader *reader,
                         const struct archive *archive,
                         struct torchfile_storage *storage)
{
    const struct zip_member *member;
    struct slice bytes;
    char quoted[TEXT_QUOTE_BYTES];
    if (!find_member(archive, "data/", storage->key, &member, reader->error))
        return false;
    if (member == NULL)
        return error_set(reader->error, "%s: storage '%s' is not in the file",
                         reader->path, text_quote(storage->key, quoted));
    if (!zip_bytes(&archive->zip, member, &bytes, reader->error))
        return false;
    if (storage->bytes > bytes.length)
        return error_set(reader->error,
                         "%s: storage '%s' has %zu bytes of %llu: the file is "
                         "damaged",
                         reader->path, text_quote(storage->key, quoted),
                         bytes.length, (unsigned long long)storage->bytes);
    storage->data = bytes.bytes;
    return true;
}

static bool read_archive(struct reader *reader, struct archive *archive)
{
    const struct zip_member *member;
    struct slice pickle;
    if (!find_folder(reader, archive) || !check_byte_order(reader, archive) ||
        !find_member(archive, "", slice_of("data.pkl"), &member, reader->error))
        return false;
    if (member == NULL)
        return error_set(reader->error,
                         "%s: a zip archive without FOLDER/data.pkl: not a "
                         "file of torch.save",
                         reader->path);
    if (!zip_bytes(&archive->zip, member, &pickle, reader->error) ||
        !torchfile_state_read(&reader->state, &pickle, reader->error))
        return false;
    for (size_t i = 0; i < reader->state.count; i++)
        if (!find_storage(reader, archive, &reader->state.storages[i]))
            return false;
    return add_tensors(reader);
}

static bool read_zip(struct reader *reader)
{
    struct archive archive = {0};
    if (!zip_open(&archive.zip, reader->file, reader->path, reader->error))
        return false;
    bool fine = read_archive(reader, &archive);
    zip_close(&archive.zip);
    return fine;
}

/* The old form: one stream */

/* Takes the next storage: int64 count of elements, then they.  The count is
 * little-endian and so are they, on any machine. */
static bool take_storage(const struct reader *reader, struct slice *stream,
                         struct torchfile_storage *storage)
{
    uint64_t count = 0;
    char quoted[TEXT_QUOTE_BYTES];
    text_quote(storage->key, quoted);
    if (stream->length < COUNT_BYTES ||
        stream->length - COUNT_BYTES < storage->bytes)
        return error_set(reader->error,
                         "%s: the file ends in storage '%s': download was "
                         "cut, run 'xenc verify' or copy again",
                         reader->path, quoted);
    for (int i = COUNT_BYTES - 1; i >= 0; i--)
        count = count << 8 | (unsigned char)stream->bytes[i];
    if (count != storage->count)
        return error_set(reader->error,
                         "%s: storage '%s' has %llu elements, its tensor says "
                         "%llu: the file is damaged",
                         reader->path, quoted, (unsigned long long)count,
                         (unsigned long long)storage->count);
    storage->data = stream->bytes + COUNT_BYTES;
    stream->bytes += COUNT_BYTES + storage->bytes;
    stream->length -= COUNT_BYTES + (size_t)storage->bytes;
    return true;
}

/* The storages follow in the order of the list of keys. */
static bool take_storages(const struct reader *reader, struct slice *stream,
                          const struct pickle_value *keys)
{
    if (keys->kind != PICKLE_LIST || keys->items->count != reader->state.count)
        return error_set(reader->error,
                         "%s: a list of the keys of %zu storages was "
                         "expected: the file is damaged",
                         reader->path, reader->state.count);
    for (size_t i = 0; i < keys->items->count; i++) {
        const struct pickle_value *key = &keys->items->values[i];
        struct torchfile_storage *storage =
            key->kind == PICKLE_TEXT
                ? torchfile_state_find(&reader->state, key->text)
                : NULL;
        if (storage == NULL || storage->data != NULL)
            return error_set(reader->error,
                             "%s: key %zu of the storages is of no tensor or "
                             "there twice: the file is damaged",
                             reader->path, i + 1);
        if (!take_storage(reader, stream, storage))
            return false;
    }
    return true;
}

static bool read_stream(struct reader *reader)
{
    struct torchfile_state *state = &reader->state;
    struct slice stream = reader->file;
    struct slice magic_bytes = {old_magic, sizeof old_magic - 1};
    struct pickle_value magic, version, machine, keys;

    if (!torchfile_pickle(state, &stream, &magic, reader->error))
        return false;
    if (magic.kind != PICKLE_BIG || !slice_equal(magic.text, magic_bytes))
        return error_set(reader->error,
                         "%s: a pickle without torch.save's magic number: a "
                         "state dict was expected, as torch.save writes it",
                         reader->path);
    if (!torchfile_pickle(state, &stream, &version, reader->error))
        return false;
    if (version.kind != PICKLE_INTEGER || version.integer != OLD_VERSION)
        return error_set(reader->error,
                         "%s: a version of torch.save's stream that is not "
                         "known: %d was expected",
                         reader->path, OLD_VERSION);
    /* `machine`: byte order and sizes of C types there; nothing depends on
     * them. */
    return torchfile_pickle(state, &stream, &machine, reader->error) &&
           torchfile_state_read(state, &stream, reader->error) &&
           torchfile_pickle(state, &stream, &keys, reader->error) &&
           take_storages(reader, &stream, &keys) && add_tensors(reader);
}

static bool read_form(struct reader *reader)
{
    if (zip_begins(reader->file))
        return read_zip(reader);
    if (reader->file.length > 0 &&
        (unsigned char)reader->file.bytes[0] == PROTO)
        return read_stream(reader);
    return error_set(reader->error,
                     "%s: %zu bytes that are neither a zip archive nor a "
                     "pickle: a file of torch.save was expected",
                     reader->path, reader->file.length);
}

bool torchfile_read(struct tensors *tensors, const char *path,
                    struct error *error)
{
    struct file file;
    if (!file_map(&file, path, error) ||
        !tensors_keep_file(tensors, file, error))
        return false;

    struct reader reader = {.tensors = tensors,
                            .file = {file.bytes, file.length},
                            .path = path,
                            .state = {.path = path},
                            .error = error};
    bool fine = read_form(&reader);
    torchfile_state_free(&reader.state);
    return fine;
}
