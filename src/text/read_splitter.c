#include "text/stage.h"

/*
 * One function for each type of pre-tokenizer: members of its JSON object to
 * the parameters of pretokenize.h.
 */

static bool add_splitter(const struct reader *reader,
                         const struct splitter *splitter)
{
    struct error inner = {0};
    return !reader->error->set &&
           (splitter_list_add(&reader->tokenizer->splitters, splitter,
                              &inner) ||
            reader_pass(reader, &inner));
}

static bool read_bert_splitter(const struct reader *reader, const json_t *value)
{
    (void)value;
    struct splitter splitter;
    splitter_bert(&splitter);
    return add_splitter(reader, &splitter);
}

static bool read_byte_level(const struct reader *reader, const json_t *value)
{
    struct splitter splitter;
    splitter_byte_level(&splitter,
                        stage_flag(reader, value, "add_prefix_space", true),
                        stage_flag(reader, value, "use_regex", true));
    return add_splitter(reader, &splitter);
}

/* Old files say add_prefix_space, newer ones prepend_scheme. */
static bool read_metaspace(const struct reader *reader, const json_t *value)
{
    static const char *const schemes[] = {
        [PREFIX_ALWAYS] = "always",
        [PREFIX_FIRST] = "first",
        [PREFIX_NEVER] = "never",
    };
    bool adds = stage_flag(reader, value, "add_prefix_space", true);
    struct slice name =
        stage_text(reader, value, "prepend_scheme", adds ? "always" : "never");
    struct slice replacement =
        stage_text(reader, value, "replacement", METASPACE);
    int scheme = PREFIX_ALWAYS;
    while (scheme <= PREFIX_NEVER && !slice_is(name, schemes[scheme]))
        scheme++;
    if (scheme > PREFIX_NEVER || replacement.length == 0 ||
        replacement.length != utf8_length(*replacement.bytes))
        return reader_fail(reader, "Metaspace: prepend_scheme 'always', "
                                   "'first' or 'never' was expected, and a "
                                   "replacement of one character");
    struct splitter splitter;
    splitter_metaspace(&splitter, replacement, (enum metaspace_prefix)scheme,
                       stage_flag(reader, value, "split", true));
    return add_splitter(reader, &splitter);
}

static bool read_whitespace_split(const struct reader *reader,
                                  const json_t *value)
{
    (void)value;
    struct splitter splitter;
    splitter_cut_kind(&splitter, unicode_is_space, CUT_REMOVED);
    return add_splitter(reader, &splitter);
}

static bool read_digits(const struct reader *reader, const json_t *value)
{
    struct splitter splitter;
    splitter_cut_kind(&splitter, unicode_is_number,
                      stage_flag(reader, value, "individual_digits", false)
                          ? CUT_ISOLATED
                          : CUT_CONTIGUOUS);
    return add_splitter(reader, &splitter);
}

static bool read_cut(const struct reader *reader, const json_t *value,
                     enum cut *cut)
{
    static const char *const names[] = {
        [CUT_REMOVED] = "Removed",
        [CUT_ISOLATED] = "Isolated",
        [CUT_CONTIGUOUS] = "Contiguous",
        [CUT_WITH_PREVIOUS] = "MergedWithPrevious",
        [CUT_WITH_NEXT] = "MergedWithNext",
    };
    char quoted[TEXT_QUOTE_BYTES];
    struct slice name = stage_text(reader, value, "behavior", "Isolated");
    for (int i = CUT_REMOVED; i <= CUT_WITH_NEXT; i++)
        if (slice_is(name, names[i])) {
            *cut = (enum cut)i;
            return true;
        }
    return reader_fail(reader, "behavior '%s' is not supported",
                       text_quote(name, quoted));
}

static bool read_punctuation(const struct reader *reader, const json_t *value)
{
    struct splitter splitter;
    enum cut cut;
    if (!read_cut(reader, value, &cut))
        return false;
    splitter_cut_kind(&splitter, unicode_is_punctuation, cut);
    return add_splitter(reader, &splitter);
}

/* "invert" splits at what is not matched; no published model asks for it. */
static bool read_split(const struct reader *reader, const json_t *value)
{
    struct splitter splitter;
    struct pattern pattern;
    enum cut cut;
    if (stage_flag(reader, value, "invert", false))
        return reader_fail(reader, "Split: invert is not supported");
    if (!stage_pattern(reader, value, &pattern) ||
        !read_cut(reader, value, &cut))
        return false;
    splitter_cut_pattern(&splitter, pattern, cut);
    return add_splitter(reader, &splitter);
}

static bool read_splitter_sequence(const struct reader *reader,
                                   const json_t *value);

static const struct stage_reader splitters[] = {
    {"BertPreTokenizer", read_bert_splitter},
    {"ByteLevel", read_byte_level},
    {"Digits", read_digits},
    {"Metaspace", read_metaspace},
    {"Punctuation", read_punctuation},
    {"Sequence", read_splitter_sequence},
    {"Split", read_split},
    {"WhitespaceSplit", read_whitespace_split},
};

static bool read_one_splitter(const struct reader *reader, const json_t *value)
{
    return stage_read(reader, value, "pre_tokenizer", splitters,
                      sizeof splitters / sizeof *splitters);
}

static bool read_splitter_sequence(const struct reader *reader,
                                   const json_t *value)
{
    return stage_each(reader, value, "pretokenizers", read_one_splitter);
}

bool read_pre_tokenizer(const struct reader *reader, const json_t *value)
{
    if (!read_one_splitter(reader, value))
        return false;
    /* tokenizer_config.json has the last word on a bare ByteLevel, and an
     * absent add_prefix_space means false, in every class. */
    if (stage_is(value, "ByteLevel")) {
        struct splitter *splitter = &reader->tokenizer->splitters.items[0];
        bool prefix = settings_flag(reader->settings, "add_prefix_space", false,
                                    reader->error);
        splitter_byte_level(splitter, prefix, splitter->as.byte_level.splits);
    }
    return !reader->error->set;
}
