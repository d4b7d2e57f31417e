#include "eval/plot.h"

#include "base/memory.h"
#include "eval/svg.h"

#include <math.h>
#include <stdio.h>

bool plot_add(struct plot *plot, float score, bool is_yes, struct error *error)
{
    if (!memory_grow((void **)&plot->values, &plot->capacity, plot->count + 1,
                     sizeof *plot->values, error))
        return false;
    plot->values[plot->count++] = (struct plot_value){score, is_yes};
    return true;
}

void plot_add_probability(struct plot *plot, double probability, bool is_yes)
{
    size_t bin = (size_t)(probability * PLOT_BINS);
    bin = bin < PLOT_BINS ? bin : PLOT_BINS - 1;
    plot->has_probabilities = true;
    plot->bins[bin].count++;
    plot->bins[bin].yes += is_yes;
    plot->bins[bin].sum += probability;
}

struct plot_curve *plot_add_curve(struct plot *plot, const char *name)
{
    struct plot_curve *curve = &plot->curves[plot->curve_count++];
    snprintf(curve->name, sizeof curve->name, "%s", name);
    return curve;
}

/* From the last group of equal scores to the first. */
void plot_curve_add(struct plot_curve *curve, const struct scored *list,
                    size_t count, size_t positives, double weight)
{
    size_t found = 0, at = PLOT_CURVE_POINTS;
    double best = 0;
    for (size_t i = 0; i < count; i++)
        found += list[i].is_positive;
    for (size_t end = count; end > 0 && positives > 0; end--) {
        if (end == count || list[end].score != list[end - 1].score) {
            double recall = (double)found / (double)positives;
            double precision = (double)found / (double)end;
            while (at > 0 &&
                   (double)(at - 1) / (PLOT_CURVE_POINTS - 1) > recall)
                curve->precision[--at] += weight * best;
            best = precision > best ? precision : best;
        }
        found -= list[end - 1].is_positive;
    }
    while (at > 0)
        curve->precision[--at] += weight * best;
}

bool plot_add_values_curve(struct plot *plot, struct error *error)
{
    struct scored *list = memory_new(plot->count, sizeof *list, error);
    char name[64];
    size_t positives = 0;
    if (list == NULL)
        return false;
    for (size_t i = 0; i < plot->count; i++) {
        list[i] =
            (struct scored){plot->values[i].score, plot->values[i].is_yes, i};
        positives += plot->values[i].is_yes;
    }
    scored_sort(list, plot->count);
    snprintf(name, sizeof name, "average precision %.4f",
             scored_average_precision(list, plot->count));
    plot_curve_add(plot_add_curve(plot, name), list, plot->count, positives, 1);
    memory_free(list);
    return true;
}

void plot_free(struct plot *plot)
{
    memory_free(plot->values);
    *plot = (struct plot){0};
}

/*** Drawing ***/

enum {
    PANEL_WIDTH = 300,
    PANEL_HEIGHT = 300,
    PANEL_STEP = 392,
    MARGIN_LEFT = 72,
    MARGIN_TOP = 76,
    PAGE_HEIGHT = 490
};

static const char *const classes[] = {"one", "two"};

static struct svg_panel panel_at(int place)
{
    return (struct svg_panel){MARGIN_LEFT + place * PANEL_STEP,
                              MARGIN_TOP,
                              PANEL_WIDTH,
                              PANEL_HEIGHT,
                              {0, 1},
                              {0, 1}};
}

static void draw_curves(struct svg *svg, const struct plot *plot, int place)
{
    struct svg_panel panel = panel_at(place);
    svg_panel(svg, &panel, "Precision over recall", "recall", "precision");
    for (size_t i = 0; i < plot->curve_count; i++) {
        const struct plot_curve *curve = &plot->curves[i];
        /* The first curve of two is the base. */
        const char *class = classes[plot->curve_count - 1 - i];
        svg_put(svg, "<polyline class=\"%s line\" points=\"", class);
        for (size_t at = 0; at < PLOT_CURVE_POINTS; at++)
            svg_put(svg, "%.1f,%.1f ",
                    svg_x(&panel, (double)at / (PLOT_CURVE_POINTS - 1)),
                    svg_y(&panel, curve->precision[at]));
        svg_put(svg, "\"/>\n");
        svg_legend(svg, &panel, (int)i, class, curve->name);
    }
}

/* How far probabilities are from what came true, in the mean. */
static double calibration_error(const struct plot *plot)
{
    double off = 0;
    size_t count = 0;
    for (size_t i = 0; i < PLOT_BINS; i++) {
        off += fabs(plot->bins[i].sum - (double)plot->bins[i].yes);
        count += plot->bins[i].count;
    }
    return count > 0 ? off / (double)count : 0;
}

static void draw_reliability(struct svg *svg, const struct plot *plot,
                             int place)
{
    struct svg_panel panel = panel_at(place);
    char text[96];
    size_t most = 1;
    for (size_t i = 0; i < PLOT_BINS; i++)
        most = plot->bins[i].count > most ? plot->bins[i].count : most;
    svg_panel(svg, &panel, "Reliability", "probability given (mean of a tenth)",
              "share that came true");
    svg_put(svg,
            "<line class=\"guide\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
            "y2=\"%.1f\"/>\n",
            svg_x(&panel, 0), svg_y(&panel, 0), svg_x(&panel, 1),
            svg_y(&panel, 1));
    for (size_t i = 0; i < PLOT_BINS; i++) {
        double count = (double)plot->bins[i].count;
        if (count == 0)
            continue;
        svg_put(svg,
                "<circle class=\"one\" fill-opacity=\"0.55\" cx=\"%.1f\" "
                "cy=\"%.1f\" r=\"%.1f\"><title>%zu of %zu</title></circle>\n",
                svg_x(&panel, plot->bins[i].sum / count),
                svg_y(&panel, (double)plot->bins[i].yes / count),
                3 + 13 * sqrt(count / (double)most), plot->bins[i].yes,
                plot->bins[i].count);
    }
    snprintf(text, sizeof text, "areas are counts, the largest %zu", most);
    svg_legend(svg, &panel, 0, "one", text);
    snprintf(text, sizeof text, "mean distance from the diagonal %.4f",
             calibration_error(plot));
    svg_text(svg, panel.left + 26, panel.top + panel.height + 80, "name",
             "start", text);
}

enum { COLUMNS = 40, FEW_COLUMNS = 10 };

/* As many as the values can fill. */
static size_t column_count(size_t values)
{
    size_t columns = (size_t)sqrt((double)values);
    return columns < FEW_COLUMNS ? FEW_COLUMNS
           : columns > COLUMNS   ? COLUMNS
                                 : columns;
}

/* Infinite scores have no place on an axis. */
static struct svg_range score_range(const struct plot *plot)
{
    struct svg_range range = {HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < plot->count; i++) {
        double score = (double)plot->values[i].score;
        if (!isfinite(score))
            continue;
        range.low = score < range.low ? score : range.low;
        range.high = score > range.high ? score : range.high;
    }
    if (range.low > range.high)
        range = (struct svg_range){0, 1};
    if (!(range.high - range.low > 1e-6 * (fabs(range.low) + 1e-6))) {
        range.low -= 0.5;
        range.high += 0.5;
    }
    return range;
}

/* Shares of each kind, so that few of one are seen beside many of the other;
 * gives the greatest. */
static double count_columns(const struct plot *plot, struct svg_range range,
                            size_t columns, double shares[2][COLUMNS],
                            size_t totals[2])
{
    double most = 0;
    for (size_t i = 0; i < plot->count; i++) {
        double score = (double)plot->values[i].score;
        double place =
            (score - range.low) / (range.high - range.low) * (double)columns;
        if (!isfinite(score))
            continue;
        size_t column = place < (double)columns ? (size_t)place : columns - 1;
        shares[plot->values[i].is_yes][column]++;
        totals[plot->values[i].is_yes]++;
    }
    for (size_t kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < columns && totals[kind] > 0; i++) {
            shares[kind][i] /= (double)totals[kind];
            most = shares[kind][i] > most ? shares[kind][i] : most;
        }
    return most > 0 ? most : 1;
}

static void draw_spread(struct svg *svg, const struct plot *plot, int place)
{
    struct svg_panel panel = panel_at(place);
    double shares[2][COLUMNS] = {{0}};
    size_t totals[2] = {0}, columns = column_count(plot->count);
    panel.x = score_range(plot);
    panel.y.high = count_columns(plot, panel.x, columns, shares, totals) * 1.05;
    svg_panel(svg, &panel, "Spread of scores", plot->score_name,
              "share of each kind");
    for (size_t kind = 0; kind < 2; kind++) {
        const char *class = classes[1 - kind];
        char text[96];
        double width = panel.width / (double)columns, bottom = svg_y(&panel, 0);
        for (size_t i = 0; i < columns; i++) {
            double y = svg_y(&panel, shares[kind][i]);
            if (shares[kind][i] > 0)
                svg_put(svg,
                        "<rect class=\"%s bar\" x=\"%.1f\" y=\"%.1f\" "
                        "width=\"%.1f\" height=\"%.1f\"/>\n",
                        class, panel.left + (double)i * width, y, width,
                        bottom - y);
        }
        snprintf(text, sizeof text, "%s (%zu)", kind ? plot->yes : plot->no,
                 totals[kind]);
        svg_legend(svg, &panel, (int)(1 - kind), class, text);
    }
}

bool plot_svg(const struct plot *plot, struct buffer *out, struct error *error)
{
    struct svg svg = {out, error};
    int panels = plot->has_probabilities ? 3 : 2, place = 0;
    svg_begin(&svg, MARGIN_LEFT + panels * PANEL_STEP - 48, PAGE_HEIGHT,
              plot->title);
    draw_curves(&svg, plot, place++);
    if (plot->has_probabilities)
        draw_reliability(&svg, plot, place++);
    draw_spread(&svg, plot, place);
    svg_end(&svg);
    return !error->set;
}
