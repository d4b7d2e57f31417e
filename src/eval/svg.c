#include "eval/svg.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Colours of equal strength on white and on near-black; the two main ones
 * differ in lightness too, for those who see no difference of hue. */
static const char style[] =
    "<style>\n"
    "text { font-family: system-ui, sans-serif; font-size: 12px; "
    "fill: #24292f; }\n"
    ".title { font-size: 15px; font-weight: 600; }\n"
    ".head { font-size: 13px; font-weight: 600; }\n"
    ".tick { font-size: 11px; fill: #57606a; }\n"
    ".paper { fill: #ffffff; }\n"
    ".grid { stroke: #d8dee4; stroke-width: 1; }\n"
    ".frame { fill: none; stroke: #8c959f; stroke-width: 1; }\n"
    ".guide { fill: none; stroke: #57606a; stroke-width: 1; "
    "stroke-dasharray: 4 4; }\n"
    ".one { stroke: #0550ae; fill: #0550ae; }\n"
    ".two { stroke: #d9730d; fill: #d9730d; }\n"
    ".line { fill: none; stroke-width: 2; stroke-linejoin: round; }\n"
    ".bar { stroke: none; fill-opacity: 0.55; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "text { fill: #e6edf3; }\n"
    ".tick { fill: #9198a1; }\n"
    ".paper { fill: #0d1117; }\n"
    ".grid { stroke: #262c33; }\n"
    ".frame { stroke: #6e7681; }\n"
    ".guide { stroke: #9198a1; }\n"
    ".one { stroke: #79c0ff; fill: #79c0ff; }\n"
    ".two { stroke: #f0883e; fill: #f0883e; }\n"
    ".line { fill: none; }\n"
    ".bar { stroke: none; }\n"
    "}\n"
    "</style>\n";

void svg_put(struct svg *svg, const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!svg->error->set && length > 0)
        buffer_append(svg->out, text,
                      (size_t)length < sizeof text ? (size_t)length
                                                   : sizeof text - 1,
                      svg->error);
}

static void put_whole(struct svg *svg, const char *text)
{
    if (!svg->error->set)
        buffer_append(svg->out, text, strlen(text), svg->error);
}

/* Text between tags; control bytes and broken UTF-8 are not XML. */
static void put_escaped(struct svg *svg, const char *text)
{
    struct slice rest = slice_of(text);
    while (rest.length > 0 && !svg->error->set) {
        size_t length = text_character(rest);
        size_t step = length > 0 ? length : 1;
        char byte = rest.bytes[0];
        if (byte == '<')
            put_whole(svg, "&lt;");
        else if (byte == '&')
            put_whole(svg, "&amp;");
        else if (length == 0 || text_is_control(byte))
            put_whole(svg, "?");
        else
            buffer_append(svg->out, rest.bytes, length, svg->error);
        rest = (struct slice){rest.bytes + step, rest.length - step};
    }
}

void svg_begin(struct svg *svg, int width, int height, const char *title)
{
    svg_put(svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
            "height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>",
            width, height, width, height);
    put_escaped(svg, title);
    put_whole(svg, "</title>\n");
    put_whole(svg, style);
    svg_put(svg, "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>\n", width,
            height);
    svg_text(svg, 24, 28, "title", "start", title);
}

void svg_end(struct svg *svg)
{
    put_whole(svg, "</svg>\n");
}

void svg_text(struct svg *svg, double x, double y, const char *class,
              const char *anchor, const char *text)
{
    svg_put(svg, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">",
            class, x, y, anchor);
    put_escaped(svg, text);
    put_whole(svg, "</text>\n");
}

double svg_x(const struct svg_panel *panel, double value)
{
    double share = (value - panel->x.low) / (panel->x.high - panel->x.low);
    return panel->left + share * panel->width;
}

double svg_y(const struct svg_panel *panel, double value)
{
    double share = (value - panel->y.low) / (panel->y.high - panel->y.low);
    return panel->top + (1 - share) * panel->height;
}

/* 1, 2 or 5 times a power of ten: four to eight steps in the range. */
static double round_step(struct svg_range range)
{
    double rough = (range.high - range.low) / 5;
    double power = pow(10, floor(log10(rough)));
    double times = rough / power;
    return power * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
}

static void format_tick(double value, double step, char *out, size_t size)
{
    int decimals = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);
    snprintf(out, size, "%.*f", decimals, fabs(value) < step / 2 ? 0 : value);
}

static void put_line(struct svg *svg, const char *class, double x1, double y1,
                     double x2, double y2)
{
    svg_put(svg,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" "
            "y2=\"%.1f\"/>\n",
            class, x1, y1, x2, y2);
}

static void put_ticks(struct svg *svg, const struct svg_panel *panel)
{
    char text[48];
    double step = round_step(panel->x), slack = step * 1e-9;
    double right = panel->left + panel->width;
    double bottom = panel->top + panel->height;
    for (double value = ceil(panel->x.low / step - 1e-9) * step;
         value <= panel->x.high + slack; value += step) {
        double x = svg_x(panel, value);
        put_line(svg, "grid", x, panel->top, x, bottom);
        format_tick(value, step, text, sizeof text);
        svg_text(svg, x, bottom + 16, "tick", "middle", text);
    }
    step = round_step(panel->y);
    slack = step * 1e-9;
    for (double value = ceil(panel->y.low / step - 1e-9) * step;
         value <= panel->y.high + slack; value += step) {
        double y = svg_y(panel, value);
        put_line(svg, "grid", panel->left, y, right, y);
        format_tick(value, step, text, sizeof text);
        svg_text(svg, panel->left - 6, y + 4, "tick", "end", text);
    }
}

void svg_panel(struct svg *svg, const struct svg_panel *panel,
               const char *title, const char *x_name, const char *y_name)
{
    double middle = panel->top + panel->height / 2;
    double bottom = panel->top + panel->height;
    put_ticks(svg, panel);
    svg_put(svg,
            "<rect class=\"frame\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"%.1f\"/>\n",
            panel->left, panel->top, panel->width, panel->height);
    svg_text(svg, panel->left, panel->top - 10, "head", "start", title);
    svg_text(svg, panel->left + panel->width / 2, bottom + 36, "name", "middle",
             x_name);
    svg_put(svg, "<g transform=\"translate(%.1f %.1f) rotate(-90)\">",
            panel->left - 42, middle);
    svg_text(svg, 0, 0, "name", "middle", y_name);
    put_whole(svg, "</g>\n");
}

void svg_legend(struct svg *svg, const struct svg_panel *panel, int line,
                const char *class, const char *text)
{
    double y = panel->top + panel->height + 62 + 18 * line;
    svg_put(svg, "<g class=\"%s\">", class);
    svg_put(svg,
            "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"18\" "
            "height=\"10\" style=\"fill-opacity: 1\"/></g>\n",
            panel->left, y - 9);
    svg_text(svg, panel->left + 26, y, "name", "start", text);
}
