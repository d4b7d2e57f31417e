#include "cli/bench/tokenizer.h"

#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool append(struct buffer *out, struct error *error, const char *format,
                   ...) __attribute__((format(printf, 3, 4)));

static bool append(struct buffer *out, struct error *error, const char *format,
                   ...)
{
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return buffer_append(out, text, (size_t)length, error);
}

enum { SPECIALS = 5 };

/* The names in order of their ids; which of them stand in a pair. */
struct specials {
    const char *names[SPECIALS];
    int first, separator, unknown;
    int separators; /* between the texts */
    int second_type;
};

static bool append_added_tokens(struct buffer *out,
                                const struct specials *specials,
                                struct error *error)
{
    bool fine = append(out, error, "\"added_tokens\":[");
    for (int i = 0; fine && i < SPECIALS; i++)
        fine = append(out, error,
                      "%s{\"id\":%d,\"content\":\"%s\",\"single_word\":false,"
                      "\"lstrip\":false,\"rstrip\":false,\"normalized\":false,"
                      "\"special\":true}",
                      i > 0 ? "," : "", i, specials->names[i]);
    return fine && append(out, error, "],");
}

static bool append_special(struct buffer *out, const char *name, int type,
                           struct error *error)
{
    return append(out, error,
                  ",{\"SpecialToken\":{\"id\":\"%s\",\"type_id\":%d}}", name,
                  type);
}

static bool append_sequence(struct buffer *out, char id, int type,
                            struct error *error)
{
    return append(out, error, ",{\"Sequence\":{\"id\":\"%c\",\"type_id\":%d}}",
                  id, type);
}

/* first A separator [separators...] B separator */
static bool append_template(struct buffer *out, const struct specials *specials,
                            struct error *error)
{
    const char *first = specials->names[specials->first];
    const char *separator = specials->names[specials->separator];
    static const char *const kinds[] = {"single", "pair"};
    bool fine = append(out, error,
                       "\"post_processor\":{\"type\":\"TemplateProcessing\"");
    for (int pair = 0; fine && pair < 2; pair++) {
        fine = append(out, error,
                      ",\"%s\":[{\"SpecialToken\":{\"id\":\"%s\",\"type_id\":0}"
                      "}",
                      kinds[pair], first) &&
               append_sequence(out, 'A', 0, error);
        for (int i = 0; fine && i < (pair ? specials->separators : 1); i++)
            fine = append_special(out, separator, 0, error);
        if (fine && pair)
            fine = append_sequence(out, 'B', specials->second_type, error) &&
                   append_special(out, separator, specials->second_type, error);
        fine = fine && append(out, error, "]");
    }
    return fine &&
           append(out, error,
                  ",\"special_tokens\":{\"%s\":{\"id\":\"%s\",\"ids\":[%d],"
                  "\"tokens\":[\"%s\"]},\"%s\":{\"id\":\"%s\",\"ids\":[%d],"
                  "\"tokens\":[\"%s\"]}}},",
                  first, first, specials->first, first, separator, separator,
                  specials->separator, separator);
}

/* GPT-2's letter of a byte: itself where it prints, else from U+0100 on. */
static unsigned letter_of(unsigned byte)
{
    unsigned letter = 0x100;
    for (unsigned i = 0; i <= byte; i++) {
        bool prints =
            (i >= '!' && i <= '~') || (i >= 0xA1 && i <= 0xAC) || i >= 0xAE;
        if (i == byte)
            return prints ? byte : letter;
        letter += !prints;
    }
    return letter;
}

static bool append_letter(struct buffer *out, unsigned letter,
                          struct error *error)
{
    char utf8[2] = {(char)letter, 0};
    size_t length = 1;
    if (letter >= 0x80) {
        utf8[0] = (char)(0xC0 | letter >> 6);
        utf8[1] = (char)(0x80 | (letter & 0x3F));
        length = 2;
    }
    return json_append_string(out, (struct slice){utf8, length}, error);
}

static bool append_bytes_model(struct buffer *out,
                               const struct specials *specials,
                               size_t vocabulary, struct error *error)
{
    bool fine =
        append(out, error,
               "\"pre_tokenizer\":{\"type\":\"ByteLevel\","
               "\"add_prefix_space\":false,\"trim_offsets\":true,"
               "\"use_regex\":true},\"decoder\":{\"type\":\"ByteLevel\","
               "\"add_prefix_space\":true,\"trim_offsets\":true,"
               "\"use_regex\":true},\"model\":{\"type\":\"BPE\","
               "\"dropout\":null,\"unk_token\":null,"
               "\"continuing_subword_prefix\":null,"
               "\"end_of_word_suffix\":null,\"fuse_unk\":false,"
               "\"byte_fallback\":false,\"vocab\":{");
    size_t id = 0;
    for (; fine && id < SPECIALS; id++)
        fine = append(out, error, "%s\"%s\":%zu", id > 0 ? "," : "",
                      specials->names[id], id);
    for (unsigned byte = 0; fine && byte < 256; byte++, id++)
        fine = append(out, error, ",") &&
               append_letter(out, letter_of(byte), error) &&
               append(out, error, ":%zu", id);
    for (; fine && id < vocabulary; id++)
        fine = append(out, error, ",\"<unused%zu>\":%zu", id, id);
    return fine && append(out, error, "},\"merges\":[]}}\n");
}

static bool append_unigram_model(struct buffer *out,
                                 const struct specials *specials,
                                 size_t vocabulary, struct error *error)
{
    bool fine = append(out, error,
                       "\"pre_tokenizer\":{\"type\":\"Metaspace\","
                       "\"replacement\":\"\xE2\x96\x81\",\"prepend_scheme\":"
                       "\"always\",\"split\":true},\"decoder\":{\"type\":"
                       "\"Metaspace\",\"replacement\":\"\xE2\x96\x81\","
                       "\"prepend_scheme\":\"always\",\"split\":true},"
                       "\"model\":{\"type\":\"Unigram\",\"unk_id\":%d,"
                       "\"byte_fallback\":false,\"vocab\":[",
                       specials->unknown);
    size_t id = 0;
    for (; fine && id < SPECIALS; id++)
        fine = append(out, error, "%s[\"%s\",0.0]", id > 0 ? "," : "",
                      specials->names[id]);
    fine = fine && append(out, error, ",[\"\xE2\x96\x81\",-3.0]");
    id++;
    for (unsigned letter = '!'; fine && letter <= '~'; letter++, id++)
        fine = append(out, error, ",[") && append_letter(out, letter, error) &&
               append(out, error, ",-4.0]");
    for (; fine && id < vocabulary; id++)
        fine = append(out, error, ",[\"<unused%zu>\",-99.0]", id);
    return fine && append(out, error, "]}}\n");
}

static bool append_start(struct buffer *out, const struct specials *specials,
                         struct error *error)
{
    return append(
               out, error,
               "{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,") &&
           append_added_tokens(out, specials, error) &&
           append(out, error, "\"normalizer\":null,") &&
           append_template(out, specials, error);
}

static const struct specials roberta_specials = {
    .names = {"<s>", "<pad>", "</s>", "<unk>", "<mask>"},
    .first = 0,
    .separator = 2,
    .unknown = 3,
    .separators = 2,
};

bool bench_tokenizer_roberta(struct buffer *out, size_t vocabulary,
                             struct error *error)
{
    return append_start(out, &roberta_specials, error) &&
           append_bytes_model(out, &roberta_specials, vocabulary, error);
}

bool bench_tokenizer_xlm_roberta(struct buffer *out, size_t vocabulary,
                                 struct error *error)
{
    return append_start(out, &roberta_specials, error) &&
           append_unigram_model(out, &roberta_specials, vocabulary, error);
}

bool bench_tokenizer_deberta(struct buffer *out, size_t vocabulary,
                             struct error *error)
{
    static const struct specials specials = {
        .names = {"[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"},
        .first = 1,
        .separator = 2,
        .unknown = 3,
        .separators = 1,
        .second_type = 1,
    };
    return append_start(out, &specials, error) &&
           append_unigram_model(out, &specials, vocabulary, error);
}

bool bench_tokenizer_modernbert(struct buffer *out, size_t vocabulary,
                                struct error *error)
{
    static const struct specials specials = {
        .names = {"[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"},
        .first = 1,
        .separator = 2,
        .unknown = 0,
        .separators = 1,
    };
    return append_start(out, &specials, error) &&
           append_bytes_model(out, &specials, vocabulary, error);
}
