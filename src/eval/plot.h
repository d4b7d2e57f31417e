/*
 * plot.h - three pictures of how scores and labels go together: precision over
 * recall, probabilities against what came true, the spread of scores.
 *
 * Values are added one by one; plot_svg draws what there is.  Owns its lists
 * until plot_free.
 */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H

#include "base/error.h"
#include "base/text.h"
#include "eval/pairtasks.h"

enum { PLOT_CURVES = 2, PLOT_CURVE_POINTS = 201, PLOT_BINS = 10 };

struct plot_value {
    float score;
    bool is_yes;
};

struct plot_curve {
    char name[64];
    double precision[PLOT_CURVE_POINTS]; /* at recall i / 200 */
};

struct plot {
    const char *title, *score_name;
    const char *yes, *no; /* what the two kinds are called */
    struct plot_value *values;
    size_t count, capacity;
    struct plot_curve curves[PLOT_CURVES];
    size_t curve_count;
    struct {
        size_t count, yes;
        double sum; /* of probabilities */
    } bins[PLOT_BINS];
    bool has_probabilities;
};

bool plot_add(struct plot *plot, float score, bool is_yes, struct error *error);
/* A probability from 0 to 1 and whether it came true. */
void plot_add_probability(struct plot *plot, double probability, bool is_yes);
/* A new curve of zeros; at most PLOT_CURVES. */
struct plot_curve *plot_add_curve(struct plot *plot, const char *name);
/* Adds a ranking, weight times: the highest precision of any rank that has a
 * recall or more.  `positives` are those that could be found; equal scores are
 * one step. */
void plot_curve_add(struct plot_curve *curve, const struct scored *list,
                    size_t count, size_t positives, double weight);
/* A curve of all values as one ranking; its name says the average precision. */
bool plot_add_values_curve(struct plot *plot, struct error *error);

bool plot_svg(const struct plot *plot, struct buffer *out, struct error *error);
void plot_free(struct plot *plot);

#endif
