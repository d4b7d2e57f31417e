#include "base/files.h"
#include "text/pipeline.h"
#include "text/protobuf.h"

#include <string.h>

/*
 * sentencepiece_model.proto: field 1 the pieces, 2 the trainer's settings, 3
 * the normaliser's.  Only what the reference takes from it is read; the
 * pipeline around the model comes from the class.
 */

enum piece_type { PIECE_NORMAL = 1, PIECE_CONTROL = 3, PIECE_USER = 4 };

struct piece {
    struct slice text;
    float score;
    uint64_t type;
};

/* What is taken from the file, and lies in it. */
struct contents {
    struct piece *pieces;
    size_t count;
    uint64_t model_type, unknown;
    struct slice charsmap;
};

static bool fail_damaged(const struct builder *builder, const char *what)
{
    return builder_fail(builder, "not a SentencePiece model: %s is damaged",
                        what);
}

static bool read_piece(const struct builder *builder, struct slice bytes,
                       struct contents *contents)
{
    struct piece *piece = &contents->pieces[contents->count++];
    *piece = (struct piece){.text = {"", 0}, .type = PIECE_NORMAL};

    struct protobuf message = protobuf_start(bytes);
    struct protobuf_field field;
    while (protobuf_more(&message)) {
        if (!protobuf_next(&message, &field))
            return fail_damaged(builder, "a piece");
        uint32_t bits = (uint32_t)field.value;
        if (field.number == 1 && field.wire == WIRE_BYTES)
            piece->text = field.bytes;
        else if (field.number == 2 && field.wire == WIRE_32)
            memcpy(&piece->score, &bits, sizeof bits);
        else if (field.number == 3 && field.wire == WIRE_VARINT)
            piece->type = field.value;
    }
    return unicode_valid_length(piece->text) == piece->text.length ||
           builder_fail(builder, "piece %zu: not UTF-8", contents->count - 1);
}

static bool read_trainer(const struct builder *builder, struct slice bytes,
                         struct contents *contents)
{
    struct protobuf message = protobuf_start(bytes);
    struct protobuf_field field;
    while (protobuf_more(&message)) {
        if (!protobuf_next(&message, &field))
            return fail_damaged(builder, "the trainer's part");
        if (field.number == 3 && field.wire == WIRE_VARINT)
            contents->model_type = field.value;
        else if (field.number == 40 && field.wire == WIRE_VARINT)
            contents->unknown = field.value;
    }
    return true;
}

static bool read_spec(const struct builder *builder, struct slice bytes,
                      struct contents *contents)
{
    struct protobuf message = protobuf_start(bytes);
    struct protobuf_field field;
    while (protobuf_more(&message)) {
        if (!protobuf_next(&message, &field))
            return fail_damaged(builder, "the normaliser's part");
        if (field.number == 2 && field.wire == WIRE_BYTES)
            contents->charsmap = field.bytes;
    }
    return true;
}

/* Room for the pieces: as many as there are fields 1 before any damage. */
static bool reserve_pieces(const struct builder *builder, struct slice bytes,
                           struct contents *contents)
{
    struct protobuf message = protobuf_start(bytes);
    struct protobuf_field field;
    size_t count = 0;
    while (protobuf_more(&message) && protobuf_next(&message, &field))
        count += field.number == 1 && field.wire == WIRE_BYTES;
    contents->pieces =
        memory_new(count, sizeof *contents->pieces, builder->error);
    return contents->pieces != NULL &&
           vocabulary_reserve(&builder->tokenizer->model.vocabulary, count + 8,
                              bytes.length, builder->error);
}

static bool read_contents(const struct builder *builder, struct slice bytes,
                          struct contents *contents)
{
    enum { UNIGRAM = 1 };
    static bool (*const parts[])(const struct builder *, struct slice,
                                 struct contents *) = {NULL, read_piece,
                                                       read_trainer, read_spec};
    struct protobuf message = protobuf_start(bytes);
    struct protobuf_field field;
    if (!reserve_pieces(builder, bytes, contents))
        return false;
    while (protobuf_more(&message)) {
        if (!protobuf_next(&message, &field))
            return fail_damaged(builder, "the file");
        if (field.number < sizeof parts / sizeof *parts &&
            field.wire == WIRE_BYTES &&
            !parts[field.number](builder, field.bytes, contents))
            return false;
    }
    if (contents->model_type != UNIGRAM)
        return builder_fail(builder,
                            "SentencePiece model type %llu is not supported: "
                            "1, Unigram, is",
                            (unsigned long long)contents->model_type);
    return true;
}

/*
 * How a class numbers the pieces.  fairseq, which trained XLM-R and CamemBERT,
 * put its own special tokens in front of SentencePiece's.
 */
struct layout {
    enum vocabulary_files files;
    const char *first[6]; /* pieces in front, up to NULL */
    double scores[6];     /* of these */
    size_t replaced;      /* pieces of the file that they stand for */
    const char *last;     /* a piece behind, or NULL */
    bool names_unknown;   /* the file says which piece is unknown, else 3 */
};

static const struct layout layouts[] = {
    {
        .files = FILES_XLM_ROBERTA,
        .first = {"<s>", "<pad>", "</s>", "<unk>"},
        .replaced = 3,
        .last = "<mask>",
    },
    {
        .files = FILES_CAMEMBERT,
        .first = {"<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>",
                  "<unk>NOTUSED"},
        .scores = {0, 0, 0, 0, -100},
        .replaced = 1,
        .last = "<mask>",
    },
    {
        .files = FILES_DEBERTA_V2,
        .names_unknown = true,
    },
};

static const struct layout *layout_of(const struct builder *builder)
{
    size_t i = 0;
    while (layouts[i].files != builder->settings->class->files)
        i++;
    return &layouts[i];
}

static bool add_pieces(const struct builder *builder,
                       const struct layout *layout,
                       const struct contents *contents, struct error *error)
{
    struct subword_model *model = &builder->tokenizer->model;
    for (size_t i = 0; layout->first[i] != NULL; i++)
        if (!subword_unigram_add(model, slice_of(layout->first[i]),
                                 layout->scores[i], error))
            return false;
    for (size_t i = layout->replaced; i < contents->count; i++)
        if (!subword_unigram_add(model, contents->pieces[i].text,
                                 (double)contents->pieces[i].score, error))
            return false;
    return layout->last == NULL ||
           subword_unigram_add(model, slice_of(layout->last), 0, error);
}

static bool add_model(const struct builder *builder,
                      const struct contents *contents)
{
    const struct layout *layout = layout_of(builder);
    uint64_t unknown = layout->names_unknown ? contents->unknown : 3;
    if (unknown > VOCABULARY_LIMIT)
        unknown = VOCABULARY_LIMIT;
    struct error inner = {0};
    if (add_pieces(builder, layout, contents, &inner) &&
        subword_unigram(&builder->tokenizer->model, (int32_t)unknown, &inner))
        return true;
    return builder_pass(builder, &inner);
}

/* Lower case, white space at the ends, the map, runs of blanks. */
static bool add_normalizers(const struct builder *builder,
                            const struct contents *contents)
{
    const struct settings *settings = builder->settings;
    struct tokenizer *tokenizer = builder->tokenizer;
    bool is_deberta = settings->class->files == FILES_DEBERTA_V2;
    struct normalizer items[4];
    size_t count = 0;
    if (is_deberta &&
        settings_flag(settings, "do_lower_case", false, builder->error))
        normalizer_lowercase(&items[count++]);
    if (is_deberta)
        normalizer_strip(&items[count++], true, true);
    struct error inner = {0};
    if (contents->charsmap.length > 0 &&
        !normalizer_charsmap(&items[count++], contents->charsmap,
                             &tokenizer->arena, &inner))
        return builder_pass(builder, &inner);
    if (!is_deberta)
        normalizer_strip(&items[count++], false, true);
    struct pattern blanks;
    pattern_parse(&blanks, slice_of(" {2,}"));
    normalizer_replace(&items[count++], blanks,
                       slice_of(is_deberta ? " " : METASPACE));

    for (size_t i = 0; i < count; i++)
        if (!normalizer_list_add(&tokenizer->normalizers, &items[i],
                                 builder->error))
            return false;
    return true;
}

static bool add_splitters(const struct builder *builder)
{
    struct splitter_list *list = &builder->tokenizer->splitters;
    struct splitter splitter;
    if (builder->settings->class->files == FILES_DEBERTA_V2 &&
        settings_flag(builder->settings, "split_by_punct", false,
                      builder->error)) {
        splitter_cut_kind(&splitter, unicode_is_punctuation, CUT_ISOLATED);
        if (!splitter_list_add(list, &splitter, builder->error))
            return false;
    }
    splitter_metaspace(&splitter, slice_of(METASPACE), PREFIX_ALWAYS, true);
    return splitter_list_add(list, &splitter, builder->error);
}

/* Control pieces are special tokens, user-defined ones are added tokens. */
static bool add_tokens(const struct builder *builder,
                       const struct contents *contents)
{
    for (size_t i = 0; i < contents->count; i++) {
        const struct piece *piece = &contents->pieces[i];
        struct added_token token = {.content = piece->text,
                                    .special = piece->type == PIECE_CONTROL};
        if ((piece->type == PIECE_CONTROL || piece->type == PIECE_USER) &&
            !builder_add_token(builder, token))
            return false;
    }
    return true;
}

bool read_sentencepiece(const struct builder *builder)
{
    struct file file;
    if (!file_map(&file, builder->path, builder->error))
        return false;
    struct contents contents = {.model_type = 1, .charsmap = {"", 0}};
    bool fine = read_contents(builder, (struct slice){file.bytes, file.length},
                              &contents) &&
                add_model(builder, &contents) &&
                add_normalizers(builder, &contents) && add_splitters(builder) &&
                add_tokens(builder, &contents) && builder_add_listed(builder) &&
                builder_add_specials(builder) &&
                builder_add_class_template(builder);
    memory_free(contents.pieces);
    file_release(&file);
    return fine && !builder->error->set;
}
