#include "cli/scoring/explaining.h"

#include "base/memory.h"
#include "cli/scoring/paint.h"
#include "rank/explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct explaining {
    const struct options *options;
    struct columns *columns;
    explaining_print *print;
    void *context;
    struct scorer *scorer;
    bool paints;

    struct word_drop *drops; /* of the present record */
    size_t drop_count, drop_capacity;
    struct buffer painted;
};

/*** Colours ***/

/* Backgrounds of the 256 that terminals agree on, pale to strong; the text on
 * them is black, so that it can be read whatever the terminal's own are. */
enum { STRENGTHS = 4 };
static const int colors[2][STRENGTHS] = {
    {195, 153, 111, 75},  /* cold: the word speaks against the text */
    {230, 222, 215, 209}, /* warm: for it */
};

/* 1 to STRENGTHS, by eighths of the strongest word; 0: below an eighth. */
static int strength_of(float drop, float strongest)
{
    float share = fabsf(drop) / strongest;
    return share >= 0.125F ? 1 + (int)fminf(share * STRENGTHS, STRENGTHS - 1)
                           : 0;
}

static bool append_painted(struct buffer *out, struct slice word, float drop,
                           int strength, struct error *error)
{
    char on[24];
    int color = colors[drop > 0][strength - 1];
    snprintf(on, sizeof on, "\x1B[30;48;5;%dm", color);
    return buffer_append_text(out, on, error) &&
           buffer_append(out, word.bytes, word.length, error) &&
           buffer_append_text(out, "\x1B[m", error);
}

/* The line, in which the text begins at `from`, with its words marked. */
static bool paint(struct explaining *explaining, struct slice line, size_t from,
                  struct slice *painted, struct error *error)
{
    struct buffer *out = &explaining->painted;
    float strongest = 0;
    size_t done = 0;
    out->length = 0;
    for (size_t i = 0; i < explaining->drop_count; i++)
        strongest = fmaxf(strongest, fabsf(explaining->drops[i].drop));
    for (size_t i = 0; i < explaining->drop_count && strongest > 0; i++) {
        const struct word_drop *drop = &explaining->drops[i];
        int strength = strength_of(drop->drop, strongest);
        size_t begin = from + drop->span.begin, end = from + drop->span.end;
        struct slice word = {line.bytes + begin, end - begin};
        if (strength == 0 || isnan(drop->drop))
            continue;
        if (!buffer_append(out, line.bytes + done, begin - done, error) ||
            !append_painted(out, word, drop->drop, strength, error))
            return false;
        done = end;
    }
    *painted = line;
    if (done == 0)
        return true;
    if (!buffer_append(out, line.bytes + done, line.length - done, error))
        return false;
    *painted = buffer_slice(out);
    return true;
}

/*
 * What is printed is the record, in which the text lies somewhere.  A text that
 * does not, because it was joined of several fields, is printed itself.
 */
static bool paint_record(struct explaining *explaining,
                         struct record_facts *facts, struct error *error)
{
    if (facts->text_place == 0)
        return paint(explaining, facts->text, 0, &facts->bytes, error);
    return paint(explaining, facts->bytes, facts->text_place - 1, &facts->bytes,
                 error);
}

/* With --passage the window is a text of its own. */
static bool paint_passage(struct explaining *explaining,
                          struct record_facts *facts, struct error *error)
{
    struct slice text = facts->text;
    struct slice passage = {text.bytes + facts->span.begin,
                            facts->span.end - facts->span.begin};
    for (size_t i = 0; i < explaining->drop_count; i++) {
        explaining->drops[i].span.begin -= facts->span.begin;
        explaining->drops[i].span.end -= facts->span.begin;
    }
    if (!paint(explaining, passage, 0, &facts->text, error))
        return false;
    facts->span = (struct span){0, facts->text.length};
    return true;
}

/*** Results ***/

/* What a row is worth for the label that the whole text got. */
static float worth_of(const struct verdict_rule *rule, const float *logits,
                      size_t label)
{
    return rule->has_label
               ? verdict_order(rule, logits)
               : output_log_share(rule->task->labels, logits, label);
}

/* Row 0 is the whole text, the others lack a word each. */
static bool find_drops(struct explaining *explaining,
                       const struct record_facts *facts, const float *logits,
                       struct error *error)
{
    const struct verdict_rule *rule = explaining->columns->rule;
    size_t labels = rule->task->labels;
    size_t label = verdict_label(rule, logits);
    float whole = worth_of(rule, logits, label);
    explaining->drop_count = facts->part_count - 1;
    if (!memory_grow((void **)&explaining->drops, &explaining->drop_capacity,
                     facts->part_count, sizeof *explaining->drops, error))
        return false;
    for (size_t row = 1; row < facts->part_count; row++)
        explaining->drops[row - 1] = (struct word_drop){
            .span = facts->parts[row],
            .drop = whole - worth_of(rule, logits + row * labels, label),
        };
    return true;
}

static bool print_explained(void *context, const struct record_facts *facts,
                            const float *logits, struct error *error)
{
    struct explaining *explaining = context;
    struct record_facts explained = *facts;
    explaining->drop_count = 0;
    if (logits != NULL && !find_drops(explaining, facts, logits, error))
        return false;
    if (!column_text_explain(&explaining->columns->explain, facts->text,
                             explaining->drops, explaining->drop_count,
                             explaining->options->decimals, error))
        return false;
    if (explaining->paints && explaining->drop_count > 0 &&
        !(explaining->options->passage
              ? paint_passage(explaining, &explained, error)
              : paint_record(explaining, &explained, error)))
        return false;
    return explaining->print(explaining->context, &explained, logits, error);
}

/* Marks in the line, unless the numbers are asked for. */
static bool choose_form(struct explaining *explaining, struct error *error)
{
    struct columns *columns = explaining->columns;
    enum record_format format = explaining->options->format;
    bool has_line = columns_have(columns, COLUMN_LINE) ||
                    columns_have(columns, COLUMN_PASSAGE);
    if (columns_have(columns, COLUMN_EXPLAIN))
        return true;
    explaining->paints = has_line && format != FORMAT_CSV &&
                         format != FORMAT_JSONL &&
                         paint_is_wanted(explaining->options);
    return explaining->paints || columns_append(columns, COLUMN_EXPLAIN, error);
}

struct explaining *
explaining_open(const struct options *options, const struct model *model,
                const struct scorer_options *how, struct columns *columns,
                explaining_print *print, void *context, struct error *error)
{
    struct explaining *explaining = memory_new(1, sizeof *explaining, error);
    if (explaining == NULL)
        return NULL;
    explaining->options = options;
    explaining->columns = columns;
    explaining->print = print;
    explaining->context = context;
    struct scorer_options parts = *how;
    parts.keeps_damaged = false; /* a text without a word must have a score */
    parts.order = NULL;
    parts.keeps_text = false; /* the facts have it already */
    explaining->scorer = scorer_open(model->encoder, model->tokenizer, &parts,
                                     print_explained, explaining, error);
    if (explaining->scorer != NULL && choose_form(explaining, error))
        return explaining;
    explaining_close(explaining);
    return NULL;
}

void explaining_close(struct explaining *explaining)
{
    if (explaining == NULL)
        return;
    scorer_close(explaining->scorer);
    memory_free(explaining->drops);
    buffer_free(&explaining->painted);
    memory_free(explaining);
}

bool explaining_add(struct explaining *explaining,
                    const struct record_facts *facts, const float *logits,
                    struct error *error)
{
    if (logits == NULL)
        return scorer_add_unscored(explaining->scorer, facts, error);
    return explain_add(explaining->scorer, facts, facts->query, facts->text,
                       error) == SCORER_FINE;
}

const struct scorer_counts *
explaining_counts(const struct explaining *explaining)
{
    return scorer_counts(explaining->scorer);
}

bool explaining_finish(struct explaining *explaining, struct error *error)
{
    return scorer_drain(explaining->scorer, error);
}
