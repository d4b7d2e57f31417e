/*
 * tokenize.c - `xenc tokenize`: the ids that a model sees for a text or pair.
 *
 * Opens the tokenizer's files and config.json, never the weights.  Records go
 * through one by one: what is read is printed at the next pause of the input.
 */
#include "base/interrupt.h"
#include "base/memory.h"
#include "cli/message.h"
#include "cli/model.h"
#include "cli/scoring/report.h"
#include "cli/scoring/streams.h"
#include "text/pair.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_COLUMNS = 8 };

enum token_column {
    TOKEN_IDS,
    TOKEN_PIECES,
    TOKEN_TYPES,
    TOKEN_TRUNCATED,
    TOKEN_LINE,
    TOKEN_COLUMNS
};

/* -c takes the short names; the others are JSON's keys and CSV's headers. */
static const struct column_names {
    const char *name, *key;
} column_names[TOKEN_COLUMNS] = {
    [TOKEN_IDS] = {"id", "ids"},
    [TOKEN_PIECES] = {"token", "tokens"},
    [TOKEN_TYPES] = {"type", "type_ids"},
    [TOKEN_TRUNCATED] = {"truncated", "truncated"},
    [TOKEN_LINE] = {"line", "line"},
};

struct tokenize {
    const struct options *options;
    struct model model; /* opened for its texts alone */
    const struct tokenizer *tokenizer;
    struct streams streams;
    struct sandbox sandbox; /* what is in force */
    size_t limit;           /* tokens of a sequence; SIZE_MAX: none */

    enum token_column columns[MOST_COLUMNS];
    size_t column_count;
    struct value values[MOST_COLUMNS];

    /* The present record, all grown as needed. */
    struct tokenizer_scratch scratch;
    struct token_list first, second; /* ids of the texts */
    struct token_list ids, types;    /* of the sequence */
    bool cut;
    struct slice *pieces; /* [ids.count] */
    size_t piece_capacity;

    bool has_header; /* was written */
    uint64_t bad;
    struct scorer_counts counts;
};

/*** Opening ***/

static enum token_column find_column(struct slice name)
{
    enum token_column column = 0;
    while (column < TOKEN_COLUMNS &&
           !slice_is(name, column_names[column].name) &&
           !slice_is(name, column_names[column].key))
        column++;
    return column;
}

static bool no_such_column(struct slice name, struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    struct name_line there = {0};
    for (enum token_column column = 0; column < TOKEN_COLUMNS; column++)
        name_line_add(&there, slice_of(column_names[column].name));
    return error_set(error, "-c: no column '%s': there are %s",
                     text_quote(name, quoted), name_line_end(&there, "none"));
}

static bool parse_columns(struct tokenize *tokenize, const char *list,
                          struct error *error)
{
    struct slice rest = slice_of(list);
    while (rest.bytes != NULL) {
        struct slice name = text_cut(&rest, ',');
        enum token_column column = find_column(name);
        if (column == TOKEN_COLUMNS)
            return no_such_column(name, error);
        if (tokenize->column_count == MOST_COLUMNS)
            return error_set(error, "-c: at most %d columns were expected",
                             MOST_COLUMNS);
        tokenize->columns[tokenize->column_count++] = column;
    }
    return true;
}

static bool open_streams(struct tokenize *tokenize, struct error *error)
{
    const struct options *options = tokenize->options;
    struct streams_plan plan = {
        .texts = options->has_texts ? &options->texts : NULL,
        .optional_texts = true,
    };
    if (options->texts.count > 2)
        return error_set(error,
                         "-f: %zu texts: one, or two for a pair, were "
                         "expected",
                         options->texts.count);
    return streams_check_keys(options, error) &&
           streams_open(&tokenize->streams, options, &plan, error);
}

/* An architecture that cannot be scored yet may have a known tokenizer. */
static size_t find_limit(const struct model *model, struct error *error)
{
    struct architecture architecture;
    struct error unknown = {0};
    bool known = architecture_find(&architecture, &model->config, &unknown);
    return model_token_limit(&model->config, known ? &architecture.spec : NULL,
                             model->tokenizer, error);
}

static bool open_model(struct tokenize *tokenize, struct error *error)
{
    const struct options *options = tokenize->options;
    if (!model_open_texts(&tokenize->model, options, error))
        return false;
    tokenize->tokenizer = tokenize->model.tokenizer;
    tokenize->limit = options->max_length > 0
                          ? options->max_length
                          : find_limit(&tokenize->model, error);
    return !error->set;
}

static bool open_all(struct tokenize *tokenize, struct error *error)
{
    const struct options *options = tokenize->options;
    const char *columns = options->columns;
    if (columns == NULL)
        columns = options->format == FORMAT_JSONL ? "token,id,type" : "id";
    return parse_columns(tokenize, columns, error) &&
           open_streams(tokenize, error) && open_model(tokenize, error);
}

static void free_all(struct tokenize *tokenize)
{
    model_close(&tokenize->model);
    tokenizer_scratch_free(&tokenize->scratch);
    token_list_free(&tokenize->first);
    token_list_free(&tokenize->second);
    token_list_free(&tokenize->ids);
    token_list_free(&tokenize->types);
    memory_free(tokenize->pieces);
    streams_close(&tokenize->streams);
}

/*** One record ***/

static bool encode(struct tokenize *tokenize, struct slice text,
                   struct token_list *list, size_t *invalid,
                   struct error *error)
{
    list->count = 0;
    return tokenizer_encode(tokenize->tokenizer, &tokenize->scratch, text, list,
                            invalid, error);
}

static bool count_length(struct tokenize *tokenize, size_t length,
                         struct error *error)
{
    const struct options *options = tokenize->options;
    if (length > tokenize->limit && options->long_texts == LONG_ERROR)
        return error_set(error, "%zu tokens: at most %zu were expected", length,
                         tokenize->limit);
    if (tokenize->counts.longest_tokens < length)
        tokenize->counts.longest_tokens = length;
    return true;
}

/* The sequence of a record's texts in ids and types. */
static bool build_sequence(struct tokenize *tokenize,
                           const struct record *record, struct error *error)
{
    bool is_pair = record->text_count == 2 && record->texts[1].bytes != NULL;
    size_t invalid = 0;
    if (!encode(tokenize, record->texts[0], &tokenize->first, &invalid, error))
        return false;
    if (is_pair &&
        !encode(tokenize, record->texts[1], &tokenize->second, &invalid, error))
        return false;

    struct id_span first = {tokenize->first.ids, tokenize->first.count};
    struct id_span second = {tokenize->second.ids, tokenize->second.count};
    const struct id_span *pair = is_pair ? &second : NULL;
    struct cut_rule rule = {tokenize->limit, tokenize->options->truncation,
                            tokenizer_keeps_end(tokenize->tokenizer)};
    size_t length = pair_length(tokenize->tokenizer, first, pair);
    tokenize->ids.count = tokenize->types.count = 0;
    tokenize->cut = false;
    if (!count_length(tokenize, length, error) ||
        !pair_build(tokenize->tokenizer, first, pair, rule, &tokenize->ids,
                    &tokenize->types, &tokenize->cut, error))
        return false;

    tokenize->counts.invalid_utf8 += invalid > 0;
    tokenize->counts.cut += tokenize->cut;
    tokenize->counts.tokens += tokenize->ids.count;
    return true;
}

static bool find_pieces(struct tokenize *tokenize, struct error *error)
{
    const struct token_list *ids = &tokenize->ids;
    if (!memory_grow((void **)&tokenize->pieces, &tokenize->piece_capacity,
                     ids->count, sizeof *tokenize->pieces, error))
        return false;
    for (size_t i = 0; i < ids->count; i++)
        tokenize->pieces[i] = tokenizer_token(tokenize->tokenizer, ids->ids[i]);
    return true;
}

static void set_value(const struct tokenize *tokenize, enum token_column column,
                      struct value *value)
{
    *value = (struct value){.name = column_names[column].key,
                            .count = tokenize->ids.count};
    switch (column) {
    case TOKEN_IDS:
        value->kind = VALUE_INTEGERS;
        value->integers = tokenize->ids.ids;
        break;
    case TOKEN_PIECES:
        value->kind = VALUE_TEXTS;
        value->texts = tokenize->pieces;
        break;
    case TOKEN_TYPES:
        value->kind = VALUE_INTEGERS;
        value->integers = tokenize->types.ids;
        break;
    case TOKEN_TRUNCATED:
        value->kind = VALUE_BOOL;
        value->flag = tokenize->cut;
        break;
    case TOKEN_LINE:
    case TOKEN_COLUMNS:
        value->kind = VALUE_RECORD;
        break;
    }
}

static bool print_record(struct tokenize *tokenize, const struct record *record,
                         struct error *error)
{
    struct slice header = reader_header(tokenize->streams.reader);
    if (!find_pieces(tokenize, error))
        return false;
    for (size_t i = 0; i < tokenize->column_count; i++)
        set_value(tokenize, tokenize->columns[i], &tokenize->values[i]);
    if (header.bytes != NULL && !tokenize->has_header &&
        !writer_header(tokenize->streams.writer, header, tokenize->values,
                       tokenize->column_count, error))
        return false;
    tokenize->has_header = true;
    return writer_put(tokenize->streams.writer, record->bytes, tokenize->values,
                      tokenize->column_count, error);
}

/* A record that cannot be used stops the run, or is printed without tokens. */
static bool pass_bad(struct tokenize *tokenize, const struct record *record,
                     const struct error *reason, struct error *error)
{
    if (!tokenize->options->keep_going || reason->no_memory)
        return error_pass(error, reason);
    if (tokenize->bad++ == 0)
        complain(reason);
    tokenize->ids.count = tokenize->types.count = 0;
    tokenize->cut = false;
    return print_record(tokenize, record, error);
}

static bool take_record(void *context, const struct record *record,
                        const struct error *bad, struct error *error)
{
    struct tokenize *tokenize = context;
    struct error reason = {0}, placed = {0};
    tokenize->counts.records++;
    if (bad->set)
        return pass_bad(tokenize, record, bad, error);
    if (build_sequence(tokenize, record, &reason))
        return print_record(tokenize, record, error);
    error_pass_at(&placed, record->file, record->line, &reason);
    return pass_bad(tokenize, record, &placed, error);
}

static bool flush(void *context, struct error *error)
{
    struct tokenize *tokenize = context;
    return writer_flush(tokenize->streams.writer, error);
}

/*** The command ***/

static void say_counts(const struct tokenize *tokenize)
{
    const struct options *options = tokenize->options;
    const struct scorer_counts *counts = &tokenize->counts;
    char sandbox[SANDBOX_TEXT_BYTES];
    report_texts(options, counts, tokenize->limit);
    warn_records(options, tokenize->bad, counts->records,
                 "could not be used: no tokens");
    if (options->stats)
        fprintf(stderr,
                "records %" PRIu64 ", tokens %" PRIu64 ", cut %" PRIu64
                "\nsandbox %s\n",
                counts->records, counts->tokens, counts->cut,
                sandbox_print(tokenize->sandbox, sandbox));
}

static int run(const struct options *options)
{
    struct tokenize tokenize = {.options = options};
    struct error error = {0};
    int status = EXIT_DONE;
    if (open_all(&tokenize, &error)) {
        tokenize.sandbox = streams_confine(&tokenize.streams, options);
        interrupt_hold();
        if (streams_read(&tokenize.streams, take_record, flush, &tokenize,
                         &error))
            writer_commit(tokenize.streams.writer, &error);
    }
    if (error.set)
        streams_flush_finished(&tokenize.streams, options);
    if (interrupt_seen())
        interrupt_die();

    if (error.set)
        status = complain(&error);
    else
        say_counts(&tokenize);
    if (tokenize.bad > 0)
        status = EXIT_TROUBLE;
    free_all(&tokenize);
    return status;
}

static const char *const description[] = {
    "Prints the token ids that a model is given for each record: one text, "
    "or two texts as a pair with its special tokens, cut to the model's "
    "limit. Only the files of the tokenizer and config.json are read.",
    "Ids have a blank between two. With --jsonl the object comes back with "
    "the lists tokens, ids and type_ids added.",
    NULL,
};

static const struct example examples[] = {
    {"echo 'Hello, world' | xenc tokenize -c token", "Prints its pieces."},
    {"xenc tokenize -f1,2 pairs.tsv", "Prints the ids of pairs."},
    {"xenc tokenize -c id notes.txt | awk 'NF > 256'",
     "Prints the ids of the lines that have more than 256 tokens."},
    {NULL, NULL},
};

const struct command command_tokenize = {
    .name = "tokenize",
    .bit = FOR_TOKENIZE,
    .summary = "print the token ids of texts as the model sees them",
    .synopsis = "[options] [FILE...]",
    .description = description,
    .examples = examples,
    .most_operands = SIZE_MAX,
    .operands = COMPLETE_FILE,
    .run = run,
};
