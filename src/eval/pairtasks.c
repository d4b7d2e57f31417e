#include "eval/pairtasks.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

/*** Correlation ***/

struct moments {
    double x, y;       /* means */
    double xx, yy, xy; /* sums of products of what is off them */
};

static struct moments measure_moments(const double *x, const double *y,
                                      size_t count)
{
    struct moments moments = {0};
    for (size_t i = 0; i < count; i++) {
        moments.x += x[i] / (double)count;
        moments.y += y[i] / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        double dx = x[i] - moments.x, dy = y[i] - moments.y;
        moments.xx += dx * dx;
        moments.yy += dy * dy;
        moments.xy += dx * dy;
    }
    return moments;
}

static double pearson_of(const double *x, const double *y, size_t count)
{
    struct moments moments = measure_moments(x, y, count);
    double r = moments.xy / (sqrt(moments.xx) * sqrt(moments.yy));
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

static bool is_constant(const double *values, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (values[i] != values[0])
            return false;
    return true;
}

struct placed {
    double value;
    size_t index;
};

static int values_rise(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

/* values become their ranks from 1, the mean rank where they are equal */
static void rank_values(double *values, struct placed *placed, size_t count)
{
    for (size_t i = 0; i < count; i++)
        placed[i] = (struct placed){values[i], i};
    qsort(placed, count, sizeof *placed, values_rise);
    for (size_t first = 0, end; first < count; first = end) {
        end = first + 1;
        while (end < count && placed[end].value == placed[first].value)
            end++;
        for (size_t i = first; i < end; i++)
            values[placed[i].index] = (double)(first + end + 1) / 2;
    }
}

/* The two sides as doubles, then as ranks. */
struct sides {
    double *x, *y;
    struct placed *placed;
};

static bool sides_open(struct sides *sides, const double *gold,
                       const float *scores, size_t count, struct error *error)
{
    sides->x = memory_new(count, sizeof *sides->x, error);
    sides->y = memory_new(count, sizeof *sides->y, error);
    sides->placed = memory_new(count, sizeof *sides->placed, error);
    for (size_t i = 0; !error->set && i < count; i++) {
        sides->x[i] = gold[i];
        sides->y[i] = (double)scores[i];
    }
    return !error->set;
}

static void sides_rank(struct sides *sides, size_t count)
{
    rank_values(sides->x, sides->placed, count);
    rank_values(sides->y, sides->placed, count);
}

static void sides_close(struct sides *sides)
{
    memory_free(sides->x);
    memory_free(sides->y);
    memory_free(sides->placed);
}

bool correlate(const double *gold, const float *scores, size_t count,
               struct correlation *correlation, struct error *error)
{
    struct sides sides;
    *correlation = (struct correlation){(double)NAN, (double)NAN};
    bool fine = sides_open(&sides, gold, scores, count, error);
    if (fine && !is_constant(sides.x, count) && !is_constant(sides.y, count)) {
        correlation->pearson = pearson_of(sides.x, sides.y, count);
        sides_rank(&sides, count);
        correlation->spearman = pearson_of(sides.x, sides.y, count);
    }
    sides_close(&sides);
    return fine;
}

static void share_out(const double *x, const double *y, size_t count,
                      double *shares)
{
    struct moments moments = measure_moments(x, y, count);
    double scale = sqrt(moments.xx) * sqrt(moments.yy) / (double)count;
    for (size_t i = 0; i < count; i++)
        shares[i] = (x[i] - moments.x) * (y[i] - moments.y) / scale;
}

bool correlation_shares(const double *gold, const float *scores, size_t count,
                        double *pearson, double *spearman, struct error *error)
{
    struct sides sides;
    bool fine = sides_open(&sides, gold, scores, count, error);
    if (fine) {
        share_out(sides.x, sides.y, count, pearson);
        sides_rank(&sides, count);
        share_out(sides.x, sides.y, count, spearman);
    }
    sides_close(&sides);
    return fine;
}

/*** Yes or no ***/

static int scores_fall(const void *left, const void *right)
{
    const struct scored *a = left, *b = right;
    if (a->score != b->score)
        return a->score < b->score ? 1 : -1;
    return (a->index < b->index) - (a->index > b->index);
}

void scored_sort(struct scored *list, size_t count)
{
    qsort(list, count, sizeof *list, scores_fall);
}

static double ratio(size_t part, size_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 0;
}

static double harmonic(double precision, double recall)
{
    double sum = precision + recall;
    return sum > 0 ? 2 * precision * recall / sum : 0;
}

/* The end of the group of equal scores that begins at `first`. */
static size_t group_end(const struct scored *list, size_t count, size_t first)
{
    size_t end = first + 1;
    while (end < count && list[end].score == list[first].score)
        end++;
    return end;
}

double scored_average_precision(const struct scored *list, size_t count)
{
    size_t positives = 0, found = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        positives += list[i].is_positive;
    for (size_t first = 0, end; first < count; first = end) {
        size_t before = found;
        end = group_end(list, count, first);
        for (size_t i = first; i < end; i++)
            found += list[i].is_positive;
        sum += ratio(found - before, positives) * ratio(found, end);
    }
    return sum;
}

/* Pairs of a positive and a negative in the right order, equal ones half. */
static double area_under_roc(const struct scored *list, size_t count,
                             size_t positives)
{
    size_t negatives = count - positives, above = 0;
    double sum = 0;
    for (size_t first = 0, end; first < count; first = end) {
        size_t inside = 0;
        end = group_end(list, count, first);
        for (size_t i = first; i < end; i++)
            inside += list[i].is_positive;
        double rivals = (double)(end - first - inside);
        sum += rivals * ((double)above + (double)inside / 2);
        above += inside;
    }
    return positives > 0 && negatives > 0
               ? sum / ((double)positives * (double)negatives)
               : (double)NAN;
}

/* Between the group that ends here and the next: in float32, like the scores.
 * A mean that is no lower than the next score would let it in. */
static float threshold_below(const struct scored *list, size_t count,
                             size_t end)
{
    float score = list[end - 1].score;
    if (end == count)
        return score;
    float middle = (score + list[end].score) / 2;
    return middle > list[end].score ? middle : score;
}

static void choose_thresholds(const struct scored *list, size_t count,
                              size_t positives, struct binary *binary)
{
    size_t right = 0;
    binary->accuracy = ratio(count - positives, count);
    binary->accuracy_threshold = nextafterf(list[0].score, INFINITY);
    for (size_t first = 0, end; first < count; first = end) {
        end = group_end(list, count, first);
        for (size_t i = first; i < end; i++)
            right += list[i].is_positive;
        size_t negatives_below = count - positives - (end - right);
        double accuracy = ratio(right + negatives_below, count);
        if (accuracy > binary->accuracy) {
            binary->accuracy = accuracy;
            binary->accuracy_threshold = threshold_below(list, count, end);
        }
        double precision = ratio(right, end), recall = ratio(right, positives);
        double f1 = harmonic(precision, recall);
        if (f1 > binary->f1) {
            binary->f1 = f1;
            binary->precision = precision;
            binary->recall = recall;
            binary->f1_threshold = threshold_below(list, count, end);
        }
    }
}

bool binary_measure(const bool *labels, const float *scores, size_t count,
                    struct binary *binary, struct error *error)
{
    struct scored *list = memory_new(count, sizeof *list, error);
    size_t positives = 0;
    if (list == NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct scored){scores[i], labels[i], i};
        positives += labels[i];
    }
    scored_sort(list, count);
    *binary = (struct binary){0};
    choose_thresholds(list, count, positives, binary);
    binary->average_precision = scored_average_precision(list, count);
    binary->roc_auc = area_under_roc(list, count, positives);
    memory_free(list);
    return true;
}

struct binary_at binary_measure_at(const bool *labels, const float *scores,
                                   size_t count, float threshold)
{
    size_t cells[2][2] = {{0}}; /* [label][answer] */
    for (size_t i = 0; i < count; i++)
        cells[labels[i]][scores[i] > threshold]++;
    size_t yes = cells[0][1] + cells[1][1], no = count - yes;
    size_t positives = cells[1][0] + cells[1][1];
    struct binary_at at = {
        .accuracy = ratio(cells[0][0] + cells[1][1], count),
        .precision = ratio(cells[1][1], yes),
        .recall = ratio(cells[1][1], positives),
    };
    at.f1 = harmonic(at.precision, at.recall);
    double scale = sqrt((double)yes * (double)no) *
                   sqrt((double)positives * (double)(count - positives));
    double product = (double)cells[1][1] * (double)cells[0][0] -
                     (double)cells[0][1] * (double)cells[1][0];
    at.correlation = scale > 0 ? product / scale : 0;
    return at;
}

/*** One label of several ***/

size_t multiclass_choose(const float *logits, size_t classes)
{
    size_t best = 0;
    for (size_t i = 1; i < classes; i++)
        if (logits[i] > logits[best])
            best = i;
    return best;
}

static void count_label(struct multiclass *result, size_t label)
{
    struct label_counts *counts = &result->labels[label];
    for (size_t other = 0; other < result->classes; other++) {
        size_t as_other = result->confusion[label * result->classes + other];
        size_t from_other = result->confusion[other * result->classes + label];
        if (other == label) {
            counts->right = as_other;
        } else {
            counts->missed += as_other;
            counts->wrong += from_other;
        }
    }
    counts->precision = ratio(counts->right, counts->right + counts->wrong);
    counts->recall = ratio(counts->right, counts->right + counts->missed);
    counts->f1 = ratio(2 * counts->right,
                       2 * counts->right + counts->wrong + counts->missed);
}

/* macro: labels that are nowhere, neither true nor predicted, do not count */
static void average_labels(struct multiclass *result, size_t count)
{
    size_t right = 0, seen = 0;
    double sum = 0, weighted = 0;
    for (size_t i = 0; i < result->classes; i++) {
        const struct label_counts *counts = &result->labels[i];
        right += counts->right;
        seen += counts->right + counts->missed + counts->wrong > 0;
        sum += counts->f1;
        weighted += counts->f1 * (double)(counts->right + counts->missed);
    }
    result->accuracy = result->f1_micro = ratio(right, count);
    result->f1_macro = sum / (double)seen;
    result->f1_weighted = weighted / (double)count;
}

bool multiclass_measure(const uint32_t *labels, const float *logits,
                        size_t count, size_t classes,
                        struct multiclass *multiclass, struct error *error)
{
    *multiclass = (struct multiclass){.classes = classes};
    multiclass->labels = memory_new(classes, sizeof *multiclass->labels, error);
    multiclass->confusion =
        memory_new(classes, classes * sizeof *multiclass->confusion, error);
    if (multiclass->labels == NULL || multiclass->confusion == NULL) {
        multiclass_free(multiclass);
        return false;
    }
    for (size_t i = 0; i < count; i++)
        multiclass
            ->confusion[labels[i] * classes +
                        multiclass_choose(logits + i * classes, classes)]++;
    for (size_t i = 0; i < classes; i++)
        count_label(multiclass, i);
    average_labels(multiclass, count);
    return true;
}

void multiclass_free(struct multiclass *multiclass)
{
    memory_free(multiclass->labels);
    memory_free(multiclass->confusion);
    *multiclass = (struct multiclass){0};
}
