/*
 * paint.h - colours of --grep's lines, as grep has them.
 */
#ifndef CLI_SCORING_PAINT_H
#define CLI_SCORING_PAINT_H

#include "cli/options/options.h"

/* Colours and a buffer for one line, which painter_close frees. */
struct painter {
    bool is_on;
    bool erases; /* ESC [ K behind each colour, unless GREP_COLORS has ne */
    char path[32], number[32], separator[32]; /* as "35" or "01;31" */
    struct buffer line;
};

/* Whether output is coloured at all: --color, NO_COLOR, TERM, the terminal. */
bool paint_is_wanted(const struct options *options);

/* Takes the colours from GREP_COLORS; is on for --grep where that is wanted. */
void painter_open(struct painter *painter, const struct options *options);
void painter_close(struct painter *painter);

/* The line in colours, until the next call.  A line that has colours already
 * stays as it is. */
bool painter_paint(struct painter *painter, struct slice line,
                   struct slice *painted, struct error *error);

#endif
