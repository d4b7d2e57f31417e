#include "cli/eval/layout.h"

#include "base/files.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

/* Names in the published files, the surest first: MNLI's tables have label1
 * and others beside gold_label. */
static const char *const label_names[] = {
    "gold_label", "is_duplicate", "score", "similarity_score", "label", NULL};
static const char *const first_names[] = {"sentence1", "question1", "premise",
                                          "question",  "text1",     NULL};
static const char *const second_names[] = {
    "sentence2", "question2", "hypothesis", "sentence", "text2", NULL};

/* Files without a header, by their columns. */
static const struct {
    enum eval_task task; /* EVAL_NO_TASK: any */
    size_t least, most;
    const char *fields;
} plain_layouts[] = {
    {EVAL_STSB, 7, SIZE_MAX, "5,6,7"}, /* genre file year id score a b ... */
    {EVAL_STSB, 4, 4, "2,3,4"},        /* SICK: label relatedness a b */
    {EVAL_NLI, 4, 4, "1,3,4"},
    {EVAL_NO_TASK, 3, 3, "1,2,3"},
};

enum { MOST_COLUMNS = 64 };

struct head {
    struct slice columns[MOST_COLUMNS]; /* of the first record */
    size_t count;
};

static void strip_quotes(struct slice *text)
{
    if (text->length >= 2 && text->bytes[0] == '"' &&
        text->bytes[text->length - 1] == '"')
        *text = (struct slice){text->bytes + 1, text->length - 2};
}

static void split(struct slice line, char delimiter, struct head *head)
{
    head->count = 0;
    while (line.bytes != NULL && head->count < MOST_COLUMNS) {
        struct slice column = text_cut(&line, delimiter);
        strip_quotes(&column);
        head->columns[head->count++] = column;
    }
}

static const char *find_name(const struct head *head, const char *const *names)
{
    for (; *names != NULL; names++)
        for (size_t i = 0; i < head->count; i++)
            if (slice_is(head->columns[i], *names))
                return *names;
    return NULL;
}

/* False where the columns have no known names. */
static bool name_fields(struct eval_layout *layout, const struct head *head,
                        struct error *error)
{
    static const char *const split_names[] = {"split", NULL};
    const char *label = find_name(head, label_names);
    const char *first = find_name(head, first_names);
    const char *second = find_name(head, second_names);
    char list[128];
    if (label == NULL || first == NULL || second == NULL)
        return false;
    layout->has_split = find_name(head, split_names) != NULL;
    snprintf(list, sizeof list, "%s,%s,%s%s", label, first, second,
             layout->has_split ? ",split" : "");
    return fields_parse(&layout->fields, "-f", list, error);
}

static bool count_fields(struct eval_layout *layout, enum eval_task task,
                         const char *path, size_t count, struct error *error)
{
    for (size_t i = 0; i < sizeof plain_layouts / sizeof *plain_layouts; i++)
        if ((plain_layouts[i].task == task ||
             plain_layouts[i].task == EVAL_NO_TASK) &&
            count >= plain_layouts[i].least && count <= plain_layouts[i].most)
            return fields_parse(&layout->fields, "-f", plain_layouts[i].fields,
                                error);
    return error_at(error, path, 1,
                    "%zu column%s without a header that is known: 3 were "
                    "expected (label, text, text); -f LABEL,FIRST,SECOND names "
                    "others",
                    count, count == 1 ? "" : "s");
}

static bool object_fields(struct eval_layout *layout, struct slice line,
                          const char *path, struct error *error)
{
    struct head head = {0};
    json_t *object = json_parse(line, path, 1, error);
    if (object == NULL)
        return false;
    for (void *at = json_object_iter(object);
         at != NULL && head.count < MOST_COLUMNS;
         at = json_object_iter_next(object, at))
        head.columns[head.count++] = slice_of(json_object_iter_key(at));
    bool found = name_fields(layout, &head, error);
    json_decref(object);
    return found || error_at(error, path, 1,
                             "no keys that are known: -f "
                             "LABEL,FIRST,SECOND names them");
}

static bool read_head(struct eval_layout *layout, enum eval_task task,
                      const char *path, struct slice line, struct error *error)
{
    struct head head;
    if (line.length > 0 && line.bytes[0] == '{' &&
        layout->reader.format != FORMAT_CSV) {
        layout->reader.format = FORMAT_JSONL;
        return object_fields(layout, line, path, error);
    }
    split(line, layout->reader.delimiter, &head);
    layout->reader.header = name_fields(layout, &head, error);
    return layout->reader.header ||
           count_fields(layout, task, path, head.count, error);
}

static bool look(struct eval_layout *layout, enum eval_task task,
                 const char *path, struct error *error)
{
    struct record record;
    struct reader *reader = reader_open(&reader_lines, &path, 1, error);
    if (reader == NULL)
        return false;
    enum reader_status status = reader_next(reader, true, &record, error);
    bool fine = status == READER_RECORD &&
                read_head(layout, task, path, record.texts[0], error);
    if (status == READER_END)
        fine = error_set(error, "%s: no lines: labelled pairs were expected",
                         path);
    reader_close(reader);
    return fine;
}

bool eval_layout_find(struct eval_layout *layout, const struct options *options,
                      const char *path, struct error *error)
{
    bool is_csv = options->format == FORMAT_CSV;
    *layout = (struct eval_layout){
        .reader = {.format = options->format,
                   .delimiter = options->delimiter ? options->delimiter
                                : is_csv           ? ','
                                                   : '\t',
                   .terminator = '\n',
                   .header = options->header}};
    layout->reader.texts = &layout->fields;
    if (options->has_texts) {
        layout->reader.texts = &options->texts;
        return options->texts.count == 3 ||
               error_set(error,
                         "%s: three fields were expected: label, first "
                         "text, second text",
                         options->texts.written);
    }
    if (file_exists(path, error))
        return look(layout, options->eval.task, path, error);
    return !error->set && fields_parse(&layout->fields, "-f", "1,2,3", error);
}

void eval_layout_free(struct eval_layout *layout)
{
    fields_free(&layout->fields);
}
