/*
 * target_packfile.c - a packed model, changed and given the right checksums: it
 * is refused, or it makes ids and runs a few tokens.
 *
 * The first line of an input names a golden model and a precision; each other
 * line is a change of what `xenc pack` makes of it, as a whole packed file
 * would be too large for a seed:
 *
 *   = OLD => NEW      in its header, the first place
 *   @ NUMBER BYTES    over what lies there
 */
#include "targets.h"

#include "base/memory.h"
#include "cli/model.h"
#include "text/pair.h"

#include "seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
    const char *name;
    enum precision precision;
} models[] = {
    {"bert", PRECISION_F32},       {"roberta", PRECISION_INT8},
    {"modernbert", PRECISION_F32}, {"deberta_v3", PRECISION_INT8},
    {"jina", PRECISION_INT8},      {"xlmr", PRECISION_F32},
};
enum { MODELS = sizeof models / sizeof *models };

/* The packed file of a model, made once; NULL: there is none. */
static const struct buffer *pack(struct slice name)
{
    static struct buffer packed[MODELS];
    size_t i = 0;
    while (i < MODELS && !slice_is(name, models[i].name))
        i++;
    if (i == MODELS || packed[i].length > 0)
        return i < MODELS ? &packed[i] : NULL;
    static const char *const names[] = {"packed", NULL};
    struct error error = {0};
    char source[64], path[4096];
    snprintf(source, sizeof source, "tests/golden/%s", models[i].name);
    snprintf(path, sizeof path, "%s/packed",
             fuzz_directory((struct slice){"", 0}, names));
    const struct options options = {.model = fuzz_source(source),
                                    .output = path,
                                    .has_precision = true,
                                    .precision = models[i].precision};
    fuzz_require(command_pack.run(&options) == EXIT_DONE);
    fuzz_require(file_read(&packed[i], path, FILE_READ_MOST, &error));
    fuzz_directory_clear();
    return &packed[i];
}

/*** Changes ***/

static size_t header_end(const struct buffer *bytes)
{
    uint64_t length;
    memcpy(&length, bytes->bytes, sizeof length);
    return sizeof length + (size_t)length;
}

/* Puts `new` in the place of `old` in the header, which ends in blanks as it
 * did: tables that lie askew are refused before one of them is read. */
static void replace(struct buffer *bytes, struct slice old, struct slice new)
{
    enum { ALIGNMENT = 64 };
    static const char blanks[ALIGNMENT + 1] =
        "                                                                ";
    struct error error = {0};
    struct buffer out = {0};
    uint64_t length;
    size_t data = header_end(bytes), end = data, begin = sizeof length;
    while (end > begin && bytes->bytes[end - 1] == ' ')
        end--;
    const char *at = old.length > 0 ? memmem(bytes->bytes + begin, end - begin,
                                             old.bytes, old.length)
                                    : NULL;
    if (at == NULL)
        return;
    const char *behind = at + old.length;
    length = end - begin - old.length + new.length;
    size_t padding = -(begin + length) % ALIGNMENT;
    length += padding;
    const struct slice parts[] = {
        {(const char *)&length, sizeof length},
        {bytes->bytes + begin, (size_t)(at - bytes->bytes) - begin},
        new,
        {behind, (size_t)(bytes->bytes + end - behind)},
        {blanks, padding},
        {bytes->bytes + data, bytes->length - data},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        fuzz_require(
            buffer_append(&out, parts[i].bytes, parts[i].length, &error));
    buffer_free(bytes);
    *bytes = out;
}

static void overwrite(struct buffer *bytes, struct slice words)
{
    size_t at = 0;
    while (words.length > 0 && *words.bytes >= '0' && *words.bytes <= '9') {
        at = (at * 10 + (size_t)(*words.bytes++ - '0')) % bytes->length;
        words.length--;
    }
    if (words.length < 2)
        return;
    size_t room = bytes->length - at, length = words.length - 1;
    at = at < sizeof(uint64_t) ? sizeof(uint64_t) : at;
    if (at + length <= bytes->length)
        memcpy(bytes->bytes + at, words.bytes + 1,
               length < room ? length : room);
}

static void change(struct buffer *bytes, struct slice line)
{
    static const char arrow[] = " => ";
    if (line.length < 3 || line.bytes[1] != ' ')
        return;
    struct slice rest = {line.bytes + 2, line.length - 2};
    if (line.bytes[0] == '@')
        overwrite(bytes, rest);
    const char *at = memmem(rest.bytes, rest.length, arrow, sizeof arrow - 1);
    if (line.bytes[0] != '=' || at == NULL)
        return;
    struct slice old = {rest.bytes, (size_t)(at - rest.bytes)};
    struct slice new = {at + sizeof arrow - 1,
                        rest.length - old.length - (sizeof arrow - 1)};
    replace(bytes, old, new);
}

/*** Use ***/

static void run_pair(const struct model *model)
{
    static const char first[] = "how long is it",
                      second[] = "caf\xC3\xA9 [SEP]";
    struct error error = {0};
    struct tokenizer_scratch scratch = {NULL};
    struct token_list texts[2] = {{0}, {0}}, ids = {0}, types = {0};
    bool cut;
    bool fine = tokenizer_encode(model->tokenizer, &scratch, slice_of(first),
                                 &texts[0], NULL, &error) &&
                tokenizer_encode(model->tokenizer, &scratch, slice_of(second),
                                 &texts[1], NULL, &error);
    struct id_span spans[2] = {{texts[0].ids, texts[0].count},
                               {texts[1].ids, texts[1].count}};
    fine =
        fine &&
        pair_build(model->tokenizer, spans[0], &spans[1],
                   (struct cut_rule){.limit = model->token_limit}, &ids, &types,
                   &cut, &error) &&
        encoder_accepts(model->encoder, ids.ids, types.ids, ids.count, &error);
    size_t start[] = {0, ids.count};
    const struct batch batch = {
        .sequences = 1, .start = start, .ids = ids.ids, .types = types.ids};
    struct workspace workspace = {0};
    float *logits = memory_new(encoder_spec(model->encoder)->labels,
                               sizeof *logits, &error);
    fuzz_require(logits != NULL);
    if (fine)
        fuzz_require(
            encoder_run(model->encoder, &workspace, &batch, logits, &error));
    memory_free(logits);
    workspace_free(&workspace);
    tokenizer_scratch_free(&scratch);
    token_list_free(&texts[0]);
    token_list_free(&texts[1]);
    token_list_free(&ids);
    token_list_free(&types);
}

void target_packfile(const struct fuzz_target *target, struct slice input)
{
    (void)target;
    struct error error = {0};
    struct buffer bytes = {0};
    struct model model;
    const struct buffer *packed = pack(fuzz_line(&input));
    if (packed == NULL)
        return;
    fuzz_require(buffer_append(&bytes, packed->bytes, packed->length, &error));
    while (input.bytes != NULL)
        change(&bytes, fuzz_line(&input));
    seal_packed(&bytes, fuzz_file(0, buffer_slice(&bytes)));
    const struct options options = {.model = fuzz_file(0, buffer_slice(&bytes)),
                                    .jobs = 1};
    bool fine = model_open(&model, &options, &error);
    fuzz_require_error(fine, &error);
    if (fine) {
        run_pair(&model);
        fuzz_require_error(packfile_verify(&model.packed, &error), &error);
        model_close(&model);
    }
    buffer_free(&bytes);
}
