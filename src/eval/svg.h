/*
 * svg.h - drawing into a buffer: panels with axes, curves, bars, legends.
 *
 * Plain SVG 1.1 with a style sheet: colours are classes, and those for a dark
 * page stand in a media query, so that a program that knows no style sheets
 * media still draws the light ones.  The first error is kept in the struct;
 * after it nothing is drawn.
 */
#ifndef EVAL_SVG_H
#define EVAL_SVG_H

#include "base/error.h"
#include "base/text.h"

struct svg {
    struct buffer *out;
    struct error *error;
};

void svg_begin(struct svg *svg, int width, int height, const char *title);
void svg_end(struct svg *svg);

/* SVG as it is. */
void svg_put(struct svg *svg, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Text with its class and anchor ("start", "middle", "end"). */
void svg_text(struct svg *svg, double x, double y, const char *class,
              const char *anchor, const char *text);

/* A range of values on an axis. */
struct svg_range {
    double low, high;
};

/* A panel's inside; y grows upward in values, downward on the page. */
struct svg_panel {
    double left, top, width, height;
    struct svg_range x, y;
};

double svg_x(const struct svg_panel *panel, double value);
double svg_y(const struct svg_panel *panel, double value);

/* Frame, grid, numbers at round values, names of both axes, title. */
void svg_panel(struct svg *svg, const struct svg_panel *panel,
               const char *title, const char *x_name, const char *y_name);

/* A sample of a class's colour with its name, line after line from 0. */
void svg_legend(struct svg *svg, const struct svg_panel *panel, int line,
                const char *class, const char *text);

#endif
