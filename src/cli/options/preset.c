/*
 * preset.c - the table of --preset; xenc-formats(5) shows it with samples.
 */
#include "cli/options/preset.h"

struct preset {
    enum record_format format;
    char delimiter;                   /* 0: the format's own */
    const char *pair;                 /* -f for two texts */
    const char *pair_without_header;  /* where the first line is no header */
    const char *candidate;            /* -f with -q; NULL: as pair */
    const char *group, *id, *columns; /* for rerank alone; NULL: none */
};

static const struct preset presets[] = {
    /* top1000.dev.tsv: qid, pid, query, passage */
    {.format = FORMAT_LINES,
     .pair = "3,4",
     .candidate = "4",
     .group = "1",
     .id = "2",
     .columns = "msmarco"},
    /* GLUE's and sbert's files have a header, the first ones have none:
     * genre, filename, year, id, score, sentence1, sentence2 */
    {.format = FORMAT_LINES,
     .pair = "sentence1,sentence2",
     .pair_without_header = "6,7"},
    /* snli_1.0_dev.txt, multinli_1.0_dev_matched.txt, GLUE's MNLI */
    {.format = FORMAT_LINES, .pair = "sentence1,sentence2"},
    /* quora_duplicate_questions.tsv: TABs and real quotes */
    {.format = FORMAT_CSV, .delimiter = '\t', .pair = "question1,question2"},
    /* corpus.jsonl */
    {.format = FORMAT_JSONL, .pair = "title,text", .id = "_id"},
};

static bool set_fields(struct field_list *list, bool *given, const char *option,
                       const char *text, struct error *error)
{
    if (*given || text == NULL)
        return true;
    *given = true;
    return fields_parse(list, option, text, error);
}

bool preset_apply(struct options *options, struct error *error)
{
    if (options->preset == 0)
        return true;
    const struct preset *preset = &presets[options->preset - 1];
    bool has_query = options->query != NULL || options->query_file != NULL;
    bool ranks = options->command->bit == FOR_RERANK;
    bool lists_fields = options->has_texts;

    if (!options->has_format)
        options->format = preset->format;
    if (options->delimiter == '\0' && options->format == preset->format)
        options->delimiter = preset->delimiter;
    const char *texts =
        has_query && preset->candidate ? preset->candidate : preset->pair;
    if (!set_fields(&options->texts, &options->has_texts, "-f", texts, error))
        return false;
    if (!lists_fields && options->format == FORMAT_LINES &&
        preset->pair_without_header != NULL &&
        !fields_parse(&options->texts_without_header, "-f",
                      preset->pair_without_header, error))
        return false;
    if (!ranks)
        return true;
    if (options->columns == NULL)
        options->columns = preset->columns;
    if (has_query || options->has_group)
        return set_fields(&options->id, &options->has_id, "--id", preset->id,
                          error);
    return set_fields(&options->group, &options->has_group, "-g", preset->group,
                      error) &&
           set_fields(&options->id, &options->has_id, "--id", preset->id,
                      error);
}
