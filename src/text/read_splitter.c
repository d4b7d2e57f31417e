#include "text/stage.h"

/*
 * One function for each type of pre-tokenizer: members of its JSON object to
 * the parameters of pretokenize.h.
 */

static bool add_splitter(const struct builder *builder,
                         const struct splitter *splitter)
{
    struct error inner = {0};
    return !builder->error->set &&
           (splitter_list_add(&builder->tokenizer->splitters, splitter,
                              &inner) ||
            builder_pass(builder, &inner));
}

static bool read_bert_splitter(const struct builder *builder,
                               const json_t *value)
{
    (void)value;
    struct splitter splitter;
    splitter_bert(&splitter);
    return add_splitter(builder, &splitter);
}

static bool read_byte_level(const struct builder *builder, const json_t *value)
{
    struct splitter splitter;
    splitter_byte_level(&splitter,
                        stage_flag(builder, value, "add_prefix_space", true),
                        stage_flag(builder, value, "use_regex", true));
    return add_splitter(builder, &splitter);
}

/* Old files say add_prefix_space, newer ones prepend_scheme. */
static bool read_metaspace(const struct builder *builder, const json_t *value)
{
    static const char *const schemes[] = {
        [PREFIX_ALWAYS] = "always",
        [PREFIX_FIRST] = "first",
        [PREFIX_NEVER] = "never",
    };
    bool adds = stage_flag(builder, value, "add_prefix_space", true);
    struct slice name =
        stage_text(builder, value, "prepend_scheme", adds ? "always" : "never");
    struct slice replacement =
        stage_text(builder, value, "replacement", METASPACE);
    int scheme = PREFIX_ALWAYS;
    while (scheme <= PREFIX_NEVER && !slice_is(name, schemes[scheme]))
        scheme++;
    if (scheme > PREFIX_NEVER || replacement.length == 0 ||
        replacement.length != utf8_length(*replacement.bytes))
        return builder_fail(builder, "Metaspace: prepend_scheme 'always', "
                                     "'first' or 'never' was expected, and a "
                                     "replacement of one character");
    struct splitter splitter;
    splitter_metaspace(&splitter, replacement, (enum metaspace_prefix)scheme,
                       stage_flag(builder, value, "split", true));
    return add_splitter(builder, &splitter);
}

static bool read_whitespace_split(const struct builder *builder,
                                  const json_t *value)
{
    (void)value;
    struct splitter splitter;
    splitter_cut_kind(&splitter, unicode_is_space, CUT_REMOVED);
    return add_splitter(builder, &splitter);
}

static bool read_digits(const struct builder *builder, const json_t *value)
{
    struct splitter splitter;
    splitter_cut_kind(&splitter, unicode_is_number,
                      stage_flag(builder, value, "individual_digits", false)
                          ? CUT_ISOLATED
                          : CUT_CONTIGUOUS);
    return add_splitter(builder, &splitter);
}

static bool read_cut(const struct builder *builder, const json_t *value,
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
    struct slice name = stage_text(builder, value, "behavior", "Isolated");
    for (int i = CUT_REMOVED; i <= CUT_WITH_NEXT; i++)
        if (slice_is(name, names[i])) {
            *cut = (enum cut)i;
            return true;
        }
    return builder_fail(builder, "behavior '%s' is not supported",
                        text_quote(name, quoted));
}

static bool read_punctuation(const struct builder *builder, const json_t *value)
{
    struct splitter splitter;
    enum cut cut;
    if (!read_cut(builder, value, &cut))
        return false;
    splitter_cut_kind(&splitter, unicode_is_punctuation, cut);
    return add_splitter(builder, &splitter);
}

/* "invert" splits at what is not matched; no published model asks for it. */
static bool read_split(const struct builder *builder, const json_t *value)
{
    struct splitter splitter;
    struct pattern pattern;
    enum cut cut;
    if (stage_flag(builder, value, "invert", false))
        return builder_fail(builder, "Split: invert is not supported");
    if (!stage_pattern(builder, value, &pattern) ||
        !read_cut(builder, value, &cut))
        return false;
    splitter_cut_pattern(&splitter, pattern, cut);
    return add_splitter(builder, &splitter);
}

static bool read_splitter_sequence(const struct builder *builder,
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

static bool read_one_splitter(const struct builder *builder,
                              const json_t *value)
{
    return stage_read(builder, value, "pre_tokenizer", splitters,
                      sizeof splitters / sizeof *splitters);
}

static bool read_splitter_sequence(const struct builder *builder,
                                   const json_t *value)
{
    return stage_each(builder, value, "pretokenizers", read_one_splitter);
}

bool read_pre_tokenizer(const struct builder *builder, const json_t *value)
{
    if (!read_one_splitter(builder, value))
        return false;
    /* tokenizer_config.json has the last word on a bare ByteLevel, and an
     * absent add_prefix_space means false, in every class. */
    if (stage_is(value, "ByteLevel")) {
        struct splitter *splitter = &builder->tokenizer->splitters.items[0];
        bool prefix = settings_flag(builder->settings, "add_prefix_space",
                                    false, builder->error);
        splitter_byte_level(splitter, prefix, splitter->as.byte_level.splits);
    }
    return !builder->error->set;
}
